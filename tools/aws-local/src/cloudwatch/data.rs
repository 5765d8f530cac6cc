//! `GetMetricData`, speaking the JSON protocol: what metrics were in each period of a span, newest first. Emulated without
//! expressions, labels and pages: an answer holds all.

use axum::body::Body;
use axum::http;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::CloudWatch;
use super::metrics::{Key, Span};
use crate::template::Statistic;
use crate::wire::{self, ServiceError, answer};

/// The service's limit of a request.
const MOST_QUERIES: usize = 500;
/// So many queries are far shorter.
const MAX_REQUEST: usize = 1_048_576;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    metric_data_queries: Vec<Query>,
    /// Seconds.
    start_time: f64,
    end_time: f64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Query {
    id: String,
    metric_stat: Stat,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stat {
    metric: Named,
    period: u32,
    #[serde(rename = "Stat")]
    statistic: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    namespace: String,
    #[serde(rename = "MetricName")]
    name: String,
    #[serde(default)]
    dimensions: Vec<Dimension>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Dimension {
    name: String,
    value: String,
}

impl CloudWatch {
    /// Answers one call.
    pub(crate) async fn call(&self, operation: &str, request: http::Request<Body>) -> http::Response<Body> {
        let request: Result<Request, _> = wire::request(request.into_body(), MAX_REQUEST, too_long).await;
        let result = match operation {
            "GetMetricData" => request.and_then(|request| self.data(&request)),
            other => {
                Err(ServiceError::client("UnknownOperationException", format!("{other} is not emulated")))
            }
        };
        answer("com.amazonaws.cloudwatch", "1.0", result)
    }

    fn data(&self, request: &Request) -> Result<Value, ServiceError> {
        if request.metric_data_queries.len() > MOST_QUERIES {
            return Err(too_long());
        }
        let (from, to) = (instant(request.start_time)?, instant(request.end_time)?);
        if from >= to {
            return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
        }
        let mut inner = self.lock();
        inner.read_logs();
        let result = |query: &Query| {
            let span = Span { from, to, period_s: period(query.metric_stat.period)? };
            let found = inner.metrics.values(
                &key(&query.metric_stat.metric),
                statistic(&query.metric_stat.statistic)?,
                span,
            );
            let (times, values): (Vec<_>, Vec<_>) = found.into_iter().rev().unzip();
            Ok(json!({
                "Id": query.id, "Label": query.metric_stat.metric.name, "StatusCode": "Complete",
                "Timestamps": times, "Values": values,
            }))
        };
        let results =
            request.metric_data_queries.iter().map(result).collect::<Result<Vec<_>, ServiceError>>()?;
        Ok(json!({ "MetricDataResults": results, "Messages": [] }))
    }
}

fn key(named: &Named) -> Key {
    let dimensions = named.dimensions.iter().map(|one| (one.name.clone(), one.value.clone())).collect();
    Key { namespace: named.namespace.clone(), metric: named.name.clone(), dimensions }
}

fn statistic(text: &str) -> Result<Statistic, ServiceError> {
    Ok(match text {
        "Average" => Statistic::Average,
        "Maximum" => Statistic::Maximum,
        "Minimum" => Statistic::Minimum,
        "SampleCount" => Statistic::SampleCount,
        "Sum" => Statistic::Sum,
        _ => return Err(invalid("The value for parameter Stat is not supported.")),
    })
}

/// Whole minutes: shorter ones are those of high-resolution metrics, which nobody here has.
fn period(seconds: u32) -> Result<u32, ServiceError> {
    let is_one = seconds > 0 && seconds.is_multiple_of(60);
    is_one.then_some(seconds).ok_or_else(|| invalid("Period must be a multiple of 60"))
}

fn instant(seconds: f64) -> Result<Timestamp, ServiceError> {
    let time = jiff::SignedDuration::try_from_secs_f64(seconds).ok();
    let time = time.and_then(|since| Timestamp::from_duration(since).ok());
    time.ok_or_else(|| invalid("The time is none"))
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::client("InvalidParameterValueException", message)
}

fn too_long() -> ServiceError {
    ServiceError::client(
        "ValidationError",
        "The collection MetricDataQueries must not have a size greater than 500.",
    )
}

#[cfg(test)]
#[path = "data_tests.rs"]
mod tests;
