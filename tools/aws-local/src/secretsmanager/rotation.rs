//! `RotateSecret`: the four steps, run in the background by the function that the secret names.
//!
//! The version is announced (it has `AWSPENDING` and no value) before the first step, as in the cloud. A step that fails
//! ends the rotation and leaves the label where it is; the cloud would try again by itself, here the same call with the
//! same token does. What the clock alone would begin is never begun.

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::Request;
use super::secret::{Announced, CURRENT, Rotation, Secret};
use super::vault::Vault;
use super::{SecretsManager, error, live_mut, saved, schedule};
use crate::lambda::Functions;
use crate::machine;
use crate::wire::ServiceError;

const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// A rotation that has begun.
#[derive(Debug)]
pub(super) struct Job {
    secret_arn: String,
    function: String,
    token: String,
    /// False: only `testSecret` is run, and the announced version goes again.
    whole: bool,
}

/// Keeps the rules, announces the version and says what is left to do.
pub(super) fn begin(
    vault: &mut Vault,
    functions: &Functions,
    request: &Request,
    now_ms: u64,
) -> Result<(Value, Option<Job>), ServiceError> {
    let token = request.token()?;
    let (name, secret) = live_mut(vault, request)?;
    let rotation = configured(secret, request)?;
    let function = rotation.function_arn.rsplit(':').next().unwrap_or_default().to_owned();
    if !functions.has(&function) {
        return Err(error::cannot_invoke());
    }
    let announced = secret.announce(now_ms, &token);
    if announced == Announced::Other {
        return Err(error::rotation_not_done());
    }
    secret.rotation = Some(rotation);
    let body = json!({ "ARN": secret.arn, "Name": name, "VersionId": token });
    let job = Job { secret_arn: secret.arn.clone(), function, token, whole: request.at_once() };
    Ok((saved(vault, body)?, (announced == Announced::Pending).then_some(job)))
}

/// What the request says goes before what was said earlier.
fn configured(secret: &Secret, request: &Request) -> Result<Rotation, ServiceError> {
    let before = secret.rotation.as_ref();
    let function_arn = request.rotation_lambda_arn.clone();
    let function_arn = function_arn.or_else(|| before.map(|before| before.function_arn.clone()));
    let rules = request.rotation_rules.clone().or_else(|| before.map(|before| before.rules.clone()));
    let rules = rules.unwrap_or_default();
    schedule::check(&rules)?;
    Ok(Rotation {
        function_arn: function_arn.ok_or_else(error::no_rotation_function)?,
        rules,
        last_ms: before.and_then(|before| before.last_ms),
    })
}

/// Runs the steps in their order.
pub(super) async fn run(service: Arc<SecretsManager>, job: Job) {
    let steps = if job.whole { &STEPS[..] } else { &STEPS[2..3] };
    for step in steps {
        let event = json!({ "Step": step, "SecretId": job.secret_arn, "ClientRequestToken": job.token });
        if service.functions.run_once(&job.function, event).await.is_err() {
            break;
        }
    }
    settle(&mut service.lock(), &job, machine::now_ms());
}

/// A secret is rotated if the announced version has become the current one, whatever the steps said.
fn settle(vault: &mut Vault, job: &Job, now_ms: u64) {
    let Some((_, secret)) = vault.get_mut(&job.secret_arn) else { return };
    if !job.whole {
        secret.withdraw(&job.token);
    } else if secret.version(Some(&job.token), Some(CURRENT)).is_ok()
        && let Some(rotation) = &mut secret.rotation
    {
        rotation.last_ms = Some(now_ms);
        secret.changed_ms = now_ms;
    }
    // Nobody waits for an answer; the next call that writes says if the file cannot be.
    let _ = vault.save();
}
