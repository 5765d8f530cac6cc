//! What can be changed of functions while they run: what is reserved for each, and whether it takes from its queues.
//!
//! Emulated: `PutFunctionConcurrency`, `GetFunctionConcurrency`, `DeleteFunctionConcurrency`, `ListEventSourceMappings`,
//! `GetEventSourceMapping`, `UpdateEventSourceMapping` (`Enabled` alone). A mapping is switched at once; its answer says
//! `Enabling` or `Disabling`, as the service's. Lists come in pages of a few, as the service reserves the right to. Who
//! reads queues for a function asks [`Settings::takes`].

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::{Method, Response, StatusCode, Uri};
use serde_json::{Value, json};

use super::invoke::Refusal;
use crate::calls::Recorder;
use crate::fault::Faults;
use crate::listing;
use crate::template::FunctionPlan;
use crate::wire::{ACCOUNT, REGION};

/// Our pages: whoever reads one only misses something.
const PAGE: usize = 2;
/// The service's limit of a page.
const MOST: usize = 100;
/// What an account has at first; so much of it stays unreserved.
const UNRESERVED: u32 = 100;
const ACCOUNT_LIMIT: u32 = 1_000;
const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

/// The settings of a stack's functions.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    inner: Mutex<Inner>,
    faults: Faults,
}

#[derive(Debug, Default)]
struct Inner {
    /// By function.
    reserved: BTreeMap<String, Option<u32>>,
    /// By id.
    mappings: BTreeMap<String, Mapping>,
}

#[derive(Clone, Debug)]
struct Mapping {
    function: String,
    queue_arn: String,
    batch_size: u32,
    enabled: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    PutConcurrency(String),
    GetConcurrency(String),
    DeleteConcurrency(String),
    ListMappings,
    GetMapping(String),
    UpdateMapping(String),
}

impl Settings {
    /// As the template says them.
    pub(crate) fn new(functions: &[FunctionPlan]) -> Self {
        let mut inner = Inner::default();
        for function in functions {
            inner.reserved.insert(function.name.clone(), function.reserved);
            for plan in &function.mappings {
                let mapping = Mapping {
                    function: function.name.clone(),
                    queue_arn: plan.queue_arn.clone(),
                    batch_size: plan.batch_size,
                    enabled: plan.enabled,
                };
                inner.mappings.insert(plan.id.clone(), mapping);
            }
        }
        Self { inner: Mutex::new(inner), faults: Faults::default() }
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Whether nothing may run of a function: all that is reserved for it is nothing.
    pub(crate) fn is_stopped(&self, function: &str) -> bool {
        self.lock().reserved.get(function) == Some(&Some(0))
    }

    /// Whether messages of the queue of this name are taken by any function. A queue that no mapping reads is taken by
    /// whoever likes.
    pub(crate) fn takes(&self, queue: &str) -> bool {
        let inner = self.lock();
        let mut of =
            inner.mappings.values().filter(|mapping| mapping.queue_arn.ends_with(&format!(":{queue}")));
        let first = of.next();
        first.is_none_or(|first| first.enabled || of.any(|other| other.enabled))
    }

    /// What a request asks for, if it is this service's.
    pub(crate) fn asked(method: &Method, path: &str) -> Option<Asked> {
        let path = path.trim_end_matches('/');
        if let Some(rest) = path.strip_prefix(MAPPINGS) {
            return match (method.as_str(), rest.strip_prefix('/')) {
                ("GET", None) if rest.is_empty() => Some(Asked::ListMappings),
                ("GET", Some(id)) => Some(Asked::GetMapping(id.to_owned())),
                ("PUT", Some(id)) => Some(Asked::UpdateMapping(id.to_owned())),
                _ => None,
            };
        }
        let (version, rest) = path.strip_prefix('/')?.split_once("/functions/")?;
        let name = rest.strip_suffix("/concurrency")?.replace("%3A", ":");
        let name = name.rsplit(':').next()?.to_owned();
        match (method.as_str(), version) {
            ("PUT", "2017-10-31") => Some(Asked::PutConcurrency(name)),
            ("DELETE", "2017-10-31") => Some(Asked::DeleteConcurrency(name)),
            ("GET", "2019-09-30") => Some(Asked::GetConcurrency(name)),
            _ => None,
        }
    }

    /// Answers one call.
    pub(crate) async fn call(
        &self,
        asked: &Asked,
        uri: &Uri,
        body: &Bytes,
        calls: &Recorder,
        trace: Option<&str>,
    ) -> Response<Body> {
        calls.set_function(asked.operation(), asked.resource().as_deref(), trace);
        let act = || self.dispatch(asked, uri.query().unwrap_or_default(), body);
        let fault = self.faults.take(asked.operation());
        let done = fault.around(act, &Refusal::WORDS).await;
        done.unwrap_or_else(Refusal::response)
    }

    fn dispatch(&self, asked: &Asked, query: &str, body: &[u8]) -> Result<Response<Body>, Refusal> {
        match asked {
            Asked::PutConcurrency(name) => {
                let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::not_json())?;
                let wanted =
                    body["ReservedConcurrentExecutions"].as_u64().and_then(|n| u32::try_from(n).ok());
                let wanted = wanted.ok_or_else(|| Refusal::invalid("ReservedConcurrentExecutions"))?;
                self.reserve(name, wanted)?;
                Ok(super::invoke::json(StatusCode::OK, &json!({ "ReservedConcurrentExecutions": wanted })))
            }
            Asked::GetConcurrency(name) => {
                let inner = self.lock();
                let reserved = inner.reserved.get(name).ok_or_else(|| Refusal::not_found(name))?;
                let body = reserved.map_or(json!({}), |most| json!({ "ReservedConcurrentExecutions": most }));
                Ok(super::invoke::json(StatusCode::OK, &body))
            }
            Asked::DeleteConcurrency(name) => {
                let mut inner = self.lock();
                *inner.reserved.get_mut(name).ok_or_else(|| Refusal::not_found(name))? = None;
                Ok(super::invoke::json(StatusCode::NO_CONTENT, &Value::Null))
            }
            Asked::ListMappings => self.list(query),
            Asked::GetMapping(id) => {
                let inner = self.lock();
                let mapping = inner.mappings.get(id).ok_or_else(Refusal::no_mapping)?;
                Ok(super::invoke::json(StatusCode::OK, &mapping.to_json(id, mapping.state())))
            }
            Asked::UpdateMapping(id) => {
                let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::not_json())?;
                let enabled = body["Enabled"].as_bool().ok_or_else(|| Refusal::invalid("Enabled"))?;
                let mut inner = self.lock();
                let mapping = inner.mappings.get_mut(id).ok_or_else(Refusal::no_mapping)?;
                mapping.enabled = enabled;
                let state = if enabled { "Enabling" } else { "Disabling" };
                Ok(super::invoke::json(StatusCode::ACCEPTED, &mapping.to_json(id, state)))
            }
        }
    }

    fn reserve(&self, name: &str, wanted: u32) -> Result<(), Refusal> {
        let mut inner = self.lock();
        let others = inner.reserved.iter().filter(|(other, _)| *other != name);
        let others: u32 = others.filter_map(|(_, reserved)| *reserved).sum();
        let reserved = inner.reserved.get_mut(name).ok_or_else(|| Refusal::not_found(name))?;
        if others.saturating_add(wanted) > ACCOUNT_LIMIT - UNRESERVED {
            return Err(Refusal::too_much_reserved(UNRESERVED));
        }
        *reserved = Some(wanted);
        Ok(())
    }

    /// By id, from the marker's on.
    fn list(&self, query: &str) -> Result<Response<Body>, Refusal> {
        let asked: BTreeMap<String, String> = url_pairs(query);
        let most = asked.get("MaxItems").map(|text| text.parse::<usize>()).transpose();
        let most = most.ok().flatten().unwrap_or(MOST);
        if most == 0 {
            return Err(Refusal::invalid("MaxItems"));
        }
        let from = asked.get("Marker").map_or("", String::as_str);
        let function = asked.get("FunctionName").and_then(|name| name.rsplit(':').next().map(str::to_owned));
        let queue = asked.get("EventSourceArn");
        let inner = self.lock();
        let wanted = |_: &str, mapping: &Mapping| {
            function.as_ref().is_none_or(|name| *name == mapping.function)
                && queue.is_none_or(|arn| *arn == mapping.queue_arn)
        };
        let (page, next) = listing::page(&inner.mappings, from, most.min(PAGE), wanted);
        let page: Vec<Value> =
            page.into_iter().map(|(id, mapping)| mapping.to_json(id, mapping.state())).collect();
        let mut body = json!({ "EventSourceMappings": page });
        if let Some(next) = next {
            body["NextMarker"] = json!(next);
        }
        Ok(super::invoke::json(StatusCode::OK, &body))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mapping {
    const fn state(&self) -> &'static str {
        if self.enabled { "Enabled" } else { "Disabled" }
    }

    fn to_json(&self, id: &str, state: &str) -> Value {
        json!({
            "UUID": id,
            "FunctionArn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", self.function),
            "EventSourceArn": self.queue_arn,
            "BatchSize": self.batch_size,
            "State": state,
            "StateTransitionReason": "USER_INITIATED",
        })
    }
}

impl Asked {
    /// What the service calls it.
    pub(crate) const fn operation(&self) -> &'static str {
        match self {
            Self::PutConcurrency(_) => "PutFunctionConcurrency",
            Self::GetConcurrency(_) => "GetFunctionConcurrency",
            Self::DeleteConcurrency(_) => "DeleteFunctionConcurrency",
            Self::ListMappings => "ListEventSourceMappings",
            Self::GetMapping(_) => "GetEventSourceMapping",
            Self::UpdateMapping(_) => "UpdateEventSourceMapping",
        }
    }

    /// What a role names; ids of mappings are nobody's to know beforehand.
    fn resource(&self) -> Option<String> {
        match self {
            Self::PutConcurrency(name) | Self::GetConcurrency(name) | Self::DeleteConcurrency(name) => {
                Some(format!("function/{name}"))
            }
            Self::GetMapping(_) | Self::UpdateMapping(_) => Some("event-source-mapping/any".to_owned()),
            Self::ListMappings => None,
        }
    }
}

/// Names and values of a query, as far as names, ARNs and markers need it.
fn url_pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let plain = |text: &str| text.replace("%3A", ":").replace("%2F", "/");
    pairs.map(|(name, value)| (plain(name), plain(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_apart_by_method_and_path() {
        let of = |method: Method, path: &str| Settings::asked(&method, path);
        let name = || "f".to_owned();
        let put = Some(Asked::PutConcurrency(name()));
        assert_eq!(of(Method::PUT, "/2017-10-31/functions/f/concurrency"), put);
        let arn = "/2017-10-31/functions/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Af/concurrency";
        assert_eq!(of(Method::PUT, arn), put);
        let get = Some(Asked::GetConcurrency(name()));
        assert_eq!(of(Method::GET, "/2019-09-30/functions/f/concurrency"), get);
        let delete = Some(Asked::DeleteConcurrency(name()));
        assert_eq!(of(Method::DELETE, "/2017-10-31/functions/f/concurrency"), delete);
        assert_eq!(of(Method::GET, "/2015-03-31/event-source-mappings/"), Some(Asked::ListMappings));
        let update = Some(Asked::UpdateMapping("1-2".to_owned()));
        assert_eq!(of(Method::PUT, "/2015-03-31/event-source-mappings/1-2"), update);
        for (method, path) in [
            (Method::POST, "/2015-03-31/event-source-mappings/"),
            (Method::POST, "/2015-03-31/functions/f/invocations"),
            (Method::GET, "/2017-10-31/functions/f/concurrency"),
            (Method::GET, "/bucket/key"),
            (Method::GET, "/"),
        ] {
            assert_eq!(of(method, path), None, "{path}");
        }
    }

    #[test]
    fn a_queue_without_a_mapping_is_nobodys() {
        assert!(Settings::new(&[]).takes("q") && !Settings::new(&[]).is_stopped("f"));
    }
}
