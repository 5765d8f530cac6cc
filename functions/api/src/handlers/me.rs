//! Who the credential stands for, and what it may.

use schemars::JsonSchema;
use serde::Serialize;
use shared::http_error::HttpError;
use shared::security::permissions::{Permission, Role};

use crate::caller::Caller;
use crate::reply::Reply;
use crate::visit::Visit;

/// Whoever asks.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Subject {
    /// A person who signed in.
    Person {
        /// Their Discord user id.
        user: String,
        /// Their name there.
        username: String,
    },
    /// An API key.
    Key {
        /// Its public name.
        id: String,
        /// What its maker calls it.
        name: String,
        /// Its role.
        role: &'static str,
    },
}

/// Whoever asks, and what they may.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Me {
    subject: Subject,
    /// The community that the request names, or that the key is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    community: Option<String>,
    /// A person's role there; an operator's is everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// What they may there.
    permissions: Vec<String>,
}

/// A role's name at the API.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Moderator => "moderator",
        Role::CommunityOwner => "community_owner",
        Role::Admin => "admin",
    }
}

pub(crate) fn show(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let subject = match visit.caller()? {
        Caller::Person(person) => {
            Subject::Person { user: person.access.user.to_string(), username: person.access.username.clone() }
        }
        Caller::Key(key) => {
            Subject::Key { id: key.id.clone(), name: key.name.clone(), role: key.scope.role().as_str() }
        }
    };
    let allowed = Permission::ALL.into_iter().filter(|permission| visit.may(*permission));
    Ok(Reply::ok(&Me {
        subject,
        community: visit.community.map(|community| community.guild.to_string()),
        role: visit.role().map(role_name),
        permissions: allowed.map(|permission| permission.to_string()).collect(),
    }))
}
