//! Asking voice-supervisor for a worker (SPEC P7). The invocation is asynchronous: Lambda keeps it and tries again, and
//! nobody here waits for a task.

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde::Serialize;

use crate::aws_code::code;
use crate::messages::{HandOver, Wake};

/// The way to voice-supervisor. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VoiceSupervisor {
    client: Client,
    function: String,
}

/// The invocation may or may not have been accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invoking failed: {code}")]
pub struct WakeError {
    code: String,
}

impl WakeError {
    /// The service's error code, or `timeout`, `dispatch`, `response`, `construction`.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl VoiceSupervisor {
    /// The function with this name (`VOICE_SUPERVISOR_FUNCTION`).
    pub fn new(sdk: &SdkConfig, function: &str) -> Self {
        Self { client: Client::new(sdk), function: function.to_owned() }
    }

    /// Asks for a worker. Asking more often than needed starts nothing.
    pub async fn wake(&self, message: Wake) -> Result<(), WakeError> {
        self.invoke(&message).await
    }

    /// Asks for somebody to follow the holder of an epoch.
    pub async fn hand_over(&self, message: HandOver) -> Result<(), WakeError> {
        self.invoke(&message).await
    }

    async fn invoke(&self, message: &impl Serialize) -> Result<(), WakeError> {
        let payload =
            serde_json::to_vec(message).map_err(|_| WakeError { code: "construction".to_owned() })?;
        let invoke = self.client.invoke().function_name(&self.function).payload(Blob::new(payload));
        let accepted = invoke.invocation_type(InvocationType::Event).send().await;
        accepted.map(drop).map_err(|error| WakeError { code: code(&error) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::Aws;

    use super::*;
    use crate::domain::workers::{Epoch, ShardId};

    #[tokio::test]
    async fn the_supervisor_gets_what_was_asked() {
        let aws = Aws::start().await;
        let heard = aws.listen_as("timmybot-voice-supervisor");
        let supervisor = VoiceSupervisor::new(aws.sdk_config(), "timmybot-voice-supervisor");
        supervisor.wake(Wake::new(ShardId::new(2))).await.unwrap();
        supervisor.hand_over(HandOver::new(ShardId::new(2), Epoch::new(5))).await.unwrap();
        let wake = json!({ "type": "wake", "version": 1, "shard": 2 });
        let hand_over = json!({ "type": "hand_over", "version": 1, "shard": 2, "epoch": 5 });
        assert_eq!([heard.next().await, heard.next().await], [wake, hand_over]);
    }

    #[tokio::test]
    async fn a_function_that_is_not_there_is_an_error_with_a_code() {
        let aws = Aws::start().await;
        let asked = VoiceSupervisor::new(aws.sdk_config(), "none").wake(Wake::new(ShardId::new(0))).await;
        assert_eq!(asked.map_err(|error| error.code), Err("ResourceNotFoundException".to_owned()));
    }
}
