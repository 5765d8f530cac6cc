//! Attributes of messages.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::error::SnsError;
use super::form::Form;

/// An attribute of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `String`, `String.Array`, `Number` or `Binary`.
    pub kind: String,
    /// Its text; of a binary one, base64.
    pub value: String,
}

const KINDS: [&str; 4] = ["String", "String.Array", "Number", "Binary"];

/// The attributes of a request, by name.
pub(super) fn read(form: &Form) -> Result<BTreeMap<String, Attribute>, SnsError> {
    let mut attributes = BTreeMap::new();
    for entry in form.entries("MessageAttributes") {
        let field = |name: &str| form.get(&format!("{entry}.{name}")).unwrap_or_default();
        let name = name(field("Name"))?;
        let kind = kind(name, field("Value.DataType"))?;
        let value = value(name, kind, field("Value.StringValue"), field("Value.BinaryValue"))?;
        let attribute = Attribute { kind: kind.to_owned(), value: value.to_owned() };
        attributes.insert(name.to_owned(), attribute);
    }
    Ok(attributes)
}

/// How much they take of what a message may have: names, types and values, in bytes.
pub(super) fn size(attributes: &BTreeMap<String, Attribute>) -> usize {
    let sizes = attributes.iter().map(|(name, attribute)| {
        let value = match attribute.kind.as_str() {
            "Binary" => BASE64_STANDARD.decode(&attribute.value).map_or(0, |bytes| bytes.len()),
            _ => attribute.value.len(),
        };
        name.len() + attribute.kind.len() + value
    });
    sizes.sum()
}

/// At most 256 letters, digits, `_`, `-` and `.`; no full stop at an end or next to another; no prefix of AWS's own.
fn name(name: &str) -> Result<&str, SnsError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let lower = name.to_ascii_lowercase();
    let reserved = lower.starts_with("aws.") || lower.starts_with("amazon.");
    let dotted = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    if (1..=256).contains(&name.len()) && name.chars().all(allowed) && !reserved && !dotted {
        return Ok(name);
    }
    Err(SnsError::invalid_attribute(format!("The message attribute name '{name}' is invalid.")))
}

fn kind<'a>(name: &str, kind: &'a str) -> Result<&'a str, SnsError> {
    if KINDS.contains(&kind) {
        return Ok(kind);
    }
    let message = format!("The message attribute '{name}' has an invalid message attribute type.");
    Err(SnsError::invalid_attribute(message))
}

fn value<'a>(name: &str, kind: &str, text: &'a str, binary: &'a str) -> Result<&'a str, SnsError> {
    let value = if kind == "Binary" { binary } else { text };
    let fits = match kind {
        "Binary" => BASE64_STANDARD.decode(value).is_ok(),
        "Number" => value.parse::<f64>().is_ok_and(f64::is_finite),
        _ => true,
    };
    if fits && !value.is_empty() {
        return Ok(value);
    }
    let message = format!(
        "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
    );
    Err(SnsError::invalid_attribute(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(
        name: &str,
        kind: &str,
        field: &str,
        value: &str,
    ) -> Result<BTreeMap<String, Attribute>, SnsError> {
        let entry = "MessageAttributes.entry.1";
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(&format!("{entry}.Name"), name)
            .append_pair(&format!("{entry}.Value.DataType"), kind)
            .append_pair(&format!("{entry}.Value.{field}Value"), value)
            .finish();
        read(&Form::read(body.as_bytes()))
    }

    #[test]
    fn an_attribute_has_its_type_its_value_and_its_size() {
        let attributes = one("severity", "String", "String", "P1").unwrap();
        assert_eq!(attributes["severity"], Attribute { kind: "String".into(), value: "P1".into() });
        assert_eq!(size(&attributes), "severityStringP1".len());
        assert_eq!(size(&one("b", "Binary", "Binary", "AAAA").unwrap()), "bBinary".len() + 3);
        assert!(one("n", "Number", "String", "1.5").is_ok());
        assert!(read(&Form::default()).unwrap().is_empty());
    }

    #[test]
    fn what_breaks_the_rules_is_refused() {
        let long = "x".repeat(257);
        for (name, kind, field, value) in [
            ("", "String", "String", "v"),
            (long.as_str(), "String", "String", "v"),
            ("a b", "String", "String", "v"),
            (".a", "String", "String", "v"),
            ("a.", "String", "String", "v"),
            ("a..b", "String", "String", "v"),
            ("AWS.x", "String", "String", "v"),
            ("Amazon.x", "String", "String", "v"),
            ("a", "Text", "String", "v"),
            ("a", "String", "String", ""),
            ("a", "String", "Binary", "AAAA"),
            ("a", "Number", "String", "one"),
            ("a", "Binary", "Binary", "not base64"),
        ] {
            let error = one(name, kind, field, value).unwrap_err();
            assert_eq!(error.code(), "ParameterValueInvalid", "{name} {kind} {value}");
        }
    }
}
