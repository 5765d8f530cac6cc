//! What leaves through the log: JSON events and EMF metrics, without anything personal in the clear.
//!
//! One line an event, one write a line. Nothing here takes a message text: errors are told by code, ids by
//! pseudonym (SPEC T21, T22), counters by an enum whose dimensions cannot hold a guild (SPEC T24).

mod code;
mod emf;
mod metric;
mod sink;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

pub use code::{Code, CorrelationId};
pub use metric::{
    AuthFailure, CheckpointOutcome, DeadlineOutcome, Metric, NAMESPACE, QueueLimit, StoreOperation,
    VoiceCall, WebhookOutcome,
};
pub use sink::{Captured, Sink};

use crate::clock::Clock;
use crate::security::audit::AuditEvent;
use crate::security::event::SecurityEvent;
use crate::security::fact::Fact;
use crate::security::pseudonym::{Pseudonym, Pseudonyms};
use crate::security::suspicion::Tally;

/// Writes a function's log. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Telemetry {
    sink: Sink,
    function: &'static str,
    clock: Clock,
    pseudonyms: Pseudonyms,
    correlation: CorrelationId,
    /// Of all requests of the process.
    suspicion: Arc<Tally>,
}

/// What stands in front of every line that is not a metric.
#[derive(Serialize)]
struct Line<'a, T> {
    log: &'static str,
    level: &'static str,
    function: &'static str,
    correlation_id: &'a CorrelationId,
    #[serde(flatten)]
    body: T,
}

/// The name of the chain that belongs to no guild.
const OPERATORS: &str = "operators";

#[derive(Serialize)]
struct Fault {
    timestamp: Timestamp,
    #[serde(rename = "fault")]
    what: &'static str,
    code: Code,
}

#[derive(Serialize)]
struct Note<'a> {
    timestamp: Timestamp,
    #[serde(rename = "note")]
    what: &'static str,
    facts: std::collections::BTreeMap<&'static str, &'a Fact>,
}

#[derive(Serialize)]
struct Audit<'a> {
    tenant: &'a str,
    #[serde(flatten)]
    event: &'a AuditEvent,
}

impl Telemetry {
    /// For `function`, into `sink`; without a key for pseudonyms and without a correlation id.
    pub fn new(sink: Sink, function: &'static str, clock: Clock) -> Self {
        let (pseudonyms, correlation) = (Pseudonyms::unavailable(), CorrelationId::none());
        Self { sink, function, clock, pseudonyms, correlation, suspicion: Arc::default() }
    }

    /// With a key.
    #[must_use]
    pub fn with_pseudonyms(self, pseudonyms: Pseudonyms) -> Self {
        Self { pseudonyms, ..self }
    }

    /// For one request, named by the platform's request id (a UUID; a snowflake is refused and becomes `none`).
    #[must_use]
    pub fn with_correlation(&self, request_id: &str) -> Self {
        Self { correlation: CorrelationId::new(request_id), ..self.clone() }
    }

    /// Turns ids into what may be logged.
    pub const fn pseudonyms(&self) -> &Pseudonyms {
        &self.pseudonyms
    }

    /// Writes a security event (SPEC W35).
    pub fn security(&self, event: &SecurityEvent) {
        self.line("security", "WARN", event);
    }

    /// Writes an audit event of a guild's chain, or of the operators' own; the row in the table is the truth, the line is its copy (SPEC T36).
    pub fn audit(&self, tenant: Option<&Pseudonym>, event: &AuditEvent) {
        let tenant = tenant.map_or(OPERATORS, Pseudonym::as_str);
        self.line("audit", "INFO", Audit { tenant, event });
    }

    /// What was counted that is odd, in this process.
    pub fn suspicion(&self) -> &Tally {
        &self.suspicion
    }

    /// Counts `value` of `metric` (SPEC T24).
    pub fn metric(&self, metric: Metric, value: u32) {
        self.suspicion.add(metric, value);
        self.write(&emf::document(metric, value, self.function, self.clock.now()));
    }

    /// Counts one.
    pub fn count(&self, metric: Metric) {
        self.metric(metric, 1);
    }

    /// Something failed: `what` in our words, `code` as the outside gave it; a code that could hold an id or a
    /// text is not written (see [`Code`]).
    pub fn fault(&self, what: &'static str, code: &str) {
        self.line("fault", "ERROR", Fault { timestamp: self.clock.now(), what, code: Code::new(code) });
    }

    /// A table failed: a fault with its code, and a count.
    #[cfg(feature = "store")]
    pub fn store_failed(&self, operation: StoreOperation, error: &crate::store::StoreError) {
        self.fault(error.operation(), error.code());
        self.count(Metric::StoreFailures { operation });
    }

    /// The voice worker could not be told, or not be asked for. `code` is the service's.
    pub fn voice_failed(&self, call: VoiceCall, code: &str) {
        self.fault(call.as_str(), code);
        self.count(Metric::VoiceFailures { call });
    }

    /// Something happened that an operator may look for.
    pub fn note(&self, what: &'static str, facts: &[(&'static str, Fact)]) {
        let facts = facts.iter().map(|(name, fact)| (*name, fact)).collect();
        self.line("note", "INFO", Note { timestamp: self.clock.now(), what, facts });
    }

    fn line<T: Serialize>(&self, log: &'static str, level: &'static str, body: T) {
        let (function, correlation_id) = (self.function, &self.correlation);
        self.write(&Line { log, level, function, correlation_id, body });
    }

    fn write<T: Serialize>(&self, line: &T) {
        let mut bytes = serde_json::to_vec(line).unwrap_or_else(|_| UNWRITABLE.to_vec());
        bytes.push(b'\n');
        self.sink.write(&bytes);
    }
}

/// Our lines have string keys and finite numbers only, so this is never written; a panic would be worse.
const UNWRITABLE: &[u8] = br#"{"log":"fault","level":"ERROR","fault":"telemetry","code":"unwritable"}"#;

#[cfg(test)]
mod tests;
