//! Carries out a step: one call to AWS, which may be made again.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use shared::aws_code::code;
use shared::domain::contained::Raise;

use super::Clients;
use super::plan::Step;

/// What a worker's task is stopped with; it is read in the task's description.
const WHY: &str = "contained";
/// Two that switch the same mapping at once: the service asks to come again.
const GONE: &str = "ResourceNotFoundException";

impl Clients {
    /// Does it. The error is the service's code.
    pub(super) async fn carry_out(&self, step: &Step) -> Result<(), String> {
        match step {
            Step::Rule { name, on: true } => {
                let sent = self.events.enable_rule().name(name).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
            Step::Rule { name, on: false } => {
                let sent = self.events.disable_rule().name(name).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
            Step::Mapping { id, on } => {
                let sent = self.lambda.update_event_source_mapping().uuid(id).enabled(*on).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
            Step::Concurrency { function, reserved } => self.reserve(function, *reserved).await,
            Step::Stop { task } => self.stop(task).await,
            Step::Replace { secret, of } => {
                let call = self.secrets.rotate_secret().secret_id(secret).rotate_immediately(true);
                let sent = call.client_request_token(token(secret, *of)).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
            Step::Key { id, on: true } => {
                let sent = self.kms.enable_key().key_id(id).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
            Step::Key { id, on: false } => {
                let sent = self.kms.disable_key().key_id(id).send().await;
                sent.map(drop).map_err(|error| code(&error))
            }
        }
    }

    async fn reserve(&self, function: &str, reserved: Option<u32>) -> Result<(), String> {
        let Some(reserved) = reserved else {
            let sent = self.lambda.delete_function_concurrency().function_name(function).send().await;
            return sent.map(drop).map_err(|error| code(&error));
        };
        let reserved = i32::try_from(reserved).map_err(|_| "too_many")?;
        let call = self.lambda.put_function_concurrency().function_name(function);
        let sent = call.reserved_concurrent_executions(reserved).send().await;
        sent.map(drop).map_err(|error| code(&error))
    }

    /// A task that is gone by itself has stopped.
    async fn stop(&self, task: &str) -> Result<(), String> {
        let Some(cluster) = &self.cluster else { return Ok(()) };
        let sent = self.ecs.stop_task().cluster(cluster).task(task).reason(WHY).send().await;
        match sent {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(is_gone) => Ok(()),
            Err(error) => Err(code(&error)),
        }
    }
}

/// ECS forgets a stopped task after an hour or so, and then does not know it.
fn is_gone(error: &aws_sdk_ecs::operation::stop_task::StopTaskError) -> bool {
    error.is_invalid_parameter_exception() || error.meta().code() == Some(GONE)
}

/// The same for the same secret and raise: asked twice, the service replaces it once.
fn token(secret: &str, of: Raise) -> String {
    let text = format!("{secret}/{}/{}", of.level, of.at);
    HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_replaced_once_a_raise() {
        let at = "2026-01-02T03:04:05Z".parse().unwrap();
        let of = |level| Raise { level, at };
        let first = token("/timmybot/log-key", of(4));
        assert_eq!(first, token("/timmybot/log-key", of(4)));
        assert_ne!(first, token("/timmybot/log-key", of(5)));
        assert_ne!(first, token("/timmybot/jwt-keys", of(4)));
        assert!((32..=64).contains(&first.len()), "the service's limits");
    }
}
