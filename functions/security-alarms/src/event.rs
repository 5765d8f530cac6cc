//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
use shared::sqs_event::SqsEvent;

use crate::notification::{Bus, Published};

/// An invocation, parsed as far as its envelope.
#[derive(Clone, Debug)]
pub enum Event {
    /// What was published to a topic.
    Topic(Vec<Published>),
    /// What a rule of `EventBridge` passes on.
    Bus(Bus),
    /// Five minutes have passed.
    Tick,
    /// Orders, out of the queue `-control`.
    Orders(SqsEvent),
}

/// An invocation that is none of ours. Says nothing of what was in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event that security-alarms knows")]
pub struct UnknownEvent;

impl TryFrom<Value> for Event {
    type Error = UnknownEvent;

    fn try_from(event: Value) -> Result<Self, UnknownEvent> {
        if event.get("Records").is_some() {
            return of_records(event);
        }
        let source = event.get("source").and_then(Value::as_str).ok_or(UnknownEvent)?;
        let kind = event.get("detail-type").and_then(Value::as_str).ok_or(UnknownEvent)?;
        // A rule that ticks calls itself the one, EventBridge Scheduler the other.
        if matches!(source, "aws.events" | "aws.scheduler") {
            return if kind == "Scheduled Event" { Ok(Self::Tick) } else { Err(UnknownEvent) };
        }
        Bus::deserialize(event).map(Self::Bus).map_err(|_| UnknownEvent)
    }
}

/// SNS writes `EventSource`, SQS writes `eventSource`.
fn of_records(event: Value) -> Result<Event, UnknownEvent> {
    let records = event.get("Records").and_then(Value::as_array).ok_or(UnknownEvent)?;
    let all = |name: &str, source: &str| {
        !records.is_empty()
            && records.iter().all(|record| record.get(name).and_then(Value::as_str) == Some(source))
    };
    if all("eventSource", "aws:sqs") {
        return SqsEvent::deserialize(event).map(Event::Orders).map_err(|_| UnknownEvent);
    }
    if all("EventSource", "aws:sns") {
        let read: Result<_, _> =
            records.iter().map(|record| Published::deserialize(&record["Sns"])).collect();
        return read.map(Event::Topic).map_err(|_| UnknownEvent);
    }
    Err(UnknownEvent)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
