//! Which guild hears a Twitch channel, in `account-links` (SPEC P11): `channel#twitch#{broadcaster}` has one row, so that a
//! channel is heard by one guild; a guild may hear several. Index `by-due` lists them all for the nightly look, in a part
//! of its own.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::condition::held;
use super::item::{Item, from_item, text, to_item};
use super::{Db, StoreError, Table};
use crate::domain::accounts::{Provider, Subject};
use crate::ids::{GuildId, UserId};

const SK: &str = "guild";
/// The part of the index; those of links are numbered.
const PART: &str = "channels";
const FREE_OR_MINE: &str = "attribute_not_exists(sk) OR streamer = :me";
const STILL: &str = "guild = :guild AND streamer = :streamer";
const OF_PART: &str = "due_part = :part";

/// A channel that a guild hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Twitch's id of the channel, which is its streamer's.
    pub broadcaster: Subject,
    /// Where requests go.
    pub guild: GuildId,
    /// Whose channel it is: the member who linked it, and in whose name requests are made.
    pub streamer: UserId,
    /// Since when.
    pub since: Timestamp,
}

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connect {
    /// The guild hears the channel.
    Now,
    /// Another member has connected it. Nothing was written.
    Taken,
}

#[derive(Serialize, Deserialize)]
struct Row {
    owner: String,
    sk: String,
    guild: GuildId,
    streamer: UserId,
    since: Timestamp,
    due_part: String,
    due_at: i64,
}

/// The channels of all guilds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ChannelStore {
    db: Db,
}

impl ChannelStore {
    /// Over the tables of `db`.
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// From now on this guild hears the channel, and no other. One that another member has connected stays theirs.
    pub async fn connect(&self, channel: &Channel) -> Result<Connect, StoreError> {
        let row = Row {
            owner: owner(&channel.broadcaster),
            sk: SK.to_owned(),
            guild: channel.guild,
            streamer: channel.streamer,
            since: channel.since,
            due_part: PART.to_owned(),
            due_at: channel.since.as_second(),
        };
        let put = self.db.client().put_item().table_name(self.db.table(Table::AccountLinks));
        let sent = put
            .set_item(Some(to_item(Table::AccountLinks, &row)?))
            .condition_expression(FREE_OR_MINE)
            .expression_attribute_values(":me", text(channel.streamer.to_string()))
            .send()
            .await;
        Ok(if held(sent, "channels.connect")?.is_some() { Connect::Now } else { Connect::Taken })
    }

    /// Nobody hears the channel any more, if it is still as it was seen. `false`: it was connected anew, or is gone.
    pub async fn disconnect(&self, seen: &Channel) -> Result<bool, StoreError> {
        let delete = self.db.client().delete_item().table_name(self.db.table(Table::AccountLinks));
        let sent = delete
            .set_key(Some(key(&seen.broadcaster)))
            .condition_expression(STILL)
            .expression_attribute_values(":guild", text(seen.guild.to_string()))
            .expression_attribute_values(":streamer", text(seen.streamer.to_string()))
            .send()
            .await;
        Ok(held(sent, "channels.disconnect")?.is_some())
    }

    /// Who hears a channel. One read.
    pub async fn of(&self, broadcaster: &Subject) -> Result<Option<Channel>, StoreError> {
        let item = self.db.get(Table::AccountLinks, key(broadcaster), "channels.of").await?;
        item.map(channel).transpose()
    }

    /// Every channel that somebody hears, the longest connected first. The index lags behind by moments: whoever acts on
    /// one reads its row.
    pub async fn all(&self) -> Result<Vec<Subject>, StoreError> {
        let query =
            self.db.client().query().table_name(self.db.table(Table::AccountLinks)).index_name("by-due");
        let pages = query
            .key_condition_expression(OF_PART)
            .expression_attribute_values(":part", text(PART))
            .into_paginator();
        let items = pages.items().send().collect::<Result<Vec<_>, _>>().await;
        let items = items.map_err(|error| StoreError::unavailable("channels.all", &error))?;
        items.iter().map(|item| broadcaster(item.get("owner"))).collect()
    }
}

fn prefix() -> String {
    format!("channel#{}#", Provider::Twitch)
}

fn owner(broadcaster: &Subject) -> String {
    prefix() + broadcaster.as_str()
}

fn key(broadcaster: &Subject) -> Item {
    Item::from([("owner".to_owned(), text(owner(broadcaster))), ("sk".to_owned(), text(SK))])
}

fn broadcaster(owner: Option<&AttributeValue>) -> Result<Subject, StoreError> {
    let owner = owner.and_then(|owner| owner.as_s().ok()?.strip_prefix(&prefix())?.parse().ok());
    owner.ok_or(StoreError::Corrupt { table: Table::AccountLinks.suffix(), what: "a channel has no id" })
}

fn channel(item: Item) -> Result<Channel, StoreError> {
    let broadcaster = broadcaster(item.get("owner"))?;
    let row: Row = from_item(Table::AccountLinks, "channel", item)?;
    Ok(Channel { broadcaster, guild: row.guild, streamer: row.streamer, since: row.since })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use testkit::{Aws, Fault};

    use super::*;
    use crate::store::links::{DUE_PARTS, Link, LinkStore};

    const ADA: UserId = UserId::new(1);
    const GRACE: UserId = UserId::new(2);
    const HERE: GuildId = GuildId::new(10);
    const THERE: GuildId = GuildId::new(20);

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    fn db(aws: &Aws) -> Db {
        Db::new(aws.dynamodb(), aws.prefix())
    }

    fn channel(id: &str, streamer: UserId, guild: GuildId) -> Channel {
        Channel { broadcaster: id.parse().unwrap(), guild, streamer, since: noon() }
    }

    #[tokio::test]
    async fn a_channel_is_heard_by_one_guild_and_a_guild_hears_several() {
        let aws = Aws::start().await;
        let store = ChannelStore::new(db(&aws));
        let (ada, grace) = (channel("11", ADA, HERE), channel("22", GRACE, HERE));
        for one in [&ada, &grace] {
            assert_eq!(store.of(&one.broadcaster).await, Ok(None));
            assert_eq!(store.connect(one).await, Ok(Connect::Now));
            assert_eq!(store.of(&one.broadcaster).await.unwrap().as_ref(), Some(one));
        }
        // Their own streamer takes it elsewhere; nobody else does.
        let moved = Channel { guild: THERE, since: noon() + 1.hour(), ..ada.clone() };
        assert_eq!(store.connect(&moved).await, Ok(Connect::Now));
        assert_eq!(store.connect(&Channel { streamer: GRACE, ..ada.clone() }).await, Ok(Connect::Taken));
        assert_eq!(store.of(&ada.broadcaster).await, Ok(Some(moved.clone())));
        let all: Vec<_> = store.all().await.unwrap();
        assert_eq!(all, [grace.broadcaster, moved.broadcaster]);
    }

    #[tokio::test]
    async fn whoever_ends_an_old_connection_does_not_end_a_new_one() {
        let aws = Aws::start().await;
        let store = ChannelStore::new(db(&aws));
        let old = channel("11", ADA, HERE);
        assert_eq!(store.disconnect(&old).await, Ok(false));
        store.connect(&old).await.unwrap();
        let new = Channel { guild: THERE, ..old.clone() };
        store.connect(&new).await.unwrap();
        assert_eq!(store.disconnect(&old).await, Ok(false));
        assert_eq!(store.of(&old.broadcaster).await, Ok(Some(new.clone())));
        assert_eq!(store.disconnect(&new).await, Ok(true));
        assert_eq!((store.of(&old.broadcaster).await, store.all().await), (Ok(None), Ok(vec![])));
        assert_eq!(store.connect(&Channel { streamer: GRACE, ..old }).await, Ok(Connect::Now));
    }

    #[tokio::test]
    async fn of_many_who_want_one_channel_at_once_one_gets_it() {
        let aws = Aws::start().await;
        let mut running = Vec::new();
        for n in 1..=20 {
            let store = ChannelStore::new(db(&aws));
            let wanted = channel("11", UserId::new(n), GuildId::new(n));
            running.push(tokio::spawn(async move { store.connect(&wanted).await.unwrap() }));
        }
        let mut won = 0;
        for one in running {
            won += usize::from(one.await.unwrap() == Connect::Now);
        }
        assert_eq!(won, 1);
    }

    #[tokio::test]
    async fn links_that_are_due_and_channels_do_not_meet_in_the_index() {
        let aws = Aws::start().await;
        let (channels, links) = (ChannelStore::new(db(&aws)), LinkStore::new(db(&aws)));
        let subject = "11".parse().unwrap();
        links.put(ADA, None, Link::new(Provider::Twitch, subject, Some(noon()), noon())).await.unwrap();
        let own = channel("11", ADA, HERE);
        channels.connect(&own).await.unwrap();
        assert_eq!(channels.all().await, Ok(vec![own.broadcaster]));
        let mut due = 0;
        for part in 0..DUE_PARTS {
            due += links.due(part, noon() + 1.hour(), None).await.unwrap().rows.len();
        }
        assert_eq!(due, 1);
        assert_eq!(links.of(ADA).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_table_that_fails_is_not_a_channel_that_nobody_hears() {
        let aws = Aws::start().await;
        let store = ChannelStore::new(db(&aws));
        let own = channel("11", ADA, HERE);
        // A connection whose answer was lost may be made again.
        aws.fault_next("PutItem", Fault::AnswerLost, 1);
        let _ = store.connect(&own).await;
        assert_eq!(store.connect(&own).await, Ok(Connect::Now));
        aws.fault(Fault::Status500);
        assert!(matches!(store.of(&own.broadcaster).await, Err(StoreError::Unavailable { .. })));
        assert!(matches!(store.all().await, Err(StoreError::Unavailable { .. })));
        assert!(matches!(store.disconnect(&own).await, Err(StoreError::Unavailable { .. })));
    }
}
