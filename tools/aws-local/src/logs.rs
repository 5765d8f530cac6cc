//! `CloudWatch` Logs: which log groups there are and for how long they keep what is written, speaking the JSON protocol.
//!
//! Emulated: `DescribeLogGroups`, `CreateLogGroup`, `PutRetentionPolicy`, `DeleteRetentionPolicy`. Nothing is written into
//! them here. They are those of the template each time the stack starts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::calls::Recorder;
use crate::fault::{Faults, Words};
use crate::listing;
use crate::machine;
use crate::template::LogGroupPlan;
use crate::wire::{self, ACCOUNT, REGION, ServiceError, answer};

/// Names are short.
const MAX_REQUEST: usize = 65_536;
/// The service's limit of a page, and its default.
const MOST: usize = 50;
/// What the service takes, in days.
const RETENTIONS: [u16; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    3654,
];

/// Of faults.
const WORDS: Words<ServiceError> = Words { broken, throttled, denied: || ServiceError::denied("logs") };

/// The log groups of a stack.
#[derive(Debug)]
pub(crate) struct Logs {
    groups: Mutex<BTreeMap<String, Group>>,
    faults: Faults,
}

#[derive(Clone, Copy, Debug)]
struct Group {
    created_ms: u64,
    retention_days: Option<u16>,
}

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Request {
    log_group_name: Option<String>,
    log_group_name_prefix: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
    retention_in_days: Option<u16>,
}

impl Logs {
    /// The template's log groups.
    pub(crate) fn new(plans: &[LogGroupPlan]) -> Self {
        let created_ms = machine::now_ms();
        let group = |plan: &LogGroupPlan| Group { created_ms, retention_days: plan.retention_days };
        let groups = plans.iter().map(|plan| (plan.name.clone(), group(plan))).collect();
        Self { groups: Mutex::new(groups), faults: Faults::default() }
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Answers one call.
    pub(crate) async fn call(
        &self,
        operation: &str,
        request: http::Request<Body>,
        calls: &Recorder,
        trace: Option<&str>,
    ) -> http::Response<Body> {
        let request: Result<Request, _> = wire::request(request.into_body(), MAX_REQUEST, too_long).await;
        if let Ok(request) = &request {
            calls.kept_logs(operation, request.log_group_name.as_deref(), trace);
        }
        let act = || self.dispatch(operation, &request?);
        let result = self.faults.take(operation).around(act, &WORDS).await;
        answer("com.amazonaws.cloudwatchlogs", "1.1", result)
    }

    fn dispatch(&self, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        match operation {
            "DescribeLogGroups" => self.describe(request),
            "CreateLogGroup" => self.create(request),
            "PutRetentionPolicy" => {
                let days = request.retention_in_days.filter(|days| RETENTIONS.contains(days));
                self.keep(request, Some(days.ok_or(invalid("retentionInDays"))?))
            }
            "DeleteRetentionPolicy" => self.keep(request, None),
            other => {
                Err(ServiceError::client("UnknownOperationException", format!("{other} is not emulated")))
            }
        }
    }

    /// By name, from the token's on.
    fn describe(&self, request: &Request) -> Result<Value, ServiceError> {
        let size = listing::size(request.limit, MOST).ok_or_else(|| invalid("limit"))?;
        let from = request.next_token.as_deref().map(untoken).transpose()?.unwrap_or_default();
        let prefix = request.log_group_name_prefix.as_deref().unwrap_or_default();
        let groups = self.lock();
        let (page, next) = listing::page(&groups, &from, size, |name, _| name.starts_with(prefix));
        let page: Vec<Value> = page.into_iter().map(|(name, group)| shown(name, group)).collect();
        let mut body = json!({ "logGroups": page });
        if let Some(next) = next {
            body["nextToken"] = hex::encode(next).into();
        }
        Ok(body)
    }

    /// One that keeps for ever, as those are that a service makes for itself.
    fn create(&self, request: &Request) -> Result<Value, ServiceError> {
        let name = request.log_group_name.clone().ok_or_else(|| invalid("logGroupName"))?;
        let mut groups = self.lock();
        if groups.contains_key(&name) {
            let message = "The specified log group already exists";
            return Err(ServiceError::client("ResourceAlreadyExistsException", message));
        }
        groups.insert(name, Group { created_ms: machine::now_ms(), retention_days: None });
        Ok(json!({}))
    }

    fn keep(&self, request: &Request, days: Option<u16>) -> Result<Value, ServiceError> {
        let name = request.log_group_name.as_deref().ok_or_else(|| invalid("logGroupName"))?;
        let mut groups = self.lock();
        let missing =
            ServiceError::client("ResourceNotFoundException", "The specified log group does not exist.");
        groups.get_mut(name).ok_or(missing)?.retention_days = days;
        Ok(json!({}))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shown(name: &str, group: &Group) -> Value {
    let arn = format!("arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}");
    let mut shown = json!({
        "logGroupName": name, "logGroupArn": arn, "arn": format!("{arn}:*"), "creationTime": group.created_ms,
        "metricFilterCount": 0, "storedBytes": 0, "logGroupClass": "STANDARD",
    });
    if let Some(days) = group.retention_days {
        shown["retentionInDays"] = days.into();
    }
    shown
}

/// A token is the next name in hex.
fn untoken(token: &str) -> Result<String, ServiceError> {
    let bytes = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.ok_or_else(|| {
        ServiceError::client("InvalidParameterException", "The specified nextToken is invalid.")
    })
}

fn invalid(parameter: &str) -> ServiceError {
    ServiceError::client("InvalidParameterException", format!("1 validation error detected: {parameter}"))
}

fn too_long() -> ServiceError {
    ServiceError::client("SerializationException", "The request is larger than any request can be.")
}

fn throttled() -> ServiceError {
    ServiceError::client("ThrottlingException", "Rate exceeded")
}

fn broken() -> ServiceError {
    let message = "The service cannot complete the request.";
    ServiceError { status: 500, ..ServiceError::client("ServiceUnavailableException", message) }
}
