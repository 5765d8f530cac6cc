//! "Do something about an incident, or about how far the bot is contained."

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BadMessage, Version};
use crate::domain::incident::{Alert, IncidentId, Label, Notice};

/// An order on the queue `-control`, which security-alarms alone reads (SPEC T27, T33). Only functions and tools that have
/// made sure who orders may send there; who it was is a pseudonym, and the audit trail has the same one. Each may come
/// twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    at: Timestamp,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "control")]
    Control,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Something of ours has happened that an alarm cannot see (SPEC T16): it fires.
    Raise {
        /// Which alert.
        alert: Alert,
        /// About what.
        label: Option<Label>,
    },
    /// Somebody takes an incident.
    Acknowledge {
        /// Which.
        incident: IncidentId,
        /// The pseudonym of who.
        by: String,
    },
    /// Somebody closes an incident.
    Resolve {
        /// Which.
        incident: IncidentId,
        /// The pseudonym of who.
        by: String,
    },
    /// Somebody has reviewed an incident that is over.
    Review {
        /// Which.
        incident: IncidentId,
        /// The pseudonym of who.
        by: String,
    },
    /// Somebody does not want to hear of an incident for so long.
    Silence {
        /// Which.
        incident: IncidentId,
        /// Seconds, 60 to 86,400.
        for_s: u32,
        /// The pseudonym of who.
        by: String,
    },
    /// The flag has moved: what is contained has to follow it. The flag is the truth, so this is a doorbell.
    Contain {
        /// The incident that it was raised for, if it was.
        incident: Option<IncidentId>,
    },
    /// An incident's notice may be due now. A doorbell.
    Flush {
        /// Which.
        incident: IncidentId,
    },
    /// A channel has still to hear a notice.
    Deliver {
        /// Which channel.
        channel: Label,
        /// What.
        notice: Box<Notice>,
        /// Which try this is, from 1.
        attempt: u32,
    },
    /// Somebody wants to know whether a channel works.
    Test {
        /// Which channel.
        channel: Label,
    },
}

impl Control {
    /// The value of `type`.
    pub const TYPE: &str = "control";

    /// An order, given now.
    pub const fn new(order: Order, at: Timestamp) -> Self {
        Self { kind: Kind::Control, version: Version, at, order }
    }

    /// When it was given.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// What is to be done.
    pub const fn order(&self) -> &Order {
        &self.order
    }

    /// Reads a message's body.
    pub fn parse(body: &str) -> Result<Self, BadMessage> {
        serde_json::from_str(body).map_err(|_| BadMessage)
    }

    /// The message's body.
    pub fn to_body(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
