//! The JSON around a message in a queue.

use serde_json::{Map, Value, json};

use super::Published;

/// The documented fields but those of the signature. `Subject` and `MessageAttributes` are there only if the message has
/// them.
pub(super) fn of(published: &Published) -> String {
    let mut body = json!({
        "Type": "Notification",
        "MessageId": published.message_id,
        "TopicArn": published.topic_arn,
        "Message": published.message,
        "Timestamp": published.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    });
    if let Some(subject) = &published.subject {
        body["Subject"] = subject.clone().into();
    }
    let attributes = published
        .attributes
        .iter()
        .map(|(name, attribute)| (name.clone(), json!({ "Type": attribute.kind, "Value": attribute.value })));
    let attributes: Map<String, Value> = attributes.collect();
    if !attributes.is_empty() {
        body["MessageAttributes"] = attributes.into();
    }
    body.to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Attribute;
    use super::*;

    #[test]
    fn an_envelope_has_what_the_message_has() {
        let bare = Published {
            message_id: "id".into(),
            topic_arn: "arn".into(),
            subject: None,
            message: "{\"a\":1}".into(),
            attributes: BTreeMap::new(),
            at: "2026-01-02T03:04:05.678901Z".parse().unwrap(),
        };
        let expected = json!({
            "Type": "Notification", "MessageId": "id", "TopicArn": "arn", "Message": "{\"a\":1}",
            "Timestamp": "2026-01-02T03:04:05.678Z",
        });
        assert_eq!(serde_json::from_str::<Value>(&of(&bare)).unwrap(), expected);
        let attribute = Attribute { kind: "String".into(), value: "P1".into() };
        let full = Published {
            subject: Some("s".into()),
            attributes: BTreeMap::from([("severity".to_owned(), attribute)]),
            at: "2026-01-02T03:04:05Z".parse().unwrap(),
            ..bare
        };
        let full: Value = serde_json::from_str(&of(&full)).unwrap();
        assert_eq!((&full["Subject"], &full["Timestamp"]), (&json!("s"), &json!("2026-01-02T03:04:05.000Z")));
        assert_eq!(full["MessageAttributes"], json!({ "severity": { "Type": "String", "Value": "P1" } }));
    }
}
