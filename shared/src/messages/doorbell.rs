//! "This guild's desired state has changed."

use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::ids::GuildId;

/// Rung after each change of a queue. The worker reads the row if `rev` is newer than what it applied; the change itself
/// is never in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Doorbell {
    version: Version,
    guild: GuildId,
    rev: u64,
}

impl Doorbell {
    /// About this revision of a guild's queue head.
    pub const fn new(guild: GuildId, rev: u64) -> Self {
        Self { version: Version, guild, rev }
    }

    /// Whose.
    pub const fn guild(self) -> GuildId {
        self.guild
    }

    /// The revision that was written.
    pub const fn rev(self) -> u64 {
        self.rev
    }

    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        serde_json::from_str(body).map_err(|_| BadMessage)
    }

    /// The message's body.
    pub fn to_body(self) -> Result<String, BadMessage> {
        serde_json::to_string(&self).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::schema::agrees;
    use super::*;

    #[test]
    fn the_schema_says_the_same() {
        let schema = include_str!("../../../events/schemas/doorbell.json");
        agrees(schema, &Doorbell::new(GuildId::new(290_926_798_626_357_999), 1_767_323_045_000));
        agrees(schema, &Doorbell::new(GuildId::new(u64::MAX), 0));
    }

    #[test]
    fn other_bodies_are_refused() {
        for body in [
            "",
            "{}",
            r#"{"version":1,"guild":"0","rev":1}"#,
            r#"{"version":1,"guild":"42","rev":-1}"#,
            r#"{"version":1,"guild":"42","rev":1,"track":"x"}"#,
            r#"{"version":2,"guild":"42","rev":1}"#,
        ] {
            assert_eq!(Doorbell::parse(body), Err(BadMessage), "{body}");
        }
    }

    proptest! {
        #[test]
        fn a_body_reads_as_it_was_written(guild in 1_u64.., rev in any::<u64>()) {
            let bell = Doorbell::new(GuildId::new(guild), rev);
            prop_assert_eq!(Doorbell::parse(&bell.to_body().unwrap()), Ok(bell));
        }

        #[test]
        fn any_text_is_read_or_refused(body in any::<String>()) {
            let _ = Doorbell::parse(&body);
        }
    }
}
