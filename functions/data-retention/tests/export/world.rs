//! AWS and Discord for one test.

use core::ops::Deref;
use core::time::Duration;
use std::io::{Cursor, Read as _};

use data_retention::{App, Invocation, handle};
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::exports::ExportBucket;
use shared::ids::{ApplicationId, GuildId, InteractionId, UserId};
use shared::messages::{
    AccountJob, PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource, PrivacyStatus,
};
use shared::privacy::{Case, DataSubject};
use shared::security::secret::Secret;
use shared::store::deferred::{Deferral, DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::tombstones::TombstoneStore;
use simulator::{Config as Discord, Message, Reply, Simulator};
use zip::ZipArchive;

use crate::support::Support;

pub(crate) const ADA: UserId = UserId::new(80_351_110_224_678_912);
pub(crate) const GRACE: UserId = UserId::new(80_351_110_224_678_913);
pub(crate) const GUILD: GuildId = GuildId::new(290_926_798_626_357_999);
/// What an interaction is answered with.
const TOKEN: &str = "aW50ZXJhY3Rpb24.s3cr3t";

pub(crate) struct World {
    pub(crate) simulator: Simulator,
    pub(crate) support: Support,
}

impl Deref for World {
    type Target = Support;

    fn deref(&self) -> &Support {
        &self.support
    }
}

pub(crate) fn id(byte: u8) -> PrivacyRequestId {
    PrivacyRequestId::of_digest(&[byte; 32])
}

pub(crate) fn of(subject: DataSubject, byte: u8) -> PrivacyRequest {
    PrivacyRequest::new(id(byte), subject, PrivacyAction::Export, PrivacySource::Command)
}

pub(crate) fn export(user: UserId, byte: u8) -> PrivacyRequest {
    of(DataSubject::User(user), byte)
}

/// Links are judged by the machine's clock, so tests live now.
pub(crate) fn now() -> Timestamp {
    Clock::system().now()
}

impl World {
    pub(crate) async fn new() -> Self {
        let people = [ADA.to_string(), GRACE.to_string(), GUILD.to_string(), TOKEN.to_owned()];
        let (support, simulator) =
            (Support::new(people).await, Simulator::start(Discord::default()).unwrap());
        Self { simulator, support }
    }

    fn app(&self, clock: Clock) -> App {
        self.app_told(clock, [("DISCORD_API_BASE_URL", self.simulator.rest_url())])
    }

    pub(crate) fn cases(&self) -> TombstoneStore {
        TombstoneStore::new(self.db())
    }

    pub(crate) fn bucket(&self) -> ExportBucket {
        ExportBucket::new(self.aws.sdk_config(), &self.aws.bucket("exports"))
    }

    /// The queue brings a message; whether it is done with.
    pub(crate) async fn deliver(&self, body: String) -> bool {
        self.deliver_at(body, Clock::system()).await
    }

    pub(crate) async fn deliver_at(&self, body: String, clock: Clock) -> bool {
        let record = json!({ "messageId": "m-1", "body": body, "eventSource": "aws:sqs" });
        let invocation = Invocation {
            id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
            deadline: clock.now() + 5.minutes(),
        };
        let answer = handle(&self.app(clock), json!({ "Records": [record] }), &invocation).await.unwrap();
        let answer = serde_json::to_value(answer).unwrap();
        answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty)
    }

    /// Asks for an export and brings the message, once.
    pub(crate) async fn run(&self, request: &PrivacyRequest) -> bool {
        self.deliver(request.to_body().unwrap()).await
    }

    pub(crate) async fn case(&self, user: UserId, byte: u8) -> Option<Case> {
        self.cases().case(DataSubject::User(user), id(byte), now()).await.unwrap()
    }

    /// The object of a request, if there is one.
    pub(crate) async fn object(&self, byte: u8) -> Option<Vec<u8>> {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let key = format!("exports/{}.zip", id(byte));
        let object = client.get_object().bucket(self.aws.bucket("exports")).key(key).send().await.ok()?;
        Some(object.body.collect().await.unwrap().to_vec())
    }

    /// The same with clients that try a call again by themselves, as those of the function do.
    pub(crate) async fn trying_again() -> Self {
        let mut world = Self::new().await;
        world.support.sdk = testkit::retrying(&world.support.sdk);
        world
    }

    /// Messages that are on their way in the queue, without waiting for them.
    pub(crate) async fn waiting(&self) -> u64 {
        self.aws.messages("privacy").await
    }

    /// Somebody waits for this in Discord; the message that the queue brings then.
    pub(crate) async fn defer(&self, number: u64, caller: UserId, purpose: Purpose) -> String {
        let token = format!("{TOKEN}{number}");
        let config = Discord::default();
        let (application, channel) = (config.applications[0].id, config.guilds[0].channels[0].id);
        self.simulator.interact(application, channel, &token).unwrap();
        self.simulator.call_back(&token, &json!({ "type": 5, "data": { "flags": 64 } })).unwrap();
        let deferral = Deferral {
            tenant: AccountJob::tenant(caller),
            interaction: InteractionId::new(number),
            caller,
            purpose,
            application: ApplicationId::new(application.get()),
            token: Secret::new(token),
            locale: "en-US".to_owned(),
            kind: ReplyKind::Ephemeral,
            support_id: "0123ABCD".parse().unwrap(),
        };
        let reply = DeferredReply::new(deferral, now(), Duration::from_mins(5)).unwrap();
        DeferredReplies::new(self.db()).open(&reply).await.unwrap();
        PrivacyStatus::new(caller, InteractionId::new(number)).to_body().unwrap()
    }

    /// The message that they see in Discord, once there is one.
    pub(crate) fn answer(&self, number: u64) -> Option<Message> {
        match self.simulator.original(&format!("{TOKEN}{number}")) {
            Some(Reply::Answered(message)) => Some(message),
            _ => None,
        }
    }

    /// All that stands in it.
    pub(crate) fn said(&self, number: u64) -> Option<String> {
        let message = self.answer(number)?;
        let texts = message.body["components"][0]["components"].as_array()?;
        Some(texts.iter().filter_map(|text| text["content"].as_str()).collect::<Vec<_>>().join("\n"))
    }
}

/// The text of a file in an archive.
pub(crate) fn file(zip: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The rows of a store in an archive.
pub(crate) fn list(zip: &[u8], store: &str) -> Vec<Value> {
    serde_json::from_str(&file(zip, &format!("{store}.json"))).unwrap()
}

/// Every file of an archive, one after the other.
pub(crate) fn everything(zip: &[u8]) -> String {
    let names: Vec<String> = ZipArchive::new(Cursor::new(zip))
        .unwrap()
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    names.iter().map(|name| file(zip, name)).collect()
}
