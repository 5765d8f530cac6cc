//! "Somebody waits for their account to be unlinked, or for a playlist of theirs."

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BadMessage, Version};
use crate::ids::{InteractionId, UserId};

/// "Look at the reply that this user waits for" (SPEC P1). Whose it is and what is asked stands in the row, as does the
/// token to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountJob {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    user: UserId,
    interaction_id: InteractionId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "account_job")]
    AccountJob,
}

impl AccountJob {
    /// The value of `type`.
    pub const TYPE: &str = "account_job";

    /// About the reply that the user waits for.
    pub const fn new(user: UserId, interaction_id: InteractionId) -> Self {
        Self { kind: Kind::AccountJob, version: Version, user, interaction_id }
    }

    /// Whose rows such replies are: not a guild's, whose workers would find them.
    pub fn tenant(user: UserId) -> String {
        format!("accounts#{user}")
    }

    /// Who asked.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Which row.
    pub const fn interaction_id(&self) -> InteractionId {
        self.interaction_id
    }

    /// Reads an event.
    pub fn parse(event: &Value) -> Result<Self, BadMessage> {
        Self::deserialize(event).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::schema::agrees;
    use super::*;
    use crate::messages::ReplyDeadline;

    #[test]
    fn it_names_a_row_and_holds_nothing_else() {
        let job = AccountJob::new(UserId::new(5001), InteractionId::new(846_462_639_134_605_312));
        let event = serde_json::to_value(job).unwrap();
        let expected = json!({
            "type": "account_job", "version": 1, "user": "5001", "interaction_id": "846462639134605312",
        });
        assert_eq!((&event, AccountJob::parse(&event)), (&expected, Ok(job)));
        agrees(include_str!("../../../events/schemas/account-job.json"), &job);
    }

    #[test]
    fn the_supervisor_finds_the_same_row() {
        let job = AccountJob::new(UserId::new(5001), InteractionId::new(7));
        let deadline = ReplyDeadline::new(AccountJob::tenant(job.user()), job.interaction_id());
        assert!(ReplyDeadline::parse(&deadline.to_body().unwrap()).is_ok());
    }

    #[test]
    fn other_events_are_refused() {
        for event in [
            json!({}),
            json!({ "type": "wake", "version": 1, "user": "1", "interaction_id": "1" }),
            json!({ "type": "account_job", "version": 2, "user": "1", "interaction_id": "1" }),
            json!({ "type": "account_job", "version": 1, "user": "0", "interaction_id": "1" }),
            json!({ "type": "account_job", "version": 1, "user": "1", "interaction_id": "1", "token": "x" }),
        ] {
            assert_eq!(AccountJob::parse(&event), Err(BadMessage), "{event}");
        }
    }
}
