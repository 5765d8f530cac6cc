//! "Somebody waits to hear how far their request is."

use serde::{Deserialize, Serialize};

use super::{BadMessage, PrivacyRequest, Version};
use crate::ids::{InteractionId, UserId};

/// "Look at the reply that this user waits for" (SPEC P1 `/privacy status`), on the queue `-privacy`. Whose it is and which
/// request they ask about stand in the row of the reply, as does the token to answer with. The row's tenant is
/// [`AccountJob::tenant`](super::AccountJob::tenant).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacyStatus {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    user: UserId,
    interaction_id: InteractionId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "privacy_status")]
    PrivacyStatus,
}

/// Whatever comes out of the queue `-privacy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum PrivacyMessage {
    /// Something is to be done.
    Request(PrivacyRequest),
    /// Somebody asks.
    Status(PrivacyStatus),
}

impl PrivacyStatus {
    /// About the reply that the user waits for.
    pub const fn new(user: UserId, interaction_id: InteractionId) -> Self {
        Self { kind: Kind::PrivacyStatus, version: Version, user, interaction_id }
    }

    /// Who asked.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Which row.
    pub const fn interaction_id(&self) -> InteractionId {
        self.interaction_id
    }

    /// The message's body.
    pub fn to_body(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

impl PrivacyMessage {
    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        serde_json::from_str(body).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::agrees;
    use super::super::{PrivacyAction, PrivacyRequestId, PrivacySource};
    use super::*;
    use crate::privacy::DataSubject;

    #[test]
    fn it_names_a_row_and_holds_nothing_else() {
        let status = PrivacyStatus::new(UserId::new(5001), InteractionId::new(846_462_639_134_605_312));
        let body = status.to_body().unwrap();
        let expected = concat!(
            "{\"type\":\"privacy_status\",\"version\":1,\"user\":\"5001\",",
            "\"interaction_id\":\"846462639134605312\"}"
        );
        assert_eq!(
            (body.as_str(), PrivacyMessage::parse(&body)),
            (expected, Ok(PrivacyMessage::Status(status)))
        );
        agrees(include_str!("../../../events/schemas/privacy-status.json"), &status);
    }

    #[test]
    fn both_kinds_are_told_apart_and_nothing_else_is_taken() {
        let id = PrivacyRequestId::of_digest(&[1; 32]);
        let subject = DataSubject::User(UserId::new(5001));
        let request = PrivacyRequest::new(id, subject, PrivacyAction::Erase, PrivacySource::Api);
        let body = request.to_body().unwrap();
        assert_eq!(PrivacyMessage::parse(&body), Ok(PrivacyMessage::Request(request)));
        for bad in [
            "",
            "{}",
            "[]",
            r#"{"type":"privacy_status","version":2,"user":"1","interaction_id":"1"}"#,
            r#"{"type":"privacy_status","version":1,"user":"0","interaction_id":"1"}"#,
            r#"{"type":"privacy_status","version":1,"user":"1","interaction_id":"1","token":"x"}"#,
            r#"{"type":"account_job","version":1,"user":"1","interaction_id":"1"}"#,
        ] {
            assert_eq!(PrivacyMessage::parse(bad), Err(BadMessage), "{bad}");
        }
    }
}
