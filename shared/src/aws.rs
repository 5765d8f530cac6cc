//! How our clients speak to AWS from inside a function: where, as whom, and how long they wait.

use core::time::Duration;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};

pub use crate::aws_code::code;

/// One attempt: a table answers within a few milliseconds, or something is wrong.
const ATTEMPT: Duration = Duration::from_millis(700);
/// All attempts of one call together; Discord's 3 s have to hold the whole answer.
const OPERATION: Duration = Duration::from_millis(1_600);
/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_millis(500);
/// The first one and two more.
const ATTEMPTS: u32 = 3;

/// The settings of every client of a function. Lambda gives region and credentials in the environment, so no other
/// place is searched for them; `AWS_ENDPOINT_URL` points the local stack and the tests elsewhere.
pub async fn sdk_config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(EnvironmentVariableRegionProvider::new())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .timeout_config(timeouts())
        .retry_config(retries())
        .load()
        .await
}

/// The settings of the clients of a task: its role's credentials are found where ECS puts them.
pub async fn task_sdk_config() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts())
        .retry_config(retries())
        .load()
        .await
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(20))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer's own budget is 2.2 s (the interactions function), Discord's 3 s.
    #[tokio::test]
    async fn a_call_gives_up_before_the_answer_is_due() {
        let config = sdk_config().await;
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.operation_timeout(), Some(OPERATION));
        assert!(OPERATION < Duration::from_millis(2_200) && ATTEMPT * 2 < OPERATION);
        assert_eq!(config.retry_config().unwrap().max_attempts(), ATTEMPTS);
    }
}
