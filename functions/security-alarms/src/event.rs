//! What invokes us, told apart by its shape. What is none of these is an error, never nothing.

use serde::Deserialize as _;
use serde_json::Value;
use shared::event_source::EventSource;
use shared::sqs_event::SqsEvent;

use crate::notification::{Bus, Published};

/// What follows the prefix in the name of the rule that always wakes us. Every other schedule is the tick's.
const WATCH: &str = "-incidents-watch";

/// An invocation, parsed as far as its envelope.
#[derive(Clone, Debug)]
pub enum Event {
    /// What was published to a topic.
    Topic(Vec<Published>),
    /// What a rule of `EventBridge` passes on.
    Bus(Bus),
    /// Something is open, and a minute has passed.
    Tick,
    /// Five minutes have passed, whether anything is open or not.
    Watch,
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
        match EventSource::of(&event) {
            Some(EventSource::Schedule) => Ok(of_schedule(&event)),
            Some(EventSource::EventBus) => Bus::deserialize(event).map(Self::Bus).map_err(|_| UnknownEvent),
            Some(EventSource::Sns) => published(&event),
            Some(EventSource::Sqs) => {
                SqsEvent::deserialize(event).map(Self::Orders).map_err(|_| UnknownEvent)
            }
            Some(EventSource::DynamoDb | EventSource::Direct) | None => Err(UnknownEvent),
        }
    }
}

/// An event of a schedule names the rule, by its ARN, and nothing else about itself.
fn of_schedule(event: &Value) -> Event {
    let rule = event.pointer("/resources/0").and_then(Value::as_str);
    if rule.is_some_and(|arn| arn.ends_with(WATCH)) { Event::Watch } else { Event::Tick }
}

fn published(event: &Value) -> Result<Event, UnknownEvent> {
    let records = event.get("Records").and_then(Value::as_array).ok_or(UnknownEvent)?;
    let read: Result<_, _> = records.iter().map(|record| Published::deserialize(&record["Sns"])).collect();
    read.map(Event::Topic).map_err(|_| UnknownEvent)
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
