//! The version that every message carries, so that functions of two deployments can meet.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Version 1; nothing else reads as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version;

const NUMBER: u8 = 1;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(NUMBER)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            NUMBER => Ok(Self),
            _ => Err(de::Error::custom("an unknown version")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_version_reads() {
        assert_eq!(serde_json::to_string(&Version).unwrap(), "1");
        assert_eq!(serde_json::from_str::<Version>("1").unwrap(), Version);
        for other in ["0", "2", "\"1\"", "null", "1.0"] {
            assert!(serde_json::from_str::<Version>(other).is_err(), "{other}");
        }
    }
}
