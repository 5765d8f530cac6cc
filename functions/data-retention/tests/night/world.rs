//! AWS for one test, with things in it that are over.

use core::ops::Deref;
use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_secretsmanager::types::Tag;
use data_retention::night::{Store, Tally};
use data_retention::{Answer, App, Failure, Invocation, Night, handle};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::ids::UserId;
use shared::messages::RetentionRun;
use shared::privacy::RetentionReason;
use shared::store::{Item, Table};

use crate::support::Support;

pub(crate) const OWN_NAME: &str = "timmybot-data-retention";
/// People and a community that stand in rows: none of them may stand in a log.
pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const BEN: UserId = UserId::new(80_351_110_224_678_913);
pub(crate) const GUILD: u64 = 290_926_798_626_357_999;
pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);
pub(crate) const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(crate) struct World {
    /// When it is night. Secrets are as old as the emulator says, so it is a night that comes.
    pub(crate) night: Timestamp,
    support: Support,
}

impl Deref for World {
    type Target = Support;

    fn deref(&self) -> &Support {
        &self.support
    }
}

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(crate) fn nightly() -> Value {
    serde_json::from_str(include_str!("../../../../events/data-retention/nightly.json")).unwrap()
}

/// So many went, for these reasons and from these places.
pub(crate) fn counts(expected: &[(RetentionReason, Store, u32)]) -> Value {
    let mut tally = Tally::default();
    for (reason, store, count) in expected {
        (0..*count).for_each(|_| tally.count(*reason, *store));
    }
    json!(tally.counts)
}

/// The key of a row of a kind that the table has.
fn key(table: Table, name: &str) -> (String, String) {
    let name = name.to_owned();
    match table {
        Table::Replay => (GUILD.to_string(), format!("interaction#{name}")),
        Table::RateLimits => (name, "denied".to_owned()),
        Table::Tombstones => (format!("user#{name}"), "tombstone".to_owned()),
        Table::Leases => (format!("attempt#{name}"), String::new()),
        _ => (name.clone(), name),
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let support = Support::new([ADA.to_string(), BEN.to_string(), GUILD.to_string()]).await;
        Self { night: Clock::system().now() + DAY * 100, support }
    }

    pub(crate) fn app(&self, clock: Clock) -> App {
        self.app_told(clock, [])
    }

    /// What becomes of an event at some time, with as long as there is.
    pub(crate) async fn invoke(&self, event: Value, now: Timestamp) -> Result<Night, Failure> {
        let invocation = Invocation { id: "r".to_owned(), deadline: Timestamp::MAX };
        match Box::pin(handle(&self.app(Clock::fixed(now)), event, &invocation)).await? {
            Answer::Night(night) => Ok(night),
            other => panic!("{other:?}"),
        }
    }

    /// A night without trouble, to its end.
    pub(crate) async fn run(&self) -> Tally {
        let night = self.invoke(nightly(), self.night).await.unwrap();
        assert!(night.over && !night.dry_run && night.checkpoint.is_some());
        night.tally
    }

    /// The same, only told.
    pub(crate) async fn dry_run(&self) -> Tally {
        self.dry_run_at(self.night).await
    }

    pub(crate) async fn dry_run_at(&self, now: Timestamp) -> Tally {
        let event = serde_json::to_value(RetentionRun::new(true)).unwrap();
        let night = self.invoke(event, now).await.unwrap();
        assert!(night.over && night.dry_run && night.checkpoint.is_none());
        night.tally
    }

    pub(crate) async fn put(&self, table: Table, row: &[(&str, AttributeValue)]) -> Item {
        self.aws.rows_are_made_up();
        let item: Item = row.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let put = self.aws.dynamodb().put_item().table_name(self.name(table));
        put.set_item(Some(item.clone())).send().await.unwrap();
        item
    }

    /// A row that ended so long before the night.
    pub(crate) async fn ended(&self, table: Table, name: &str, before: SignedDuration) -> Item {
        let (hash, range) = key(table, name);
        let (hash_name, range_name) = table.key();
        let end = number((self.night - before).as_second());
        let key = [(hash_name, text(hash))].into_iter().chain(range_name.map(|name| (name, text(range))));
        self.put(table, &key.chain([("expires_at", end)]).collect::<Vec<_>>()).await
    }

    pub(crate) async fn rows(&self, table: Table) -> Vec<Item> {
        let scan = self.aws.dynamodb().scan().table_name(self.name(table)).consistent_read(true);
        let mut rows = scan.send().await.unwrap().items.unwrap_or_default();
        rows.sort_by_key(|row| format!("{:?}", row.iter().collect::<BTreeMap<_, _>>()));
        rows
    }

    /// Everything that is in the tables.
    pub(crate) async fn all(&self) -> HashMap<&'static str, Vec<Item>> {
        let mut all = HashMap::new();
        for table in Table::ALL {
            all.insert(table.suffix(), self.rows(table).await);
        }
        all
    }

    /// A user's secret as the vault names and marks it.
    pub(crate) async fn secret(&self, name: &str, tags: &[(&str, &str)]) {
        let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build();
        let create = self.aws.secrets().create_secret().name(name).secret_string("{}");
        create.set_tags(Some(tags.iter().map(tag).collect())).send().await.unwrap();
    }

    /// Those of users that are there, by name.
    pub(crate) async fn secrets(&self) -> Vec<String> {
        let (mut names, mut next) = (Vec::new(), None);
        loop {
            let page = self.aws.secrets().list_secrets().set_next_token(next).send().await.unwrap();
            let all = page.secret_list.unwrap_or_default().into_iter().filter_map(|entry| entry.name);
            names.extend(all.filter(|name| name.contains("/users/")));
            next = page.next_token;
            if next.is_none() {
                names.sort_unstable();
                return names;
            }
        }
    }

    /// Objects in the bucket of checkpoints.
    pub(crate) async fn checkpoints(&self) -> usize {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let listed = client.list_objects_v2().bucket(self.aws.bucket("evidence")).send().await.unwrap();
        listed.contents().len()
    }

    /// The summary that stands in the log last.
    pub(crate) fn summary(&self) -> Value {
        let lines = self.log.lines();
        lines.iter().rev().find(|line| line["note"] == "retention").unwrap()["facts"].clone()
    }

    fn name(&self, table: Table) -> String {
        format!("{}-{}", self.aws.prefix(), table.suffix())
    }
}
