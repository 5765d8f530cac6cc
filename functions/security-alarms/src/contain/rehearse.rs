//! What would be done, in words, without doing it: `timmy lockdown LEVEL --dry-run`.

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::domain::contained::Raise;
use shared::domain::containment::Level;
use shared::telemetry::Telemetry;

use super::Clients;
use super::follow::ContainError;
use super::plan::{Need, plan};

/// Where the things are that containment touches.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the names of tables, functions and rules begin with.
    pub table_prefix: String,
    /// What the names of secrets begin with.
    pub secret_prefix: String,
    /// The cluster of the workers; none where there is no voice.
    pub cluster: Option<String>,
    /// The key of members' tokens; none where it is not known.
    pub token_key: Option<String>,
}

/// The steps that containment to this level would take now. Lists that cannot be read are an error: a plan with holes says
/// something that is not true.
pub async fn rehearse(
    account: &Account,
    sdk: &SdkConfig,
    level: Level,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Vec<String>, ContainError> {
    let clients = Clients::of(account, sdk);
    let done = clients.done.read().await?.contained;
    let seen = clients.survey(Need::of(level, &done), log).await;
    if !seen.tells(level, &done) {
        return Err(ContainError::partial());
    }
    let raise = (level > Level::L0).then_some(Raise { level: level.number(), at: now });
    let plan = plan(level, raise, &done, &seen);
    Ok(plan.steps.iter().map(super::plan::Step::words).collect())
}
