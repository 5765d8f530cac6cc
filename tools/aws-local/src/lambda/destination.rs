//! What Lambda puts into the queue of a function's failures when an asynchronous invocation was tried three times
//! (`EventInvokeConfig`, `DestinationConfig`, `OnFailure`).

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::machine;
use crate::sqs::Sqs;
use crate::template::FunctionPlan;
use crate::wire::{ACCOUNT, REGION};

/// The queues of failures, by function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Destinations {
    queues: Option<Arc<Sqs>>,
    by_function: BTreeMap<String, String>,
}

impl Destinations {
    /// As the template says them.
    pub(crate) fn new(functions: &[FunctionPlan], queues: Arc<Sqs>) -> Self {
        let named = |plan: &FunctionPlan| Some((plan.name.clone(), plan.on_failure.clone()?));
        Self { queues: Some(queues), by_function: functions.iter().filter_map(named).collect() }
    }

    /// Puts an event aside that a function could not take; without a queue for it, it is dropped.
    pub(super) fn put_aside(&self, function: &str, event: &Value, message: &str) {
        if let (Some(queues), Some(queue)) = (&self.queues, self.by_function.get(function)) {
            queues.deliver(queue, record(function, event, message, machine::now()).to_string());
        }
    }
}

fn record(function: &str, event: &Value, message: &str, at: Timestamp) -> Value {
    json!({
        "version": "1.0",
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "requestContext": {
            "requestId": machine::uuid().unwrap_or_default(),
            "functionArn": format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}:$LATEST"),
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responseContext": { "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled" },
        "responsePayload": { "errorType": "Unhandled", "errorMessage": message },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_the_event_and_why() {
        let at = "2026-11-23T16:00:00.5Z".parse().unwrap();
        let record = record("f", &json!({ "a": 1 }), "no", at);
        assert_eq!(
            (&record["version"], &record["timestamp"]),
            (&json!("1.0"), &json!("2026-11-23T16:00:00.500Z"))
        );
        assert_eq!(record["requestContext"]["condition"], "RetriesExhausted");
        assert_eq!(
            (&record["requestPayload"]["a"], &record["responsePayload"]["errorMessage"]),
            (&json!(1), &json!("no"))
        );
    }

    #[test]
    fn without_a_queue_nothing_is_put_anywhere() {
        Destinations::default().put_aside("f", &Value::Null, "no");
    }
}
