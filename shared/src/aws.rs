//! How our clients speak to AWS from inside a function: where, as whom, and how long they wait.

use core::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

pub use crate::aws_code::code;
use crate::env::Env;

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
///
/// Put together by hand: `aws_config`'s loader links profiles, web identities and the clients that they need, 5 % of a
/// function, whether they are asked or not.
pub fn sdk_config() -> SdkConfig {
    of_environment(&Env::of_process())
}

fn of_environment(env: &Env) -> SdkConfig {
    let region = env.get("AWS_REGION").or_else(|| env.get("AWS_DEFAULT_REGION"));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region.map(|name| Region::new(name.to_owned())))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .timeout_config(timeouts())
        .retry_config(retries());
    config.set_endpoint_url(env.get("AWS_ENDPOINT_URL").map(ToOwned::to_owned));
    config.build()
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
    #[test]
    fn a_call_gives_up_before_the_answer_is_due() {
        let config = sdk_config();
        let timeouts = config.timeout_config().unwrap();
        assert_eq!(timeouts.operation_timeout(), Some(OPERATION));
        assert!(OPERATION < Duration::from_millis(2_200) && ATTEMPT * 2 < OPERATION);
        assert_eq!(config.retry_config().unwrap().max_attempts(), ATTEMPTS);
    }
    #[test]
    fn region_and_address_come_from_the_environment() {
        let of = |pairs: &[(&str, &str)]| {
            let config = of_environment(&Env::of(pairs.iter().copied()));
            let region = config.region().map(ToString::to_string);
            (region, config.endpoint_url().map(ToOwned::to_owned))
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(of(&[]), (None, None));
        assert_eq!(of(&[("AWS_REGION", "eu-west-1")]), (text("eu-west-1"), None));
        let both = [("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_REGION", "eu-west-1")];
        assert_eq!(of(&both), (text("eu-west-1"), None));
        let local = [("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")];
        assert_eq!(of(&local), (text("us-east-1"), text("http://127.0.0.1:4566")));
    }
}
