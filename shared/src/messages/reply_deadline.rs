//! "Look whether this reply is still open."

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::ids::InteractionId;

/// "Look whether this reply is still open" (SPEC P8). The reply's token stays in the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyDeadline {
    version: Version,
    tenant: String,
    interaction_id: InteractionId,
}

impl ReplyDeadline {
    /// About the reply row of this interaction.
    pub fn new(tenant: impl fmt::Display, interaction_id: InteractionId) -> Self {
        Self { version: Version, tenant: tenant.to_string(), interaction_id }
    }

    /// Whose row.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Which row.
    pub const fn interaction_id(&self) -> InteractionId {
        self.interaction_id
    }

    /// Reads a message's body: a known version, known members, and a tenant as we write it (`<digits>`, or
    /// `<word>#<digits>`).
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        let message: Self = serde_json::from_str(body).map_err(|_| BadMessage)?;
        if is_tenant(&message.tenant) { Ok(message) } else { Err(BadMessage) }
    }

    /// The message's body.
    pub fn to_body(&self) -> Result<String, BadMessage> {
        serde_json::to_string(self).map_err(|_| BadMessage)
    }
}

fn is_tenant(text: &str) -> bool {
    let digits = |text: &str| matches!(text.len(), 1..=20) && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('#') {
        None => digits(text),
        Some((kind, id)) => {
            !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_lowercase()) && digits(id)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::schema::agrees;
    use super::*;

    #[test]
    fn the_body_holds_version_tenant_and_interaction_and_nothing_else() {
        let message = ReplyDeadline::new(42_u64, InteractionId::new(846_462_639_134_605_312));
        let body = message.to_body().unwrap();
        assert_eq!(body, r#"{"version":1,"tenant":"42","interaction_id":"846462639134605312"}"#);
        assert_eq!(ReplyDeadline::parse(&body), Ok(message));
        assert!(
            ReplyDeadline::parse(&ReplyDeadline::new("dm#7", InteractionId::new(1)).to_body().unwrap())
                .is_ok()
        );
    }

    #[test]
    fn the_schema_says_the_same() {
        let schema = include_str!("../../../events/schemas/reply-deadline.json");
        for tenant in ["42", "dm#7"] {
            agrees(schema, &ReplyDeadline::new(tenant, InteractionId::new(846_462_639_134_605_312)));
        }
    }

    #[test]
    fn other_bodies_are_refused() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"version":2,"tenant":"42","interaction_id":"1"}"#,
            r#"{"version":1,"tenant":"42","interaction_id":"0"}"#,
            r#"{"version":1,"tenant":"","interaction_id":"1"}"#,
            r#"{"version":1,"tenant":"a b","interaction_id":"1"}"#,
            r#"{"version":1,"tenant":"dm#","interaction_id":"1"}"#,
            r#"{"version":1,"tenant":"42"}"#,
            r#"{"version":1,"tenant":"42","interaction_id":"1","token":"x"}"#,
        ] {
            assert_eq!(ReplyDeadline::parse(body), Err(BadMessage), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(body in any::<String>()) {
            let _ = ReplyDeadline::parse(&body);
        }
    }
}
