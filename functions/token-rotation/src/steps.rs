//! The four steps in which Secrets Manager rotates a key of ours (SPEC W11): a new version is made aside, nothing outside
//! has to be told, it is looked at, and it becomes current. The key before verifies for its grace.
//!
//! A step that comes again finds what it did; one that comes too early is refused and comes again.

use std::collections::HashMap;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::operation::put_secret_value::PutSecretValueError;
use jiff::{SignedDuration, Timestamp};
use shared::aws_code::code;
use shared::security::event::SecurityEvent;
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::event::{Step, Which};

/// Before a new key signs: as long as processes keep the keys that they know, twice ([`shared::secrets::FRESH_FOR`]).
pub(crate) const LEAD: SignedDuration = SignedDuration::from_mins(10);
/// How long the key before verifies (SPEC W11).
pub(crate) const GRACE: SignedDuration = SignedDuration::from_hours(24 * 7);
const CURRENT: &str = "AWSCURRENT";
const PENDING: &str = "AWSPENDING";

/// Why a step was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The secret is none that we rotate.
    #[error("the secret is not one that this function rotates")]
    NotOurs,
    /// Rotation is off, or the version is not there, or not in its place.
    #[error("the rotation is not at this step")]
    NotNow,
    /// The new version is no set of keys, or does not hold the key that it replaces.
    #[error("the new version does not hold what it should")]
    Unusable,
    /// Secrets Manager failed.
    #[error("the secret cannot be reached: {code}")]
    Unavailable {
        /// For the log.
        code: String,
    },
}

impl StepError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::NotOurs => "not_ours",
            Self::NotNow => "not_now",
            Self::Unusable => "unusable",
            Self::Unavailable { code } => code,
        }
    }
}

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    /// It is what everybody uses.
    Current,
    /// It is being made.
    Pending,
}

/// Does a step.
pub(crate) async fn run(app: &App, step: &Step, log: &Telemetry, now: Timestamp) -> Result<(), StepError> {
    let described = app.secrets.describe_secret().secret_id(&step.secret_id).send().await;
    let described = described.map_err(|error| StepError::Unavailable { code: code(&error) })?;
    let name = described.name().unwrap_or_default();
    if !app.config.rotated.iter().any(|own| own == name) {
        return Err(StepError::NotOurs);
    }
    if stands(&described, &step.client_request_token)? == Stands::Current {
        return Ok(());
    }
    match step.which {
        Which::Create => create(app, step, now).await,
        // Whoever uses the key reads it from here.
        Which::Set => Ok(()),
        Which::Test => test(app, step, now).await,
        Which::Finish => {
            // It may come before the others: a version without good keys must not become what everybody uses.
            test(app, step, now).await?;
            finish(app, step, &described).await?;
            log.security(&SecurityEvent::credential_change("rotate", "signing_key", now));
            Ok(())
        }
    }
}

fn stands(described: &DescribeSecretOutput, version: &str) -> Result<Stands, StepError> {
    if described.rotation_enabled() != Some(true) {
        return Err(StepError::NotNow);
    }
    let stages =
        described.version_ids_to_stages().and_then(|all| all.get(version)).ok_or(StepError::NotNow)?;
    let has = |stage: &str| stages.iter().any(|one| one == stage);
    match (has(CURRENT), has(PENDING)) {
        (true, _) => Ok(Stands::Current),
        (false, true) => Ok(Stands::Pending),
        (false, false) => Err(StepError::NotNow),
    }
}

async fn create(app: &App, step: &Step, now: Timestamp) -> Result<(), StepError> {
    if read(app, &step.secret_id, Some(&step.client_request_token), PENDING).await?.is_some() {
        return Ok(());
    }
    let current = read(app, &step.secret_id, None, CURRENT).await?.ok_or(StepError::NotNow)?;
    let key = app.rng.bytes::<32>().map_err(|_| StepError::Unavailable { code: "entropy".to_owned() })?;
    let unusable = |_| StepError::Unusable;
    let next = current.rotated(Secret::new(key), LEAD, GRACE, now).map_err(unusable)?;
    let value = next.to_secret().map_err(unusable)?;
    let text = String::from_utf8(value.expose().to_vec()).map_err(|_| StepError::Unusable)?;
    let put = app.secrets.put_secret_value().secret_id(&step.secret_id);
    let put = put.client_request_token(&step.client_request_token).version_stages(PENDING);
    match put.secret_string(text).send().await {
        Ok(_) => Ok(()),
        // The same step, at the same moment: the version is there, and it is one of ours.
        Err(error)
            if error.as_service_error().is_some_and(PutSecretValueError::is_resource_exists_exception) =>
        {
            Ok(())
        }
        Err(error) => Err(StepError::Unavailable { code: code(&error) }),
    }
}

/// Everything that was signed a moment ago still verifies with the new version, and another key is going to sign.
async fn test(app: &App, step: &Step, now: Timestamp) -> Result<(), StepError> {
    let next = read(app, &step.secret_id, Some(&step.client_request_token), PENDING).await?;
    let next = next.ok_or(StepError::NotNow)?;
    let current = read(app, &step.secret_id, None, CURRENT).await?.ok_or(StepError::NotNow)?;
    let (kid, key) = current.current();
    let is_kept = next.at(now).get(kid) == Some(key);
    if is_kept && next.current().0 != kid { Ok(()) } else { Err(StepError::Unusable) }
}

async fn finish(app: &App, step: &Step, described: &DescribeSecretOutput) -> Result<(), StepError> {
    let empty = HashMap::new();
    let all = described.version_ids_to_stages().unwrap_or(&empty);
    let is_current = |stages: &Vec<String>| stages.iter().any(|stage| stage == CURRENT);
    let current = all.iter().find(|(_, stages)| is_current(stages)).map(|(version, _)| version);
    let moved = app
        .secrets
        .update_secret_version_stage()
        .secret_id(&step.secret_id)
        .version_stage(CURRENT)
        .move_to_version_id(&step.client_request_token)
        .set_remove_from_version_id(current.cloned())
        .send()
        .await;
    moved.map(drop).map_err(|error| StepError::Unavailable { code: code(&error) })
}

/// The keys of a version; `None`: there is none there.
async fn read(
    app: &App,
    secret: &str,
    version: Option<&str>,
    stage: &str,
) -> Result<Option<KeySet>, StepError> {
    let get = app.secrets.get_secret_value().secret_id(secret).version_stage(stage);
    let output = match get.set_version_id(version.map(str::to_owned)).send().await {
        Ok(output) => output,
        Err(error)
            if error.as_service_error().is_some_and(|error| {
                error.is_resource_not_found_exception() || error.is_invalid_request_exception()
            }) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(StepError::Unavailable { code: code(&error) }),
    };
    let value = Secret::new(output.secret_string.unwrap_or_default());
    KeySet::parse(&value).map(Some).map_err(|_| StepError::Unusable)
}
