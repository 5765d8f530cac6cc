//! AWS for one test, with audit chains in it.

use std::collections::BTreeMap;

use data_retention::{Answer, App, Config, Failure, Invocation, Machine, Written, handle};
use jiff::Timestamp;
use serde_json::Value;
use shared::clock::{Clock, Rng};
use shared::env::Env;
use shared::ids::UserId;
use shared::providers::client::Patience;
use shared::security::audit::AuditEvent;
use shared::security::checkpoint::{Attested, Checkpoint};
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use shared::security::signed_note::NoteKey;
use shared::signing::Signer;
use shared::store::Db;
use shared::store::audit::AuditStore;
use shared::telemetry::{Captured, Sink};
use testkit::Aws;
use testkit::silence::Silence;

pub(crate) const BASE: &str = "https://bot.example.org";
/// A server of Discord's.
pub(crate) const GUILD: &str = "290926798626357999";
const KEY: &str = "alias/timmybot-audit";

pub(crate) struct World {
    pub(crate) aws: Aws,
    pub(crate) log: Captured,
    sink: Sink,
    _silence: Silence,
}

pub(crate) fn nightly() -> Value {
    serde_json::from_str(include_str!("../../../../events/data-retention/nightly.json")).unwrap()
}

pub(crate) fn heads_moved() -> Value {
    serde_json::from_str(include_str!("../../../../events/data-retention/heads-moved.json")).unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// What a function of that kind signs when this comes.
pub(crate) async fn written(app: &App, event: Value) -> Result<Written, Failure> {
    let id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    let invocation = Invocation { id, deadline: Timestamp::MAX };
    match Box::pin(handle(app, event, &invocation)).await? {
        Answer::Checkpoint(written) => Ok(written),
        Answer::Night(night) => Ok(night.checkpoint.unwrap()),
        other => panic!("{other:?}"),
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        let aws = Aws::start().await;
        let (sink, log) = Sink::memory();
        let searched = log.clone();
        let silence = Silence::of(&aws, [GUILD], move || searched.text());
        Self { aws, log, sink, _silence: silence }
    }

    pub(crate) fn app(&self, now: Timestamp) -> App {
        let env = Env::of([
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("EVIDENCE_BUCKET", self.aws.bucket("evidence")),
            ("EXPORTS_BUCKET", self.aws.bucket("exports")),
            ("PRIVACY_QUEUE_URL", self.aws.queue_url("privacy")),
            ("CHECKPOINT_KEY_ID", KEY.to_owned()),
            ("PUBLIC_BASE_URL", BASE.to_owned()),
        ]);
        let (sink, patience) = (self.sink.clone(), Patience::STANDARD);
        let machine = Machine { sink, clock: Clock::fixed(now), rng: Rng::system(), patience };
        App::new(Config::from_env(&env).unwrap(), self.aws.sdk_config(), &machine).unwrap()
    }

    /// What is signed when this comes.
    pub(crate) async fn invoke(&self, event: Value, now: Timestamp) -> Result<Written, Failure> {
        written(&self.app(now), event).await
    }

    pub(crate) fn audit(&self) -> AuditStore {
        AuditStore::new(Db::new(self.aws.dynamodb(), self.aws.prefix()))
    }

    /// An administrator does something.
    pub(crate) async fn act(&self, tenant: &str) {
        let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
        let random = Rng::system().bytes().unwrap();
        let now = at("2026-01-02T02:59:00Z");
        let event = AuditEvent::new(names.admin(UserId::new(42)), "set", "settings", "api", now, random);
        self.audit().append(tenant, event, Rng::system()).await.unwrap();
    }

    /// The published key.
    pub(crate) async fn key(&self) -> NoteKey {
        let signer = Signer::new(self.aws.sdk_config(), KEY, Checkpoint::origin(BASE).unwrap());
        signer.key().await.unwrap().clone()
    }

    /// What is in the bucket, by name.
    pub(crate) async fn kept(&self) -> BTreeMap<String, String> {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let listed = client.list_objects_v2().bucket(self.aws.bucket("evidence")).send().await.unwrap();
        let mut kept = BTreeMap::new();
        for object in listed.contents() {
            let get = client.get_object().bucket(self.aws.bucket("evidence")).key(object.key().unwrap());
            let body = get.send().await.unwrap().body.collect().await.unwrap().to_vec();
            kept.insert(object.key().unwrap().to_owned(), String::from_utf8(body).unwrap());
        }
        kept
    }

    /// The checkpoints in the bucket, each believed under the published key, in the order of their names.
    pub(crate) async fn checkpoints(&self) -> Vec<Attested> {
        let (kept, keys) = (self.kept().await, [self.key().await]);
        let notes = kept.iter().filter_map(|(name, note)| Some((name.strip_suffix(".note")?, note)));
        let read = |(name, note): (&str, &String)| {
            let attested = Attested::open(note, &kept[&format!("{name}.heads")], &keys).unwrap();
            assert_eq!(name, format!("checkpoints/{}", attested.checkpoint().stem()));
            attested
        };
        notes.map(read).collect()
    }
}
