//! Everything that may be wrong, parsed into signals, one file a kind of source.
//!
//! What is known and harmless is no signal. What is unknown is [`Alert::Unknown`], what cannot be read is
//! [`Alert::Malformed`]: neither is ever nothing. Of what comes in only names and reasons that a service of AWS writes go
//! on, made fit by [`Detail`](shared::domain::incident::Detail) and [`slug`]; who acted and from where stays where it is.

mod break_glass;
mod budget;
mod cloudwatch;
mod event_bridge;
mod finding;
mod rotation;
mod secret;
mod slug;
mod trail;
mod worker;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};

pub use event_bridge::Bus;

use crate::event::{Event, UnknownEvent};

/// What Lambda hands over of a message of SNS. The text is untrusted until parsed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Published {
    /// Which topic it came by.
    pub topic_arn: String,
    /// What is written over it.
    #[serde(default)]
    pub subject: Option<String>,
    /// What it says.
    pub message: String,
    /// When it was published.
    pub timestamp: Timestamp,
}

/// What is ours, by name.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The topic of the alarms.
    pub alert_topic: &'a str,
    /// What ends the names of our alarms, after a `-`.
    pub alarm_suffix: Option<&'a str>,
    /// What starts the names of our secrets.
    pub secret_prefix: &'a str,
}

/// What a message of a topic says. Nobody else than our own topic is believed.
pub fn of_topic(published: &Published, names: Names<'_>, now: Timestamp) -> Vec<Signal> {
    let at = published.timestamp.min(now);
    if published.topic_arn != names.alert_topic {
        return vec![malformed(at)];
    }
    if let Some(signal) = budget::read(published, at) {
        return vec![signal];
    }
    let Ok(message) = serde_json::from_str::<Value>(&published.message) else { return vec![malformed(at)] };
    if rotation::is_one(&message) {
        return rotation::read(&message, names.secret_prefix, at).unwrap_or_else(|| vec![malformed(at)]);
    }
    let signal = cloudwatch::read(&message, names.alarm_suffix, now);
    vec![signal.unwrap_or_else(|| malformed(at))]
}

/// What a rule of `EventBridge` passes on; empty if it is as it should be.
pub fn of_bus(bus: &Bus, names: Names<'_>, now: Timestamp) -> Vec<Signal> {
    event_bridge::read(bus, names.secret_prefix, now)
}

/// What an event says, whatever it is; orders and schedules say nothing of their own. For fuzzing, which looks at what is heard.
pub fn would_hear(event: Value, names: Names<'_>, now: Timestamp) -> Result<Vec<Signal>, UnknownEvent> {
    Ok(match Event::try_from(event)? {
        Event::Topic(published) => published.iter().flat_map(|one| of_topic(one, names, now)).collect(),
        Event::Bus(bus) => of_bus(&bus, names, now),
        Event::Tick | Event::Watch | Event::Orders(_) => Vec::new(),
    })
}

/// Nothing of it is shown, since nobody knows who wrote it.
fn malformed(at: Timestamp) -> Signal {
    Signal::new(Alert::Malformed, Change::Fires, at)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
