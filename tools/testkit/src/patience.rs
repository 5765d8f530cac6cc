//! What clients do when a call fails or hangs: leave it, without a test that waits for it, or try again by themselves.

use core::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_local::Hangs;
use aws_sdk_dynamodb::config::{AsyncSleep, Sleep};

/// What a client waits for an answer that has set itself no limit: longer than any call takes here that does not hang.
const LIMIT: Duration = Duration::from_secs(30);

/// The clock by which clients wait. When a call begins to hang, everything is over that they are waiting for just then.
#[derive(Debug)]
struct JumpingClock(Hangs);

impl AsyncSleep for JumpingClock {
    fn sleep(&self, duration: Duration) -> Sleep {
        let hang = self.0.next();
        Sleep::new(async move {
            tokio::select! {
                () = tokio::time::sleep(duration) => {}
                () = hang => {}
            }
        })
    }
}

/// The same settings by that clock.
pub(crate) fn impatient(sdk: &SdkConfig, hangs: &Hangs) -> SdkConfig {
    let limits = TimeoutConfig::builder().operation_attempt_timeout(LIMIT).operation_timeout(LIMIT).build();
    sdk.clone().into_builder().timeout_config(limits).sleep_impl(JumpingClock(hangs.clone())).build()
}

/// The same settings for clients that try a call three times, as those of functions do, and sooner.
pub fn retrying(sdk: &SdkConfig) -> SdkConfig {
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    sdk.clone().into_builder().retry_config(retries).build()
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::error::SdkError;

    use crate::{Aws, Fault, retrying};

    #[tokio::test]
    async fn a_client_that_tries_again_hears_nothing_of_one_failure_or_two() {
        let aws = Aws::start().await;
        let tables = aws_sdk_dynamodb::Client::new(&retrying(aws.sdk_config()));
        aws.fault_next("ListTables", Fault::Status500, 2);
        tables.list_tables().send().await.unwrap();
        aws.fault_next("ListTables", Fault::Status500, 3);
        assert!(tables.list_tables().send().await.is_err());
    }

    #[tokio::test]
    async fn a_call_that_hangs_is_over_at_once_and_by_the_clients_own_limit() {
        let aws = Aws::start().await;
        let sdk = aws.impatient_sdk_config();
        let begin = std::time::Instant::now();
        let (tables, queues) = (aws_sdk_dynamodb::Client::new(&sdk), aws_sdk_sqs::Client::new(&sdk));
        for _ in 0..2 {
            aws.fault_next("ListTables", Fault::Hang, 1);
            let left = tables.list_tables().send().await.unwrap_err();
            assert!(matches!(left, SdkError::TimeoutError(_)), "{left:?}");
            tables.list_tables().send().await.unwrap();
        }
        aws.fault_next("GetQueueUrl", Fault::Hang, 1);
        let left = queues.get_queue_url().queue_name("timmybot-privacy").send().await.unwrap_err();
        assert!(matches!(left, SdkError::TimeoutError(_)), "{left:?}");
        assert!(begin.elapsed() < super::LIMIT, "{:?}", begin.elapsed());
    }
}
