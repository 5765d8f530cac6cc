//! Asking for one's own data, or for its erasure (SPEC T30, T31). It is queued; the data-retention function does it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::http_error::HttpError;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};

use crate::reply::Reply;
use crate::visit::{Visit, unavailable};

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

pub(crate) async fn ask(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Ask = visit.body()?;
    let user = visit.person()?.access.user;
    let action = match asked.action {
        Wish::Export => PrivacyAction::Export,
        Wish::Erase => PrivacyAction::Erase,
    };
    let id = PrivacyRequestId::new(visit.app.rng).map_err(|_| unavailable())?;
    let request = PrivacyRequest::new(id, user, action, PrivacySource::Api);
    visit.app.privacy.ask(&request).await.map_err(|error| {
        visit.report.fault("privacy_queue", error.code());
        unavailable()
    })?;
    visit.report.log().note("privacy_request", &[("action", action.as_str().into())]);
    Ok(Reply::json(202, &Asked { id: id.to_string(), action: asked.action }))
}
