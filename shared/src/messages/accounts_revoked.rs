//! "A service does not honour these accounts any more."

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::webhook_job::UNLINK_MAX;
use super::{BadMessage, Version};
use crate::domain::accounts::{Provider, Subject};

/// What a service has told us by a signed webhook (SPEC W19, W21): an asynchronous invocation of oauth, by the webhooks
/// function, which alone may send it. Oauth finds whose the accounts are and unlinks them; an account that nobody linked
/// is none of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountsRevoked {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    provider: Provider,
    subjects: Vec<Subject>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "accounts_revoked")]
    AccountsRevoked,
}

impl AccountsRevoked {
    /// The value of `type`.
    pub const TYPE: &str = "accounts_revoked";

    /// About these accounts; at most [`UNLINK_MAX`].
    pub const fn new(provider: Provider, subjects: Vec<Subject>) -> Self {
        Self { kind: Kind::AccountsRevoked, version: Version, provider, subjects }
    }

    /// Where.
    pub const fn provider(&self) -> Provider {
        self.provider
    }

    /// Which.
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }

    /// Reads an event.
    pub fn parse(event: &Value) -> Result<Self, BadMessage> {
        let message = Self::deserialize(event).map_err(|_| BadMessage)?;
        if (1..=UNLINK_MAX).contains(&message.subjects.len()) { Ok(message) } else { Err(BadMessage) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::agrees;
    use super::*;

    fn message() -> AccountsRevoked {
        AccountsRevoked::new(Provider::Slack, vec!["U0R7JM".parse().unwrap(), "U0R7JN".parse().unwrap()])
    }

    #[test]
    fn it_reads_as_it_was_written_and_agrees_with_its_schema() {
        let event = serde_json::to_value(message()).unwrap();
        let expected = json!({
            "type": "accounts_revoked", "version": 1, "provider": "slack", "subjects": ["U0R7JM", "U0R7JN"],
        });
        assert_eq!((&event, AccountsRevoked::parse(&event)), (&expected, Ok(message())));
        agrees(include_str!("../../../events/schemas/accounts-revoked.json"), &message());
    }

    #[test]
    fn other_events_are_refused() {
        let good = serde_json::to_value(message()).unwrap();
        for (member, value) in [
            ("type", json!("account_job")),
            ("version", json!(2)),
            ("provider", json!("myspace")),
            ("subjects", json!([])),
            ("subjects", json!(["a b"])),
            ("subjects", json!(vec!["1"; UNLINK_MAX + 1])),
            ("user", json!("5001")),
        ] {
            let mut other = good.clone();
            other[member] = value;
            assert_eq!(AccountsRevoked::parse(&other), Err(BadMessage), "{other}");
        }
    }
}
