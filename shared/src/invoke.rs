//! Asking other functions of ours: voice-supervisor for a worker (SPEC P7), oauth for what needs a member's account (SPEC
//! P1), data-retention for a run that goes on (SPEC T29). The invocation is asynchronous: Lambda keeps it and tries again,
//! and nobody here waits; but [`Oauth::used`] waits.

use core::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_sdk_lambda::config::{Builder, Config};
use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::InvocationType;
use serde::Serialize;

use crate::aws_code::code;
use crate::messages::{AccountJob, AccountsRevoked, HandOver, RetentionRun, UseToken, Used, Wake};

/// How long a function may take whose answer is waited for.
const ANSWER: Duration = Duration::from_secs(25);

/// The way to voice-supervisor. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VoiceSupervisor(Invoker);

/// The way to oauth. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Oauth(Invoker);

/// The way to data-retention. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DataRetention(Invoker);

#[derive(Clone, Debug)]
struct Invoker {
    client: Client,
    function: String,
}

/// The invocation may or may not have been accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invoking failed: {code}")]
pub struct InvokeError {
    code: String,
}

impl InvokeError {
    /// The service's error code, or `timeout`, `dispatch`, `response`, `construction`.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl VoiceSupervisor {
    /// The function with this name (`VOICE_SUPERVISOR_FUNCTION`).
    pub fn new(sdk: &SdkConfig, function: &str) -> Self {
        Self(Invoker::new(sdk, function))
    }

    /// Asks for a worker. Asking more often than needed starts nothing.
    pub async fn wake(&self, message: Wake) -> Result<(), InvokeError> {
        self.0.invoke(&message).await
    }

    /// Asks for somebody to follow the holder of an epoch.
    pub async fn hand_over(&self, message: HandOver) -> Result<(), InvokeError> {
        self.0.invoke(&message).await
    }
}

impl Oauth {
    /// The function with this name (`OAUTH_FUNCTION`).
    pub fn new(sdk: &SdkConfig, function: &str) -> Self {
        Self(Invoker::new(sdk, function))
    }

    /// Asks for what a reply's row says. Asking more often than needed does no more.
    pub async fn ask(&self, job: AccountJob) -> Result<(), InvokeError> {
        self.0.invoke(&job).await
    }

    /// Has something done at a service in a user's name, and waits for what came of it.
    pub async fn used(&self, wanted: &UseToken) -> Result<Used, InvokeError> {
        let answer = self.0.call(wanted).await?;
        serde_json::from_slice(&answer).map_err(|_| InvokeError { code: "malformed".to_owned() })
    }

    /// Tells that a service does not honour these accounts any more. Telling it more often does no more.
    pub async fn revoked(&self, message: &AccountsRevoked) -> Result<(), InvokeError> {
        self.0.invoke(message).await
    }
}

impl DataRetention {
    /// The function with this name (`RETENTION_FUNCTION`).
    pub fn new(sdk: &SdkConfig, function: &str) -> Self {
        Self(Invoker::new(sdk, function))
    }

    /// Has it look through what is kept. What a second run finds to do is what the first has left.
    pub async fn run(&self, message: &RetentionRun) -> Result<(), InvokeError> {
        self.0.invoke(message).await
    }
}

impl Invoker {
    fn new(sdk: &SdkConfig, function: &str) -> Self {
        Self { client: Client::new(sdk), function: function.to_owned() }
    }

    async fn invoke(&self, message: &impl Serialize) -> Result<(), InvokeError> {
        self.send(message, InvocationType::Event).await.map(drop)
    }

    /// What the function answers. One that failed is an error.
    async fn call(&self, message: &impl Serialize) -> Result<Vec<u8>, InvokeError> {
        let output = self.send(message, InvocationType::RequestResponse).await?;
        match (output.function_error, output.payload) {
            (None, Some(answer)) => Ok(answer.into_inner()),
            _ => Err(InvokeError { code: "function_error".to_owned() }),
        }
    }

    async fn send(
        &self,
        message: &impl Serialize,
        kind: InvocationType,
    ) -> Result<InvokeOutput, InvokeError> {
        let payload =
            serde_json::to_vec(message).map_err(|_| InvokeError { code: "construction".to_owned() })?;
        let invoke = self.client.invoke().function_name(&self.function).payload(Blob::new(payload));
        let waits = kind == InvocationType::RequestResponse;
        let invoke = invoke.invocation_type(kind).customize();
        let sent = if waits { invoke.config_override(patient()).send().await } else { invoke.send().await };
        sent.map_err(|error| InvokeError { code: code(&error) })
    }
}

/// Others' services may be slow, and a function that runs already is not begun once more.
fn patient() -> Builder {
    let timeouts =
        TimeoutConfig::builder().operation_attempt_timeout(ANSWER).operation_timeout(ANSWER).build();
    Config::builder().timeout_config(timeouts).retry_config(RetryConfig::disabled())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::Aws;

    use super::*;
    use crate::domain::accounts::Provider;
    use crate::domain::workers::{Epoch, ShardId};
    use crate::ids::{InteractionId, UserId};
    use crate::messages::Call;

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
    async fn oauth_gets_the_name_of_a_row() {
        let aws = Aws::start().await;
        let heard = aws.listen_as("timmybot-oauth");
        let oauth = Oauth::new(aws.sdk_config(), "timmybot-oauth");
        oauth.ask(AccountJob::new(UserId::new(7), InteractionId::new(9))).await.unwrap();
        let job = json!({ "type": "account_job", "version": 1, "user": "7", "interaction_id": "9" });
        assert_eq!(heard.next().await, job);
    }

    #[tokio::test]
    async fn oauth_hears_of_accounts_that_are_over() {
        let aws = Aws::start().await;
        let heard = aws.listen_as("timmybot-oauth");
        let oauth = Oauth::new(aws.sdk_config(), "timmybot-oauth");
        let message = AccountsRevoked::new(Provider::Twitch, vec!["12826".parse().unwrap()]);
        oauth.revoked(&message).await.unwrap();
        assert_eq!(AccountsRevoked::parse(&heard.next().await), Ok(message));
    }

    #[tokio::test]
    async fn a_run_goes_on_where_it_was() {
        let aws = Aws::start().await;
        let heard = aws.listen_as("timmybot-data-retention");
        let retention = DataRetention::new(aws.sdk_config(), "timmybot-data-retention");
        let mark = serde_json::Map::from_iter([("round".to_owned(), json!(1))]);
        let run = RetentionRun::new(false).after(mark);
        retention.run(&run).await.unwrap();
        assert_eq!(RetentionRun::parse(&heard.next().await), Ok(run));
    }

    #[tokio::test]
    async fn what_oauth_did_is_waited_for() {
        let aws = Aws::start().await;
        let oauth = Oauth::new(aws.sdk_config(), "timmybot-oauth");
        let wanted = UseToken::new(UserId::new(7), Call::HearChannel);
        for (answer, expected) in [
            (Ok(json!({ "outcome": "not_linked" })), Ok(Used::NotLinked)),
            (Ok(json!({ "outcome": "token" })), Err("malformed")),
            (Ok(json!(null)), Err("malformed")),
            (Err("it died".to_owned()), Err("function_error")),
        ] {
            aws.functions().serve("timmybot-oauth", move |_| core::future::ready(answer.clone()));
            let used = oauth.used(&wanted).await;
            assert_eq!(used.as_ref().map_err(InvokeError::code), expected.as_ref().map_err(|code| *code));
        }
    }

    #[tokio::test]
    async fn a_function_that_is_not_there_is_an_error_with_a_code() {
        let aws = Aws::start().await;
        let asked = VoiceSupervisor::new(aws.sdk_config(), "none").wake(Wake::new(ShardId::new(0))).await;
        assert_eq!(asked.map_err(|error| error.code), Err("ResourceNotFoundException".to_owned()));
    }
}
