//! What `CloudWatch` is asked, and asking it: one call, signed as the SDK signs. The service's own client is larger than all
//! that this command is.

use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::telemetry::{Metric, NAMESPACE};
use testkit::template::{OURS, Template};

/// The operation, as the JSON protocol names it.
const TARGET: &str = "GraniteServiceVersion20100801.GetMetricData";
const JSON: &str = "application/x-amz-json-1.0";
/// The service's limit of a call.
const MOST_QUERIES: usize = 500;
/// A day: figures of every day of a month are kept for longer than a month.
const PERIOD_S: u32 = 86_400;
/// More pages would be a service that does not end.
const MOST_PAGES: usize = 100;
/// Nobody waits for longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a queue counts that is paid for as a request each.
const OF_QUEUES: [&str; 4] =
    ["NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted", "NumberOfEmptyReceives"];

/// What a figure is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Requests(String),
    Milliseconds(String),
    Writes,
    Reads,
    Messages,
    WorkerMinutes,
    MusicMinutes,
    LogBytes,
}

/// A figure that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) of: Of,
    namespace: &'static str,
    metric: &'static str,
    dimensions: Vec<(&'static str, String)>,
    statistic: &'static str,
}

/// All that is asked for of a deployment, as the template has it.
pub(super) fn wanted(prefix: &str) -> Result<Vec<Asked>> {
    let template = Template::parse(OURS)?;
    let mut all = Vec::new();
    for name in names(&template, "AWS::Serverless::Function", "FunctionName", prefix) {
        let short = name.strip_prefix(prefix).unwrap_or(&name).trim_start_matches('-').to_owned();
        let of = |metric, of| sum(of, "AWS/Lambda", metric, vec![("FunctionName", name.clone())]);
        all.push(of("Invocations", Of::Requests(short.clone())));
        all.push(of("Duration", Of::Milliseconds(short)));
    }
    for (_, table) in template.of_type("AWS::DynamoDB::Table") {
        let Some(name) = named(&table["Properties"]["TableName"], prefix) else { continue };
        let indexes = table["Properties"]["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
        let indexes = indexes
            .iter()
            .filter_map(|index| index["IndexName"].as_str())
            .map(|index| vec![("TableName", name.clone()), ("GlobalSecondaryIndexName", index.to_owned())]);
        for dimensions in std::iter::once(vec![("TableName", name.clone())]).chain(indexes) {
            all.push(sum(Of::Writes, "AWS/DynamoDB", "ConsumedWriteCapacityUnits", dimensions.clone()));
            all.push(sum(Of::Reads, "AWS/DynamoDB", "ConsumedReadCapacityUnits", dimensions));
        }
    }
    for queue in names(&template, "AWS::SQS::Queue", "QueueName", prefix) {
        let of = |metric| sum(Of::Messages, "AWS/SQS", metric, vec![("QueueName", queue.clone())]);
        all.extend(OF_QUEUES.map(of));
    }
    for group in names(&template, "AWS::Logs::LogGroup", "LogGroupName", prefix) {
        all.push(sum(Of::LogBytes, "AWS/Logs", "IncomingBytes", vec![("LogGroupName", group)]));
    }
    let players = Metric::VoicePlayers.name();
    all.push(sum(Of::MusicMinutes, NAMESPACE, players, Vec::new()));
    let count = sum(Of::WorkerMinutes, NAMESPACE, players, Vec::new());
    all.push(Asked { statistic: "SampleCount", ..count });
    Ok(all)
}

fn sum(
    of: Of,
    namespace: &'static str,
    metric: &'static str,
    dimensions: Vec<(&'static str, String)>,
) -> Asked {
    Asked { of, namespace, metric, dimensions, statistic: "Sum" }
}

fn names(template: &Template, kind: &str, property: &str, prefix: &str) -> Vec<String> {
    template.of_type(kind).filter_map(|(_, block)| named(&block["Properties"][property], prefix)).collect()
}

fn named(name: &Value, prefix: &str) -> Option<String> {
    let text = name["Fn::Sub"].as_str().or_else(|| name.as_str())?;
    Some(text.replace("${TablePrefix}", prefix))
}

impl Asked {
    fn query(&self, at: usize) -> Value {
        let dimension = |(name, value): &(&str, String)| json!({ "Name": name, "Value": value });
        let dimensions: Vec<_> = self.dimensions.iter().map(dimension).collect();
        let metric =
            json!({ "Namespace": self.namespace, "MetricName": self.metric, "Dimensions": dimensions });
        let stat = json!({ "Metric": metric, "Period": PERIOD_S, "Stat": self.statistic });
        json!({ "Id": format!("m{at}"), "MetricStat": stat })
    }
}

/// The service.
pub(super) struct Metrics {
    client: reqwest::Client,
    address: String,
    region: String,
    identity: Identity,
    at: SystemTime,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    metric_data_results: Vec<Found>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    id: String,
    #[serde(default)]
    values: Vec<f64>,
}

impl Metrics {
    /// Where and as whom these settings say.
    pub(super) async fn of(sdk: &SdkConfig, now: Timestamp) -> Result<Self> {
        let region = sdk.region().context("Missing Region: the environment names none")?.to_string();
        let provider = sdk.credentials_provider().context("the environment has no AWS credentials")?;
        let credentials = provider.provide_credentials().await.context("looking for AWS credentials")?;
        let own = || format!("https://monitoring.{region}.amazonaws.com/");
        let address = sdk.endpoint_url().map_or_else(own, |url| format!("{}/", url.trim_end_matches('/')));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE);
        let client = if address.starts_with("http://127.0.0.1") { client.no_proxy() } else { client };
        let (client, identity) = (client.build()?, credentials.into());
        Ok(Self { client, address, region, identity, at: now.into() })
    }

    /// The sum of each over a span, in their order; `None` for what has no figure.
    pub(super) async fn sums(
        &self,
        asked: &[Asked],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Option<f64>>> {
        let mut sums = vec![None; asked.len()];
        let queries: Vec<_> = asked.iter().enumerate().map(|(at, asked)| asked.query(at)).collect();
        for queries in queries.chunks(MOST_QUERIES) {
            let mut request = json!({
                "MetricDataQueries": queries, "StartTime": from.as_second(), "EndTime": to.as_second().max(from.as_second() + 1),
            });
            for page in 0.. {
                let answer = self.ask(&request).await?;
                add(&mut sums, &answer.metric_data_results);
                let Some(next) = answer.next_token else { break };
                if page >= MOST_PAGES {
                    bail!("its answer does not end");
                }
                request["NextToken"] = next.into();
            }
        }
        Ok(sums)
    }

    async fn ask(&self, request: &Value) -> Result<Answer> {
        let body = serde_json::to_vec(request)?;
        let headers = [("content-type", JSON), ("x-amz-target", TARGET)];
        let mut post = self.client.post(&self.address);
        for (name, value) in headers {
            post = post.header(name, value);
        }
        for (name, value) in self.signature(&headers, &body)? {
            post = post.header(name, value);
        }
        let answer = post
            .body(body)
            .send()
            .await
            .context("CloudWatch does not answer: look at the network and at AWS_REGION")?;
        let (status, text) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            // Its `__type` is a constant word; what it says besides may hold ids.
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            let code =
                told["__type"].as_str().and_then(|kind| kind.rsplit('#').next()).unwrap_or("no reason");
            bail!("CloudWatch refuses ({status}, {code}): who asks needs cloudwatch:GetMetricData");
        }
        serde_json::from_str(&text).context("CloudWatch answered something else")
    }

    fn signature(&self, headers: &[(&str, &str)], body: &[u8]) -> Result<Vec<(String, String)>> {
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name("monitoring")
            .time(self.at)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = headers.iter().copied();
        let request = SignableRequest::new("POST", &self.address, headers, SignableBody::Bytes(body))?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

fn add(sums: &mut [Option<f64>], found: &[Found]) {
    for one in found {
        let at = one.id.strip_prefix('m').and_then(|at| at.parse::<usize>().ok());
        let Some(sum) = at.and_then(|at| sums.get_mut(at)) else { continue };
        if !one.values.is_empty() {
            *sum = Some(sum.unwrap_or_default() + one.values.iter().sum::<f64>());
        }
    }
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
