//! AWS for one test, the function over it, and messages as the queue brings them.

use core::ops::Deref;

use data_retention::{Answer, Failure, Invocation, SqsBatchResponse, handle};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::ids::UserId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{Case, CaseState, DataSubject};
use shared::store::tombstones::TombstoneStore;

use crate::support::Support;

/// Between one message and the next one about the same request.
const LATER: SignedDuration = SignedDuration::from_mins(3);
/// More than any request takes.
const ROUNDS: u32 = 40;

pub(crate) struct World(Support);

impl Deref for World {
    type Target = Support;

    fn deref(&self) -> &Support {
        &self.0
    }
}

/// When it begins.
pub(crate) fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

pub(crate) fn request(seed: u8, user: UserId, action: PrivacyAction) -> PrivacyRequest {
    let id = PrivacyRequestId::of_digest(&[seed; 32]);
    PrivacyRequest::new(id, DataSubject::User(user), action, PrivacySource::Command)
}

impl World {
    /// In whose log none of these words may stand.
    pub(crate) async fn new(words: &[String]) -> Self {
        Self(Support::new(words).await)
    }

    pub(crate) async fn invoke(&self, event: Value, now: Timestamp) -> Result<Answer, Failure> {
        let invocation = Invocation { id: "i".to_owned(), deadline: Timestamp::MAX };
        let app = self.app_told(Clock::fixed(now), []);
        Box::pin(handle(&app, event, &invocation)).await
    }

    /// One message, as the queue brings it.
    pub(crate) async fn bring(&self, request: &PrivacyRequest, now: Timestamp) {
        let record =
            json!({ "messageId": "m", "body": request.to_body().unwrap(), "eventSource": "aws:sqs" });
        let answer = self.invoke(json!({ "Records": [record] }), now).await.unwrap();
        assert_eq!(answer, Answer::Messages(SqsBatchResponse::failing([])), "{}", self.log.text());
    }

    /// The same message again and again, as long as there is something left to do; how it ended, and when.
    pub(crate) async fn finish(&self, request: &PrivacyRequest, from: Timestamp) -> (Case, Timestamp) {
        let mut now = from;
        for _ in 0..ROUNDS {
            self.bring(request, now).await;
            let case = self.case(request, now).await;
            if !matches!(case.state, CaseState::Erasing(_) | CaseState::Exporting(_)) {
                return (case, now);
            }
            now += LATER;
        }
        panic!("it does not end: {:?}", self.case(request, now).await)
    }

    pub(crate) async fn case(&self, request: &PrivacyRequest, now: Timestamp) -> Case {
        let cases = TombstoneStore::new(self.db());
        cases.case(request.subject(), request.id(), now).await.unwrap().unwrap()
    }

    /// The exports that lie in the bucket: each version of each object, by its key.
    pub(crate) async fn exports(&self) -> Vec<(String, Vec<u8>)> {
        let client = aws_sdk_s3::Client::new(self.aws.sdk_config());
        let bucket = self.aws.bucket("exports");
        let listed = client.list_object_versions().bucket(&bucket).send().await.unwrap();
        assert!(listed.delete_markers().is_empty(), "what is deleted is deleted for good");
        let mut found = Vec::new();
        for version in listed.versions() {
            let (key, version) = (version.key().unwrap(), version.version_id().unwrap());
            let get = client.get_object().bucket(&bucket).key(key).version_id(version).send().await.unwrap();
            found.push((key.to_owned(), get.body.collect().await.unwrap().to_vec()));
        }
        found
    }

    /// The values of all secrets that members' tokens are in, by name.
    pub(crate) async fn tokens(&self) -> Vec<(String, String)> {
        let client = self.aws.secrets();
        let listed = client.list_secrets().include_planned_deletion(true).send().await.unwrap();
        let names = listed.secret_list().iter().filter_map(|secret| secret.name());
        let mut found = Vec::new();
        for name in names.filter(|name| name.contains("/users/")) {
            let value = client.get_secret_value().secret_id(name).send().await.unwrap();
            found.push((name.to_owned(), value.secret_string.unwrap()));
        }
        found
    }
}
