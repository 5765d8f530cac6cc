//! Texts that people give, checked where they come in.

use core::str::FromStr;
use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use shared::domain::access::Reason;

/// What somebody calls something: 1 to 100 characters that can be seen, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    const MAX: usize = 100;

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for Name {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What a reason may say, a name may, too; it is only shorter.
        let reason: Reason = text.parse().map_err(|_| "1 to 100 characters on one line")?;
        if reason.as_str().chars().count() > Self::MAX {
            return Err("1 to 100 characters on one line");
        }
        Ok(Self(reason.as_str().to_owned()))
    }
}

/// Why something is decided so: 1 to 300 characters that can be seen, on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Because(pub(crate) Reason);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Because {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bad = |_| de::Error::custom("1 to 300 characters on one line");
        text.parse().map(Self).map_err(bad)
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": Self::MAX })
    }
}

impl JsonSchema for Because {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": Reason::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_on_one_line() {
        for good in ["stream deck", "R&B", &"x".repeat(100)] {
            assert_eq!(good.parse::<Name>().unwrap().into_string(), good);
        }
        for bad in ["", "  ", &"x".repeat(101), "a\nb", "a\u{202e}b"] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_reason_is_longer() {
        let read = |text: &str| serde_json::from_value::<Because>(text.into());
        assert!(read(&"x".repeat(300)).is_ok());
        assert!(read(&"x".repeat(301)).is_err() && read("").is_err());
    }
}
