//! Requests, parsed into what the queues take.

use std::ops::RangeInclusive;

use serde::Deserialize;

use super::error::{invalid_contents, invalid_value, missing, unsupported};
use crate::wire::ServiceError;

/// The service takes message bodies of at most 1 MiB.
pub(super) const MAX_BODY: usize = 1_048_576;

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Request {
    queue_url: Option<String>,
    pub(super) queue_name: Option<String>,
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    message_attributes: Option<serde_json::Map<String, serde_json::Value>>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    pub(super) entries: Vec<Entry>,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    attribute_names: Vec<String>,
    message_system_attribute_names: Vec<String>,
    receipt_handle: Option<String>,
}

/// One entry of a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Entry {
    pub(super) id: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, serde_json::Value>,
}

/// What is sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outgoing {
    pub(super) body: String,
    pub(super) delay_s: Option<u32>,
}

/// How to receive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receive {
    pub(super) max: usize,
    pub(super) visibility_s: Option<u32>,
    pub(super) wait_s: Option<u32>,
    pub(super) attributes: Vec<String>,
}

impl Request {
    /// The queue's name: the last segment of its address.
    pub(super) fn queue(&self) -> Result<&str, ServiceError> {
        let url = self.queue_url.as_deref().ok_or_else(|| missing("QueueUrl"))?;
        Ok(url.rsplit('/').next().unwrap_or_default())
    }

    pub(super) fn outgoing(&self) -> Result<Outgoing, ServiceError> {
        if self.message_attributes.as_ref().is_some_and(|attributes| !attributes.is_empty()) {
            return Err(unsupported("MessageAttributes"));
        }
        if self.message_group_id.is_some() || self.message_deduplication_id.is_some() {
            return Err(unsupported("a FIFO queue"));
        }
        let body = body(self.message_body.as_deref().ok_or_else(|| missing("MessageBody"))?)?;
        Ok(Outgoing { body, delay_s: bounded("DelaySeconds", self.delay_seconds, 0..=900)? })
    }

    pub(super) fn receive(&self) -> Result<Receive, ServiceError> {
        let max = bounded("MaxNumberOfMessages", self.max_number_of_messages, 1..=10)?.unwrap_or(1);
        let attributes = self.attribute_names.iter().chain(&self.message_system_attribute_names);
        Ok(Receive {
            max: usize::try_from(max).unwrap_or(1),
            visibility_s: self.visibility()?,
            wait_s: bounded("WaitTimeSeconds", self.wait_time_seconds, 0..=20)?,
            attributes: attributes.cloned().collect(),
        })
    }

    pub(super) fn visibility(&self) -> Result<Option<u32>, ServiceError> {
        bounded("VisibilityTimeout", self.visibility_timeout, 0..=43_200)
    }

    pub(super) fn handle(&self) -> Result<&str, ServiceError> {
        self.receipt_handle.as_deref().ok_or_else(|| missing("ReceiptHandle"))
    }

    pub(super) fn attributes(&self) -> &[String] {
        &self.attribute_names
    }
}

impl Entry {
    /// The entry as a request of its own.
    pub(super) fn request(self) -> Result<Request, ServiceError> {
        serde_json::from_value(self.rest.into()).map_err(|error| invalid_value("Entries", &error.to_string()))
    }
}

fn bounded(
    parameter: &str,
    value: Option<i64>,
    range: RangeInclusive<u32>,
) -> Result<Option<u32>, ServiceError> {
    let Some(value) = value else { return Ok(None) };
    match u32::try_from(value) {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => {
            let reason = format!("Must be >= {} and <= {}, if provided.", range.start(), range.end());
            Err(invalid_value(parameter, &reason))
        }
    }
}

/// Characters that XML forbids are replaced, as the service does; without any allowed one the message is refused.
fn body(text: &str) -> Result<String, ServiceError> {
    if text.is_empty() {
        return Err(missing("MessageBody"));
    }
    if text.len() > MAX_BODY {
        return Err(invalid_value("MessageBody", "Message must be shorter than 1048576 bytes."));
    }
    if !text.chars().any(allowed) {
        return Err(invalid_contents());
    }
    Ok(text.chars().map(|c| if allowed(c) { c } else { '\u{FFFD}' }).collect())
}

fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn request(body: Value) -> Request {
        serde_json::from_value(body).unwrap()
    }

    fn code(error: &ServiceError) -> &str {
        error.query_code.unwrap()
    }

    #[test]
    fn limits_are_those_of_the_service() {
        for (field, good, bad) in [
            ("DelaySeconds", [0, 900], [-1, 901]),
            ("MaxNumberOfMessages", [1, 10], [0, 11]),
            ("WaitTimeSeconds", [0, 20], [-1, 21]),
            ("VisibilityTimeout", [0, 43_200], [-1, 43_201]),
        ] {
            let parse = |value: i64| {
                let request = request(json!({ "MessageBody": "x", field: value }));
                if field == "DelaySeconds" {
                    request.outgoing().map(|_| ())
                } else {
                    request.receive().map(|_| ())
                }
            };
            assert!(good.into_iter().all(|value| parse(value).is_ok()), "{field}");
            assert!(
                bad.into_iter().all(|value| code(&parse(value).unwrap_err()) == "InvalidParameterValue"),
                "{field}"
            );
        }
    }

    #[test]
    fn the_queue_is_the_end_of_its_address() {
        assert_eq!(request(json!({ "QueueUrl": "http://h/0/name" })).queue().unwrap(), "name");
        assert_eq!(code(&request(json!({})).queue().unwrap_err()), "MissingParameter");
    }

    #[test]
    fn bodies_are_bounded_and_cleaned() {
        assert_eq!(body("a\u{1}b").unwrap(), "a\u{FFFD}b");
        assert_eq!(code(&body("\u{1}").unwrap_err()), "InvalidMessageContents");
        assert_eq!(code(&body("").unwrap_err()), "MissingParameter");
        assert!(body(&"x".repeat(MAX_BODY)).is_ok());
        assert_eq!(code(&body(&"x".repeat(MAX_BODY + 1)).unwrap_err()), "InvalidParameterValue");
    }

    #[test]
    fn what_is_not_emulated_is_refused_and_not_lost() {
        let attributes =
            json!({ "MessageBody": "x", "MessageAttributes": { "a": { "DataType": "String" } } });
        let group = json!({ "MessageBody": "x", "MessageGroupId": "g" });
        for body in [attributes, group] {
            let error = request(body).outgoing().unwrap_err();
            assert_eq!(code(&error), "AWS.SimpleQueueService.UnsupportedOperation");
        }
    }
}
