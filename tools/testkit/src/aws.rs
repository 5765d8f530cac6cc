//! AWS for one test.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_local::cloudwatch::CloudWatch;
use aws_local::ecs::Ecs;
use aws_local::lambda::Functions;
use aws_local::template::Plan;
use aws_local::{Call, Data, EverHeld, Fault, Need, Published, Stack};
use aws_sdk_sqs::types::QueueAttributeName;

use crate::config::workspace_root;
use crate::patience::impatient;
use crate::rows::Known;

/// The default of the template's `TablePrefix`.
const PREFIX: &str = "timmybot";

/// `DynamoDB` with every table of `template.yaml`, SQS with its queues, SNS with its topics, KMS with its keys, Secrets
/// Manager with its secrets; in memory, on loopback, ended on drop. A row that the data map does not know fails its test then.
#[derive(Debug)]
pub struct Aws {
    known: Known,
    stack: Stack,
    config: SdkConfig,
}

impl Aws {
    /// Starts empty services.
    ///
    /// # Panics
    /// When they do not start, since the test cannot go on.
    #[expect(clippy::panic, reason = "a test without its emulators must fail")]
    #[expect(clippy::unused_async, reason = "callers need not know that starting does not wait")]
    pub async fn start() -> Self {
        match Stack::start_plan(plan(), &Data::Memory, 0) {
            Ok(stack) => Self { known: Known::of(&stack), config: sdk_config(&stack.endpoint()), stack },
            Err(error) => panic!("the local AWS does not start: {error}"),
        }
    }

    /// A client that tries each call once, so that faults show at once.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// A client that tries each call once.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// A client that tries each call once.
    pub fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    /// Region, credentials and address for clients with time limits and retries of the caller's choice.
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.config
    }

    /// The same with time limits, for clients of which some call is to meet [`Fault::Hang`]: it ends by the client's own
    /// limit, and nobody waits for that.
    pub fn impatient_sdk_config(&self) -> SdkConfig {
        impatient(&self.config, self.stack.hangs())
    }

    /// The prefix of the tables' names.
    pub fn prefix(&self) -> &str {
        PREFIX
    }

    /// The address of every service, for `AWS_ENDPOINT_URL` of child processes.
    pub fn endpoint(&self) -> String {
        self.stack.endpoint()
    }

    /// The address of one of the template's queues, by what follows the prefix in its name.
    pub fn queue_url(&self, suffix: &str) -> String {
        format!("{}/{}/{PREFIX}-{suffix}", self.endpoint(), aws_local::ACCOUNT)
    }

    /// How many messages one of the template's queues holds for whoever asks next, also those that still wait.
    ///
    /// # Panics
    /// When the queue does not answer, since the test cannot go on.
    #[expect(clippy::panic, reason = "a test that cannot look must fail")]
    pub async fn messages(&self, suffix: &str) -> u64 {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
        ];
        let ask = self.sqs().get_queue_attributes().queue_url(self.queue_url(suffix));
        match ask.attribute_names(QueueAttributeName::All).send().await {
            Ok(output) => {
                let all = output.attributes.unwrap_or_default();
                names.iter().filter_map(|name| all.get(name)?.parse::<u64>().ok()).sum()
            }
            Err(error) => panic!("the queue {suffix} does not answer: {error}"),
        }
    }

    /// The name of one of the template's buckets, by what follows the prefix in it.
    pub fn bucket(&self, suffix: &str) -> String {
        format!("{PREFIX}-{suffix}-{}", aws_local::ACCOUNT)
    }

    /// What a child process needs in its environment to reach these services.
    pub fn env(&self) -> BTreeMap<String, String> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint().as_str()),
            ("AWS_REGION", aws_local::REGION),
            ("AWS_DEFAULT_REGION", aws_local::REGION),
            ("AWS_ACCESS_KEY_ID", aws_local::ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", aws_local::ACCESS_KEY),
            ("TABLE_PREFIX", PREFIX),
            ("SECRET_PREFIX", "/timmybot"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// What security-alarms has to be told so that it runs here, besides [`env`](Self::env).
    pub fn alarms_env(&self) -> BTreeMap<&'static str, String> {
        let topic = format!("arn:aws:sns:{}:{}:{PREFIX}-alerts", aws_local::REGION, aws_local::ACCOUNT);
        BTreeMap::from([
            ("LOG_KEY_SECRET", "/timmybot/log-key".to_owned()),
            ("CUSTOM_ID_KEY_SECRET", "/timmybot/custom-id-key".to_owned()),
            ("CONTROL_QUEUE_URL", self.queue_url("control")),
            ("EVIDENCE_BUCKET", self.bucket("evidence")),
            ("STATUS_BUCKET", self.bucket("status")),
            ("ALERT_TOPIC_ARN", topic),
            ("PUBLIC_BASE_URL", "https://bot.example.org".to_owned()),
        ])
    }

    /// The tasks, and what they run.
    pub fn ecs(&self) -> &Ecs {
        self.stack.ecs()
    }

    /// The functions that can be invoked.
    pub fn functions(&self) -> &Functions {
        self.stack.functions()
    }

    /// Stands in for a function and hears what it is invoked with.
    pub fn listen_as(&self, function: &str) -> Heard {
        let (heard, events) = tokio::sync::mpsc::unbounded_channel();
        self.functions().serve(function, move |event| {
            // A test that stopped listening is not told.
            let _ = heard.send(event);
            core::future::ready(Ok(serde_json::Value::Null))
        });
        Heard(tokio::sync::Mutex::new(events))
    }

    /// What was published to one of the template's topics, oldest first, by what follows the prefix in its name.
    pub fn published(&self, suffix: &str) -> Vec<Published> {
        self.stack.published(&format!("{PREFIX}-{suffix}"))
    }

    /// The alarms of the template, and what they look at.
    pub fn cloudwatch(&self) -> &CloudWatch {
        self.stack.cloudwatch()
    }

    /// This test writes rows that no code of ours writes, so the data map need not know them.
    pub fn rows_are_made_up(&self) {
        self.known.look_away();
    }

    /// Every `DynamoDB` call from now on meets `fault`.
    pub fn fault(&self, fault: Fault) {
        self.stack.set_fault(fault);
    }

    /// The next `times` calls of the operation of `DynamoDB`, Secrets Manager, SQS, SNS, KMS, S3 or `CloudWatch` Logs (such as
    /// `PutObject` or `Publish`) meet `fault`.
    pub fn fault_next(&self, operation: &str, fault: Fault, times: u32) {
        self.stack.fault_next(operation, fault, times);
    }

    /// No call meets a fault any more.
    pub fn mend(&self) {
        self.stack.mend();
    }

    /// The operator has filled in our client at a service, by its code.
    ///
    /// # Panics
    /// When the secret cannot be made, since the test cannot go on.
    #[expect(clippy::panic, reason = "a test without its secrets must fail")]
    pub async fn fill_in_client(&self, service: &str, id: &str, secret: &str) {
        let value = serde_json::json!({ "client_id": id, "client_secret": secret }).to_string();
        let create = self.secrets().create_secret().name(format!("/timmybot/oauth-clients/{service}"));
        if let Err(error) = create.secret_string(value).send().await {
            panic!("the client of {service} cannot be kept: {error}");
        }
    }

    /// Every value that a secret ever had here, for [`crate::silence`].
    pub fn ever_held(&self) -> EverHeld {
        self.stack.ever_held()
    }

    /// Remembers every call from now on, whoever makes it; forgets those before.
    pub fn record_calls(&self) {
        self.stack.record_calls();
    }

    /// The calls since the recording began, or since they were taken last. Resources have the names that
    /// [`crate::iam::statements`] gives them.
    pub fn take_calls(&self) -> Vec<Call> {
        let short = |call: Call| Call { needs: call.needs.into_iter().map(without_prefix).collect(), ..call };
        self.stack.take_calls().into_iter().map(short).collect()
    }
}

/// What a function was invoked with.
#[derive(Debug)]
pub struct Heard(tokio::sync::Mutex<tokio::sync::mpsc::UnboundedReceiver<serde_json::Value>>);

impl Heard {
    /// The next event; waits for it for 10 s.
    ///
    /// # Panics
    /// When none comes, since the test cannot go on.
    #[expect(clippy::panic, reason = "a test that waits in vain must fail")]
    pub async fn next(&self) -> serde_json::Value {
        let mut events = self.0.lock().await;
        match tokio::time::timeout(core::time::Duration::from_secs(10), events.recv()).await {
            Ok(Some(event)) => event,
            Ok(None) | Err(_) => panic!("nobody invoked the function"),
        }
    }
}

/// The name that [`crate::iam`] uses.
fn without_prefix(need: Need) -> Need {
    // What a role allows for all of them, or for all that are a function's own, has one name.
    let of_all = match need.action.as_str() {
        "ecs:ListTasks"
        | "events:ListRules"
        | "lambda:ListEventSourceMappings"
        | "logs:DescribeLogGroups"
        | "secretsmanager:ListSecrets" => Some("any"),
        "dynamodb:DescribeContinuousBackups" => Some("table/any"),
        "lambda:UpdateEventSourceMapping" => Some("event-source-mapping/any"),
        _ if need.resource.starts_with(FUNCTION_LOGS) => Some("log-group/functions"),
        _ => None,
    };
    if let Some(resource) = of_all {
        return Need { resource: resource.to_owned(), ..need };
    }
    let (named, secret) = (format!("/{PREFIX}-"), format!("//{PREFIX}/"));
    let resource = need.resource.replacen(&named, "/", 1).replacen(&secret, "/", 1);
    Need {
        resource: BELOW
            .iter()
            .find(|below| is_below(&resource, below))
            .map_or(resource.clone(), ToString::to_string),
        ..need
    }
}

/// Secrets that a role names together, since nobody knows their names before they are made.
const BELOW: [&str; 4] = ["secret/users", "secret/oauth-clients", "secret/webhooks", "secret/channels"];

/// The log groups of our functions.
const FUNCTION_LOGS: &str = "log-group//aws/lambda/timmybot-";

fn is_below(resource: &str, name: &str) -> bool {
    resource.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
}

/// The template is read once a process.
#[expect(clippy::panic, reason = "a test without its template must fail")]
fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| match Plan::load(&workspace_root().join("template.yaml"), &BTreeMap::new()) {
        Ok(plan) => plan,
        Err(error) => panic!("template.yaml cannot be used: {error}"),
    })
}

/// Region, static credentials and a plain HTTP client for emulators at `endpoint`; each call is tried once.
pub fn sdk_config(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new(aws_local::ACCESS_KEY, aws_local::ACCESS_KEY, None, None, "testkit");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(aws_local::REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        // Loopback has no TLS; a client with TLS reads the machine's certificates first.
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_table_of_the_template_is_there() {
        let aws = Aws::start().await;
        let tables = aws.dynamodb().list_tables().send().await.unwrap().table_names.unwrap();
        for suffix in
            ["audit", "audit-heads", "deferred", "flags", "guild-access", "guild-queues", "guild-state"]
        {
            assert!(
                tables.contains(&format!("{}-{suffix}", aws.prefix())),
                "{suffix} is not among {tables:?}"
            );
        }
    }

    #[tokio::test]
    async fn the_address_of_a_queue_is_the_one_that_the_service_gives() {
        let aws = Aws::start().await;
        let found = aws.sqs().get_queue_url().queue_name("timmybot-reply-deadline").send().await.unwrap();
        assert_eq!(found.queue_url(), Some(aws.queue_url("reply-deadline").as_str()));
    }

    #[tokio::test]
    async fn two_tests_share_nothing() {
        let (one, other) = (Aws::start().await, Aws::start().await);
        assert_ne!(one.endpoint(), other.endpoint());
        one.fault(Fault::Throttle);
        assert!(one.dynamodb().list_tables().send().await.is_err());
        assert!(other.dynamodb().list_tables().send().await.is_ok());
    }

    #[tokio::test]
    async fn calls_are_remembered_under_the_names_of_the_template() {
        let aws = Aws::start().await;
        let read = async || {
            aws.dynamodb().describe_table().table_name("timmybot-flags").send().await.unwrap();
            aws.secrets().get_secret_value().secret_id("/timmybot/log-key").send().await.unwrap();
            let send = aws.sqs().send_message().queue_url(aws.queue_url("reply-deadline"));
            send.message_body("x").send().await.unwrap();
        };
        read().await;
        aws.record_calls();
        read().await;
        let calls = aws.take_calls();
        let operations: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(operations, ["DescribeTable", "GetSecretValue", "SendMessage"]);
        let resources = calls.iter().flat_map(|call| &call.needs).map(|need| need.resource.as_str());
        assert_eq!(resources.collect::<Vec<_>>(), ["table/flags", "secret/log-key", "queue/reply-deadline"]);
    }

    #[tokio::test]
    async fn starting_takes_no_noticeable_time() {
        drop(Aws::start().await);
        let begin = std::time::Instant::now();
        drop(Aws::start().await);
        assert!(begin.elapsed() < std::time::Duration::from_secs(2), "{:?}", begin.elapsed());
    }
}
