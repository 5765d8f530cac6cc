//! What everybody may see: whether we answer, what works, where to report weaknesses, and what there is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use shared::domain::containment::{Knowledge, Level};
use shared::http_error::HttpError;
use shared::http_event::HttpAnswer;
use shared::signing::KeyDocument;

use crate::openapi;
use crate::reply::Reply;
use crate::visit::{Visit, unavailable};

/// When `security.txt` has to be looked at again (RFC 9116, section 2.5.5): less than a year from its last review. A test
/// fails when it is near.
pub(crate) const SECURITY_TXT_EXPIRES: &str = "2027-10-01T00:00:00Z";
const KEPT_S: u32 = 300;

/// Whether the API answers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Health {
    /// Always `ok`: who gets no answer knows the rest.
    status: &'static str,
    /// The release that answers.
    version: &'static str,
}

/// How the bot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Condition {
    /// Everything runs.
    Operational,
    /// The operators have paused it.
    Paused,
    /// The operators have locked it down.
    LockedDown,
    /// It cannot be told just now.
    Unknown,
}

/// What works just now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Standing {
    /// The whole.
    pub(crate) status: Condition,
    /// Whether commands are taken.
    pub(crate) commands: bool,
    /// Whether music plays.
    pub(crate) music: bool,
    /// Whether API keys are taken.
    pub(crate) api_keys: bool,
    /// When this was looked at.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub(crate) at: Timestamp,
}

impl Standing {
    /// What a level means to people (SPEC T33).
    pub(crate) fn of(flag: Knowledge, at: Timestamp) -> Self {
        let Knowledge::Level(level) = flag else {
            return Self { status: Condition::Unknown, commands: false, music: false, api_keys: false, at };
        };
        let status = match level {
            Level::L0 => Condition::Operational,
            Level::L1 | Level::L2 => Condition::Paused,
            Level::L3 | Level::L4 | Level::L5 => Condition::LockedDown,
        };
        let (commands, music) = (level < Level::L1, level < Level::L3);
        Self { status, commands, music, api_keys: level < Level::L4, at }
    }
}

pub(crate) fn health() -> Reply {
    Reply::ok(&Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

pub(crate) async fn status(visit: &Visit<'_>) -> Reply {
    Reply::ok(&Standing::of(visit.app.flag(visit.report.log(), visit.now).await, visit.now))
}

/// RFC 9116. It is the same for everybody and says nothing that changes.
pub(crate) fn security_txt(visit: &Visit<'_>) -> Reply {
    let config = &visit.app.config;
    Reply::public(
        HttpAnswer::text(200, security_txt_of(config.security_contact.as_str(), config.public.as_str())),
        KEPT_S,
    )
}

fn security_txt_of(contact: &str, base: &str) -> String {
    format!(
        "Contact: {contact}\nExpires: {SECURITY_TXT_EXPIRES}\nPreferred-Languages: en, de, fr, es, pt, ja\n\
         Canonical: {base}/.well-known/security.txt\nPolicy: {base}/status#security\n"
    )
}

/// What a checkpoint is believed under, offline (SPEC T36).
pub(crate) async fn signing_keys(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let mut keys = Vec::new();
    for signer in &visit.app.signers {
        keys.push(signer.key().await.map_err(|error| {
            visit.report.fault("signing_key", error.code());
            unavailable()
        })?);
    }
    // Our own document: strings only.
    let document = serde_json::to_vec(&KeyDocument::new(keys)).unwrap_or_default();
    Ok(Reply::public(HttpAnswer::json(200, document), KEPT_S))
}

/// The table as `OpenAPI` 3.1 says it.
pub(crate) fn openapi(visit: &Visit<'_>) -> Reply {
    let document = openapi::document(visit.app.config.public.as_str());
    Reply::public(HttpAnswer::json(200, document.to_string()), KEPT_S)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use shared::clock::Clock;

    use super::*;

    /// SPEC W39: less than a year ahead, and somebody looks at it before it is over.
    #[test]
    fn security_txt_is_looked_at_in_time() {
        let expires: Timestamp = SECURITY_TXT_EXPIRES.parse().unwrap();
        let now = Clock::system().now();
        assert!(expires > now + (30 * 24).hours(), "look at security.txt again, then move its date");
        assert!(expires < now + (365 * 24).hours());
    }

    #[test]
    fn security_txt_has_its_fields() {
        insta::assert_snapshot!(security_txt_of("mailto:security@example.org", "https://bot.example.org"), @r"
        Contact: mailto:security@example.org
        Expires: 2027-10-01T00:00:00Z
        Preferred-Languages: en, de, fr, es, pt, ja
        Canonical: https://bot.example.org/.well-known/security.txt
        Policy: https://bot.example.org/status#security
        ");
    }

    #[test]
    fn each_level_is_told_as_people_feel_it() {
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let told = |level| {
            let status = Standing::of(Knowledge::Level(level), at);
            (status.status, status.commands, status.music, status.api_keys)
        };
        assert_eq!(told(Level::L0), (Condition::Operational, true, true, true));
        assert_eq!(told(Level::L1), (Condition::Paused, false, true, true));
        assert_eq!(told(Level::L2), (Condition::Paused, false, true, true));
        assert_eq!(told(Level::L3), (Condition::LockedDown, false, false, true));
        assert_eq!(told(Level::L4), (Condition::LockedDown, false, false, false));
        assert_eq!(Standing::of(Knowledge::Nothing, at).status, Condition::Unknown);
    }
}
