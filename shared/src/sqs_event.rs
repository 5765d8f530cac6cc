//! The part of Lambda's SQS event that we read, and its answer with `ReportBatchItemFailures`.

use serde::{Deserialize, Serialize};

/// A batch of messages.
#[derive(Clone, Debug, Deserialize)]
pub struct SqsEvent {
    /// The messages; Lambda never sends none.
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

/// One message.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    /// What a failure is reported by.
    pub message_id: String,
    /// The message, untrusted until parsed.
    pub body: String,
}

/// The messages that have to come again; the others are deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsBatchResponse {
    batch_item_failures: Vec<Failure>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl SqsBatchResponse {
    /// Those messages, and no others.
    pub fn failing(ids: impl IntoIterator<Item = String>) -> Self {
        let batch_item_failures =
            ids.into_iter().map(|item_identifier| Failure { item_identifier }).collect();
        Self { batch_item_failures }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_the_documented_one() {
        let answer = |ids: &[&str]| {
            let ids = ids.iter().map(ToString::to_string);
            serde_json::to_string(&SqsBatchResponse::failing(ids)).unwrap()
        };
        assert_eq!(answer(&[]), r#"{"batchItemFailures":[]}"#);
        assert_eq!(answer(&["a"]), r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#);
    }
}
