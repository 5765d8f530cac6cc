//! Asking for one's own data, or for its erasure, and how far that is (SPEC T30, T31). What is asked is queued; the
//! data-retention function does it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::http_error::HttpError;
use shared::ids::GuildId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};
use shared::privacy::{Case, CaseState, DataSubject, ErasureStep};

use crate::handlers::guilds;
use crate::reply::Reply;
use crate::visit::{Visit, not_found, unavailable};

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wish {
    /// A file with everything that is stored about oneself.
    Export,
    /// Everything gone, for good.
    Erase,
}

/// A request about one's own data.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ask {
    action: Wish,
}

/// A request that was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Asked {
    /// What to name when asking how far it is.
    id: String,
    action: Wish,
}

/// How far a request is.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Progress {
    id: String,
    action: Wish,
    /// When it came to us.
    #[schemars(with = "String", extend("format" = "date-time"))]
    asked_at: Timestamp,
    /// `gathering`, `ready`, `refused`, `failed`, `erasing` or `erased`.
    state: &'static str,
    /// The same in words.
    about: String,
    /// When a copy that is ready is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    ends_at: Option<Timestamp>,
    /// The signed receipt of an erasure. It names nobody; `timmy receipt verify` checks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

pub(crate) async fn ask(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Ask = visit.body()?;
    let subject = DataSubject::User(visit.person()?.access.user);
    queue(visit, subject, asked.action, PrivacySource::Api).await
}

/// Puts a request into the queue and says which one it is. Whether its subject is the caller's is judged before.
pub(crate) async fn queue(
    visit: &Visit<'_>,
    subject: DataSubject,
    wish: Wish,
    source: PrivacySource,
) -> Result<Reply, HttpError> {
    let action = match wish {
        Wish::Export => PrivacyAction::Export,
        Wish::Erase => PrivacyAction::Erase,
    };
    let id = PrivacyRequestId::new(visit.app.rng).map_err(|_| unavailable())?;
    let request = PrivacyRequest::new(id, subject, action, source);
    visit.app.privacy.ask(&request).await.map_err(|error| {
        visit.report.fault("privacy_queue", error.code());
        unavailable()
    })?;
    visit.report.log().note("privacy_request", &[("action", action.as_str().into())]);
    Ok(Reply::json(202, &Asked { id: id.to_string(), action: wish }))
}

/// Of the person who asks, or of a community whose erasure they may ask for. Another's request is as if it were not there.
pub(crate) async fn look(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let id: PrivacyRequestId = visit.place("request")?;
    let bad = |_| HttpError::field("guild", "a Discord server id, such as 290926798626357999");
    let subject = match visit.query("guild")?.map(|text| text.parse::<GuildId>().map_err(bad)).transpose()? {
        Some(guild) => {
            guilds::may_erase(visit, guild).await?;
            DataSubject::Guild(guild)
        }
        None => DataSubject::User(visit.person()?.access.user),
    };
    let case = visit.read(visit.app.tombstones.case(subject, id, visit.now).await)?;
    Ok(Reply::ok(&shown(case.ok_or_else(|| not_found("request"))?)))
}

fn shown(case: Case) -> Progress {
    let (action, state, about) = said(&case.state);
    let ends_at = if let CaseState::Exported { until, .. } = &case.state { Some(*until) } else { None };
    let receipt = if let CaseState::Erased { receipt, .. } = case.state { Some(receipt) } else { None };
    Progress { id: case.id.to_string(), action, asked_at: case.asked_at, state, about, ends_at, receipt }
}

fn said(state: &CaseState) -> (Wish, &'static str, String) {
    match state {
        CaseState::Exporting(_) => (Wish::Export, "gathering", "The copy is being put together.".to_owned()),
        CaseState::Exported { .. } => {
            let about = "The copy is ready. `/privacy status` in Discord gives a link to it.";
            (Wish::Export, "ready", about.to_owned())
        }
        CaseState::Refused { instead } => {
            (Wish::Export, "refused", format!("There is one copy a day; today's is the request {instead}."))
        }
        CaseState::Failed { .. } => {
            let about = "The copy could not be put together. You can ask again now.";
            (Wish::Export, "failed", about.to_owned())
        }
        CaseState::Erasing(erasing) => (Wish::Erase, "erasing", step(erasing.step).to_owned()),
        CaseState::Erased { .. } => (Wish::Erase, "erased", "Everything is erased.".to_owned()),
    }
}

const fn step(step: ErasureStep) -> &'static str {
    match step {
        ErasureStep::Tombstone => "What was begun before can bring nothing back any more.",
        ErasureStep::Revoke { .. } => "Services of linked accounts are told; that is tried for a day.",
        ErasureStep::Secret | ErasureStep::Sweep | ErasureStep::SweepAgain => "It is erased, store by store.",
        ErasureStep::Settle { .. } => "It is erased; everything is looked through once more.",
        ErasureStep::Receipt => "It is erased; the receipt is being signed.",
    }
}

#[cfg(test)]
mod tests {
    use shared::privacy::{Erasing, Exporting};

    use super::*;

    fn at() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn case(state: CaseState) -> Case {
        let subject = DataSubject::Guild(GuildId::new(42));
        let id = PrivacyRequestId::of_digest(&[7; 32]);
        Case { id, subject, source: PrivacySource::Api, asked_at: at(), state }
    }

    /// A key in the bucket is nobody's business, and a receipt is the asker's.
    #[test]
    fn each_state_is_said_with_what_belongs_to_it() {
        let exported = CaseState::Exported { key: "exports/07.zip".to_owned(), until: at() };
        let erased = CaseState::Erased { at: at(), receipt: "r".to_owned() };
        for (state, name, ends_at, receipt) in [
            (CaseState::Exporting(Exporting::default()), "gathering", None, None),
            (exported, "ready", Some(at()), None),
            (CaseState::Refused { instead: PrivacyRequestId::of_digest(&[8; 32]) }, "refused", None, None),
            (CaseState::Failed { at: at() }, "failed", None, None),
            (CaseState::Erasing(Erasing::default()), "erasing", None, None),
            (erased, "erased", None, Some("r".to_owned())),
        ] {
            let shown = shown(case(state));
            assert_eq!((shown.state, shown.ends_at, &shown.receipt), (name, ends_at, &receipt));
            assert!(!serde_json::to_string(&shown).unwrap().contains("zip"), "{shown:?}");
        }
    }

    #[test]
    fn each_step_has_its_words() {
        let settle = ErasureStep::Settle { until: at() };
        let revoke = ErasureStep::Revoke { again: None };
        let steps = [ErasureStep::Tombstone, revoke, ErasureStep::Sweep, settle, ErasureStep::Receipt];
        let mut said: Vec<&str> = steps.into_iter().map(step).collect();
        said.sort_unstable();
        said.dedup();
        assert_eq!(said.len(), steps.len());
    }
}
