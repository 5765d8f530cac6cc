//! People who ask and wait for an answer, as the interactions function leaves them: a row, "thinking…", a doorbell.

use std::time::Duration;

use serde_json::json;
use shared::clock::Clock;
use shared::domain::queue::EntryId;
use shared::ids::{ApplicationId, ChannelId, InteractionId, UserId};
use shared::security::secret::Secret;
use shared::store::Db;
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use simulator::{Message, Reply};

use crate::PATIENCE;
use crate::stage::{ADA, GUILD, Stage};

const APPLICATION: ApplicationId = ApplicationId::new(9001);
pub(crate) const GENERAL: ChannelId = ChannelId::new(1001);

/// Somebody who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asker {
    pub(crate) user: UserId,
    pub(crate) locale: &'static str,
    pub(crate) kind: ReplyKind,
}

/// Ada, in English, before everybody.
pub(crate) const IN_PUBLIC: Asker = Asker { user: ADA, locale: "en-US", kind: ReplyKind::Public };

/// What they wait at.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    token: String,
}

impl Stage {
    /// Somebody asks. The doorbell is the business of the command that comes with it.
    pub(crate) async fn ask(&self, op: u64, purpose: Purpose, by: Asker) -> Asked {
        let token = format!("token-{op}");
        let deferral = Deferral {
            tenant: GUILD.to_string(),
            interaction: InteractionId::new(op),
            caller: by.user,
            purpose,
            application: APPLICATION,
            token: Secret::new(token.as_str()),
            locale: by.locale.to_owned(),
            kind: by.kind,
            support_id: "7KQ2M9XA".parse().unwrap(),
        };
        let owed = DeferredReply::new(deferral, Clock::system().now(), Duration::from_mins(5)).unwrap();
        self.deferred().open(&owed).await.unwrap();
        let flags = if by.kind == ReplyKind::Ephemeral { 64 } else { 0 };
        self.discord.interact(APPLICATION, GENERAL, &token).unwrap();
        self.discord.call_back(&token, &json!({ "type": 5, "data": { "flags": flags } })).unwrap();
        Asked { token }
    }

    /// `/play` of files of the web server.
    pub(crate) async fn ask_to_play<S: AsRef<str>>(&self, op: u64, by: Asker, files: &[S]) -> Asked {
        let asked = self.ask(op, Purpose::Play { entry: EntryId::new(op, 0) }, by).await;
        self.play_files(op, files).await;
        asked
    }

    /// The answer.
    pub(crate) async fn answer(&self, asked: &Asked) -> Message {
        let stands = self.discord.wait_for(PATIENCE, |discord| match discord.original(&asked.token)? {
            Reply::Answered(message) => Some(message),
            Reply::Open | Reply::Deferred { .. } | Reply::Deleted => None,
        });
        let stands = stands.await;
        assert!(stands.is_ok(), "{asked:?} is {:?}", self.discord.original(&asked.token));
        stands.unwrap()
    }

    /// What was said to the caller alone, after the public reply was taken away.
    pub(crate) async fn aside(&self, asked: &Asked) -> Message {
        let said = self.discord.wait_for(PATIENCE, |discord| {
            let gone = discord.original(&asked.token) == Some(Reply::Deleted);
            discord.follow_ups(&asked.token).into_iter().next().filter(|_| gone)
        });
        said.await.unwrap()
    }

    /// Waits until the answer is gone.
    pub(crate) async fn until_deleted(&self, asked: &Asked) {
        let gone = self
            .discord
            .wait_for(PATIENCE, |discord| (discord.original(&asked.token)? == Reply::Deleted).then_some(()));
        gone.await.unwrap();
    }

    /// Waits until a card shows all of this.
    pub(crate) async fn card_shows(&self, card: &Asked, words: &[&str]) {
        let shown = self.discord.wait_for(PATIENCE, |discord| {
            let text = text(&discord.original(&card.token)?);
            words.iter().all(|word| text.contains(word)).then_some(())
        });
        let shown = shown.await.is_ok();
        let stands = self.discord.original(&card.token).as_ref().map(text);
        assert!(shown, "{words:?} is not on {stands:?}");
    }

    /// Waits until nobody waits for an answer any more.
    pub(crate) async fn nobody_waits(&self) {
        let look = async {
            let mut often = tokio::time::interval(Duration::from_millis(50));
            while !self.deferred().open_of(GUILD, Clock::system().now()).await.unwrap().is_empty() {
                often.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap();
    }

    fn deferred(&self) -> DeferredReplies {
        DeferredReplies::new(Db::new(self.aws.dynamodb(), self.aws.prefix()))
    }
}

/// As a person reads it: without what keeps markdown away.
fn text(reply: &Reply) -> String {
    match reply {
        Reply::Answered(message) => json!(message.body).to_string().replace('\\', ""),
        Reply::Open | Reply::Deferred { .. } | Reply::Deleted => String::new(),
    }
}
