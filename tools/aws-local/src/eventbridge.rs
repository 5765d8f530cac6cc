//! `EventBridge`: the rules of the template and whether they are on, speaking the JSON protocol.
//!
//! Emulated: `ListRules`, `DescribeRule`, `EnableRule`, `DisableRule`, on the default bus. Rules come from the template and
//! from nowhere else, and are as it says each time the stack starts; nothing here fires one. A list comes in pages of a few
//! rules, as the service reserves the right to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::calls::Recorder;
use crate::fault::{Faults, Words};
use crate::listing;
use crate::template::FunctionPlan;
use crate::wire::{self, ACCOUNT, REGION, ServiceError, answer};

/// Names are short.
const MAX_REQUEST: usize = 65_536;
/// The service's limit of a page.
const MOST: usize = 100;
/// Our pages: whoever reads one only misses something.
const PAGE: usize = 2;
const BUS: &str = "default";

/// The rules of a stack.
#[derive(Debug)]
pub(crate) struct EventBridge {
    rules: Mutex<BTreeMap<String, Rule>>,
    faults: Faults,
}

#[derive(Clone, Debug)]
struct Rule {
    schedule: Option<String>,
    enabled: bool,
}

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    name: Option<String>,
    name_prefix: Option<String>,
    event_bus_name: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

impl EventBridge {
    /// The rules of the template's functions.
    pub(crate) fn new(functions: &[FunctionPlan]) -> Self {
        let rules = functions.iter().flat_map(|function| &function.rules);
        let rules = rules
            .map(|plan| (plan.name.clone(), Rule { schedule: plan.schedule.clone(), enabled: plan.enabled }));
        Self { rules: Mutex::new(rules.collect()), faults: Faults::default() }
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Whether a rule is there and on.
    pub(crate) fn is_on(&self, rule: &str) -> bool {
        self.lock().get(rule).is_some_and(|rule| rule.enabled)
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
            calls.asked_rule(operation, request.name.as_deref(), trace);
        }
        let act = || self.dispatch(operation, &request?);
        let result = self.faults.take(operation).around(act, &WORDS).await;
        answer("com.amazonaws.events", "1.1", result)
    }

    fn dispatch(&self, operation: &str, request: &Request) -> Result<Value, ServiceError> {
        if request.event_bus_name.as_deref().is_some_and(|bus| bus != BUS) {
            return Err(ServiceError::client("ResourceNotFoundException", "Event bus does not exist."));
        }
        match operation {
            "ListRules" => self.list(request),
            "DescribeRule" => {
                let name = request.name()?;
                self.lock().get(name).map(|rule| described(name, rule)).ok_or_else(|| missing(name))
            }
            "EnableRule" => self.switch(request, true),
            "DisableRule" => self.switch(request, false),
            other => {
                Err(ServiceError::client("UnknownOperationException", format!("{other} is not emulated")))
            }
        }
    }

    /// By name, from the token's on.
    fn list(&self, request: &Request) -> Result<Value, ServiceError> {
        let size = listing::size(request.limit, MOST).ok_or_else(|| invalid("limit"))?;
        let prefix = request.name_prefix.as_deref().unwrap_or_default();
        let from = request.next_token.as_deref().unwrap_or_default();
        let rules = self.lock();
        let (page, next) = listing::page(&rules, from, size.min(PAGE), |name, _| name.starts_with(prefix));
        let page: Vec<Value> = page.into_iter().map(|(name, rule)| described(name, rule)).collect();
        let mut body = json!({ "Rules": page });
        if let Some(next) = next {
            body["NextToken"] = json!(next);
        }
        Ok(body)
    }

    fn switch(&self, request: &Request, enabled: bool) -> Result<Value, ServiceError> {
        let name = request.name()?;
        let mut rules = self.lock();
        rules.get_mut(name).ok_or_else(|| missing(name))?.enabled = enabled;
        Ok(json!({}))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Request {
    fn name(&self) -> Result<&str, ServiceError> {
        self.name.as_deref().filter(|name| (1..=64).contains(&name.len())).ok_or_else(|| invalid("name"))
    }
}

fn described(name: &str, rule: &Rule) -> Value {
    let mut body = json!({
        "Name": name,
        "Arn": format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"),
        "State": if rule.enabled { "ENABLED" } else { "DISABLED" },
        "EventBusName": BUS,
    });
    if let Some(schedule) = &rule.schedule {
        body["ScheduleExpression"] = json!(schedule);
    }
    body
}

fn missing(name: &str) -> ServiceError {
    let message = format!("Rule {name} does not exist on EventBus {BUS}.");
    ServiceError::client("ResourceNotFoundException", message)
}

fn invalid(field: &str) -> ServiceError {
    let message = format!("1 validation error detected: value at '{field}' failed to satisfy constraint");
    ServiceError::client("ValidationException", message)
}

const WORDS: Words<ServiceError> = Words { broken, throttled, denied: || ServiceError::denied("events") };

fn broken() -> ServiceError {
    let error = ServiceError::internal("This exception occurs due to unexpected causes.");
    ServiceError { code: "InternalException", ..error }
}

fn too_long() -> ServiceError {
    ServiceError::client("SerializationException", "The request is larger than any request can be.")
}

fn throttled() -> ServiceError {
    ServiceError::client("ThrottlingException", "Rate exceeded")
}
