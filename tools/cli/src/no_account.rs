//! What is wrong when AWS was not even asked: no credentials, no region, nobody there. One place, since every command that
//! speaks with an account meets it, and what the SDK says then helps nobody.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use shared::store::StoreError;

/// Why AWS was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// Nobody said who asks.
    Credentials,
    /// Nobody said where.
    Region,
    /// The address does not answer.
    Network,
    /// One of them: what failed does not say which.
    Unknown,
}

/// How to say who asks, and where.
const ENVIRONMENT: &str = "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (AWS_SESSION_TOKEN, too, if there is one) and \
                           AWS_REGION; `aws configure export-credentials --format env` prints them. Or start a local \
                           stack with ./timmy up, which needs none";

/// What to do about a failure, if it is of that kind.
pub(crate) fn advice(error: &anyhow::Error) -> Option<String> {
    Some(match missing(error)? {
        Missing::Credentials => format!("There are no AWS credentials in the environment: {ENVIRONMENT}."),
        Missing::Region => format!("The environment names no AWS region: {ENVIRONMENT}."),
        Missing::Network => {
            "AWS, or the local stack, does not answer: look at the network, at AWS_REGION and at \
                             AWS_ENDPOINT_URL, or whether ./timmy up still runs."
                .to_owned()
        }
        Missing::Unknown => {
            format!(
                "AWS was not reached. Without credentials or a region: {ENVIRONMENT}. Else look at the network."
            )
        }
    })
}

/// The most telling cause of all.
fn missing(error: &anyhow::Error) -> Option<Missing> {
    let all = || error.chain().filter_map(one);
    let told = all().find(|missing| matches!(missing, Missing::Credentials | Missing::Region));
    told.or_else(|| all().next())
}

fn one(cause: &(dyn Error + 'static)) -> Option<Missing> {
    if let Some(CredentialsError::CredentialsNotLoaded(_)) = cause.downcast_ref() {
        return Some(Missing::Credentials);
    }
    if let Some(StoreError::Unavailable { code, .. }) = cause.downcast_ref() {
        return (code == "dispatch" || code == "timeout").then_some(Missing::Unknown);
    }
    // The SDK has a type for it in each service, and no common one.
    if cause.to_string().contains("Missing Region") {
        return Some(Missing::Region);
    }
    let connector = cause.downcast_ref::<ConnectorError>()?;
    (connector.is_io() || connector.is_timeout()).then_some(Missing::Network)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;
    use aws_config::{BehaviorVersion, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
    use shared::store::Db;
    use shared::store::audit::AuditStore;

    use super::*;

    /// As the environment's own provider is when there is nothing in it.
    #[derive(Debug)]
    struct Nobody;

    impl ProvideCredentials for Nobody {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("nobody")))
        }
    }

    fn sdk(credentials: SharedCredentialsProvider) -> aws_config::ConfigLoader {
        let loader = aws_config::defaults(BehaviorVersion::latest()).credentials_provider(credentials);
        loader.retry_config(aws_config::retry::RetryConfig::disabled())
    }

    fn somebody() -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Credentials::new("test_id", "test_key", None, None, "test"))
    }

    async fn asked(sdk: &SdkConfig) -> anyhow::Error {
        let asked = aws_sdk_sqs::Client::new(sdk).list_queues().send().await;
        asked.context("listing the queues").unwrap_err()
    }

    #[tokio::test]
    async fn without_credentials_it_says_how_to_give_some() {
        let sdk = sdk(SharedCredentialsProvider::new(Nobody))
            .region(aws_config::Region::from_static("eu-central-1"));
        let error = asked(&sdk.load().await).await;
        assert_eq!(missing(&error), Some(Missing::Credentials), "{error:#}");
        let advice = advice(&error).unwrap();
        assert!(advice.contains("AWS_ACCESS_KEY_ID") && advice.contains("./timmy up"), "{advice}");
    }

    #[tokio::test]
    async fn an_address_where_nobody_is_is_the_network() {
        // Nobody listens on a port that was free a moment ago.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let sdk = sdk(somebody())
            .region(aws_config::Region::from_static("eu-central-1"))
            .endpoint_url(format!("http://{free}"));
        let error = asked(&sdk.load().await).await;
        assert_eq!(missing(&error), Some(Missing::Network), "{error:#}");
    }

    #[tokio::test]
    async fn a_store_that_was_not_reached_says_what_it_may_be() {
        let sdk = sdk(SharedCredentialsProvider::new(Nobody))
            .region(aws_config::Region::from_static("eu-central-1"))
            .load()
            .await;
        let store = AuditStore::new(Db::new(shared::store::client(&sdk), "timmybot"));
        let error = store.heads().await.context("reading the heads").unwrap_err();
        assert_eq!(missing(&error), Some(Missing::Unknown), "{error:#}");
        assert!(advice(&error).unwrap().contains("AWS_REGION"));
    }

    #[tokio::test]
    async fn what_a_service_answers_is_no_missing_account() {
        let aws = testkit::Aws::start().await;
        let sqs = aws_sdk_sqs::Client::new(aws.sdk_config());
        let refused = sqs.get_queue_url().queue_name("timmybot-no-such-queue").send().await;
        let refused = refused.context("the queue").unwrap_err();
        assert_eq!(missing(&refused), None, "{refused:#}");
        assert_eq!(missing(&anyhow::anyhow!("something else")), None);
    }
}
