//! The event that a function gets.

use serde_json::{Map, Value, json};

use super::Published;

/// The documented fields but those of the signature and the address for unsubscribing, which nobody here could sign or serve.
pub(super) fn of(published: &Published) -> Value {
    let attribute = |(name, one): (&String, &super::Attribute)| {
        (name.clone(), json!({ "Type": one.kind, "Value": one.value }))
    };
    let attributes: Map<String, Value> = published.attributes.iter().map(attribute).collect();
    let sns = json!({
        "Type": "Notification",
        "MessageId": published.message_id,
        "TopicArn": published.topic_arn,
        "Subject": published.subject,
        "Message": published.message,
        "Timestamp": published.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "MessageAttributes": attributes,
    });
    let subscription = format!("{}:{}", published.topic_arn, published.message_id);
    json!({ "Records": [
        { "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription, "Sns": sns },
    ] })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Attribute;
    use super::*;

    #[test]
    fn a_function_gets_one_record_with_all_that_was_published() {
        let attribute = Attribute { kind: "String".into(), value: "P1".into() };
        let published = Published {
            message_id: "id".into(),
            topic_arn: "arn:aws:sns:r:0:t".into(),
            subject: None,
            message: "{\"a\":1}".into(),
            attributes: BTreeMap::from([("severity".to_owned(), attribute)]),
            at: "2026-01-02T03:04:05.678901Z".parse().unwrap(),
        };
        let expected = json!({ "Records": [{
            "EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn:aws:sns:r:0:t:id",
            "Sns": {
                "Type": "Notification", "MessageId": "id", "TopicArn": "arn:aws:sns:r:0:t", "Subject": null,
                "Message": "{\"a\":1}", "Timestamp": "2026-01-02T03:04:05.678Z",
                "MessageAttributes": { "severity": { "Type": "String", "Value": "P1" } },
            },
        }] });
        assert_eq!(of(&published), expected);
    }
}
