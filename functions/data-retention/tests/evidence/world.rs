//! AWS for one test, with audit chains in it.

use core::ops::Deref;
use std::collections::BTreeMap;

use data_retention::{Answer, App, Failure, Invocation, Written, handle};
use jiff::Timestamp;
use serde_json::Value;
use shared::clock::{Clock, Rng};
use shared::ids::UserId;
use shared::security::audit::AuditEvent;
use shared::security::checkpoint::{Attested, Checkpoint};
use shared::security::pseudonym::Pseudonyms;
use shared::security::secret::Secret;
use shared::security::signed_note::NoteKey;
use shared::signing::Signer;
use shared::store::audit::AuditStore;

use crate::support::{BASE, KEY, Support};

/// A server of Discord's.
pub(crate) const GUILD: &str = "290926798626357999";

pub(crate) struct World(Support);

impl Deref for World {
    type Target = Support;

    fn deref(&self) -> &Support {
        &self.0
    }
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
        Self(Support::new([GUILD]).await)
    }

    pub(crate) fn app(&self, now: Timestamp) -> App {
        self.app_told(Clock::fixed(now), [])
    }

    /// What is signed when this comes.
    pub(crate) async fn invoke(&self, event: Value, now: Timestamp) -> Result<Written, Failure> {
        written(&self.app(now), event).await
    }

    pub(crate) fn audit(&self) -> AuditStore {
        AuditStore::new(self.db())
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
