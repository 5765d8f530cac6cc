//! `Publish`, parsed and bounded as the service does.

use std::collections::BTreeMap;

use super::attribute::{self, Attribute};
use super::error::SnsError;
use super::form::Form;

/// A message has at most 256 KiB in UTF-8, attributes included.
const MAX_MESSAGE: usize = 262_144;
/// A subject has at most 100 characters.
const MAX_SUBJECT: usize = 100;

/// What is to be published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Publish {
    pub(super) topic_arn: String,
    pub(super) subject: Option<String>,
    pub(super) message: String,
    pub(super) attributes: BTreeMap<String, Attribute>,
}

impl Publish {
    pub(super) fn read(form: &Form) -> Result<Self, SnsError> {
        for unknown in ["PhoneNumber", "MessageStructure", "MessageGroupId", "MessageDeduplicationId"] {
            if form.get(unknown).is_some() {
                return Err(SnsError::invalid(&format!("{unknown} Reason: is not emulated")));
            }
        }
        let field = if form.get("TargetArn").is_some() { "TargetArn" } else { "TopicArn" };
        let topic_arn = topic_arn(form, field)?;
        let attributes = attribute::read(form)?;
        let message = form.get("Message").unwrap_or_default();
        if message.is_empty() {
            return Err(SnsError::invalid("Empty message"));
        }
        if message.len() + attribute::size(&attributes) > MAX_MESSAGE {
            return Err(SnsError::invalid("Message too long"));
        }
        let subject = form.get("Subject").map(subject).transpose()?;
        Ok(Self { topic_arn, subject, message: message.to_owned(), attributes })
    }
}

/// The ARN of a topic: six parts, of this service.
pub(super) fn topic_arn(form: &Form, field: &str) -> Result<String, SnsError> {
    let arn = form.get(field).unwrap_or_default();
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "sns", _, _, name] if !name.is_empty() => Ok(arn.to_owned()),
        [""] => Err(SnsError::invalid(&format!("{field} Reason: no value for required parameter"))),
        short if short.len() < 6 => {
            let reason = format!("{field} Reason: An ARN must have at least 6 elements, not {}", short.len());
            Err(SnsError::invalid(&reason))
        }
        _ => Err(SnsError::invalid(field)),
    }
}

/// ASCII that begins with a letter, a digit or punctuation and has neither line breaks nor control characters.
fn subject(text: &str) -> Result<String, SnsError> {
    let fits = (1..=MAX_SUBJECT).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.starts_with(' ');
    if fits { Ok(text.to_owned()) } else { Err(SnsError::invalid("Subject")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sns:eu-central-1:000000000000:t";

    fn publish(fields: &[(&str, &str)]) -> Result<Publish, SnsError> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        Publish::read(&Form::read(body.as_bytes()))
    }

    #[test]
    fn a_message_is_measured_in_bytes_with_its_attributes() {
        let of = |message: &str| publish(&[("TopicArn", ARN), ("Message", message)]);
        assert!(of(&"x".repeat(MAX_MESSAGE)).is_ok());
        assert!(of(&"é".repeat(MAX_MESSAGE / 2)).is_ok());
        assert_eq!(of(&"é".repeat(MAX_MESSAGE / 2 + 1)).unwrap_err(), SnsError::invalid("Message too long"));
        assert_eq!(of("").unwrap_err(), SnsError::invalid("Empty message"));
        let attribute = [
            ("TopicArn", ARN),
            ("MessageAttributes.entry.1.Name", "a"),
            ("MessageAttributes.entry.1.Value.DataType", "String"),
            ("MessageAttributes.entry.1.Value.StringValue", "v"),
        ];
        let with = |message: &str| publish(&[&attribute[..], &[("Message", message)]].concat());
        assert!(with(&"x".repeat(MAX_MESSAGE - "aStringv".len())).is_ok());
        assert!(with(&"x".repeat(MAX_MESSAGE - "aStringv".len() + 1)).is_err());
    }

    #[test]
    fn a_subject_is_short_and_plain() {
        let of = |subject: &str| publish(&[("TopicArn", ARN), ("Message", "m"), ("Subject", subject)]);
        for good in ["P1: too many refusals", "!", "0 left", &"x".repeat(100)] {
            assert_eq!(of(good).unwrap().subject.as_deref(), Some(good));
        }
        for bad in ["", " indented", "two\nlines", "tab\t", "bell\u{7}", "é", &"x".repeat(101)] {
            assert_eq!(of(bad).unwrap_err(), SnsError::invalid("Subject"), "{bad}");
        }
    }

    #[test]
    fn a_topic_is_named_by_its_arn() {
        for field in ["TopicArn", "TargetArn"] {
            assert_eq!(publish(&[(field, ARN), ("Message", "m")]).unwrap().topic_arn, ARN);
        }
        for bad in [
            "",
            "t",
            "arn:aws:sns:r:0",
            "arn:aws:sqs:r:0:q",
            "arn:aws:sns:r:0:t:subscription",
            "arn:aws:sns:r:0:",
        ] {
            let error = publish(&[("TopicArn", bad), ("Message", "m")]).unwrap_err();
            assert_eq!(error.code(), "InvalidParameter", "{bad}");
        }
    }

    #[test]
    fn what_is_not_emulated_is_refused_and_not_lost() {
        for field in ["PhoneNumber", "MessageStructure", "MessageGroupId", "MessageDeduplicationId"] {
            assert!(publish(&[("TopicArn", ARN), ("Message", "m"), (field, "x")]).is_err(), "{field}");
        }
    }
}
