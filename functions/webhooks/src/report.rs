//! What webhooks leave in the log and in the metrics (SPEC T21, T24, W35): a source, an outcome, an address's pseudonym.

use jiff::Timestamp;
use shared::security::event::{Platform, SecurityEvent};
use shared::security::pseudonym::Pseudonym;
use shared::security::rate_limit::LimitScope;
use shared::security::webhook::{Refusal, WebhookSource};
use shared::store::StoreError;
use shared::telemetry::{AuthFailure, Metric, StoreOperation, Telemetry, WebhookOutcome};

/// The log of one request or one message.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    log: Telemetry,
    platform: Platform,
    address: Option<Pseudonym>,
}

impl Report {
    /// About this source.
    pub(crate) const fn new(log: Telemetry, source: WebhookSource) -> Self {
        Self { log, platform: platform(source), address: None }
    }

    /// The same, with who sent it.
    pub(crate) fn sent_by(self, address: Option<Pseudonym>) -> Self {
        Self { address, ..self }
    }

    /// What became of it.
    pub(crate) fn ended(&self, outcome: WebhookOutcome) {
        self.log.count(Metric::Webhooks { platform: self.platform, outcome });
    }

    /// A sender could not prove who it is.
    pub(crate) fn refused(&self, refusal: Refusal, now: Timestamp) {
        let (platform, reason) = (self.platform, AuthFailure::from(refusal));
        let event = SecurityEvent::authentication_attempt(platform, false, now);
        self.log.security(&self.with_address(event.extra("reason", reason.as_str())));
        self.log.count(Metric::AuthFailures { platform, reason });
    }

    /// We have no usable secret: an operator has to see to it.
    pub(crate) fn unconfigured(&self) {
        self.log.fault("webhook_secret", "unconfigured");
        self.log.count(Metric::WebhookUnconfigured { platform: self.platform });
    }

    /// An address sends more than any service does.
    pub(crate) fn limited(&self, now: Timestamp) {
        self.log.security(&self.with_address(SecurityEvent::rate_limited("webhooks", 60, now)));
        self.log.count(Metric::RateLimited { scope: LimitScope::Address });
    }

    /// A table did not answer.
    pub(crate) fn store_failed(&self, operation: StoreOperation, error: &StoreError) {
        self.log.store_failed(operation, error);
    }

    /// Something else did not.
    pub(crate) fn fault(&self, what: &'static str, code: &str) {
        self.log.fault(what, code);
    }

    /// Somebody's data is to be erased, since they took our application away.
    pub(crate) fn deauthorized(&self, now: Timestamp) {
        self.log.security(&self.with_address(SecurityEvent::credential_change(
            "deauthorize",
            "discord",
            now,
        )));
    }

    fn with_address(&self, event: SecurityEvent) -> SecurityEvent {
        match &self.address {
            Some(address) => event.ip(address.clone()),
            None => event,
        }
    }
}

/// A source's name in events and dimensions.
pub(crate) const fn platform(source: WebhookSource) -> Platform {
    match source {
        WebhookSource::Discord => Platform::Discord,
        WebhookSource::Generic => Platform::Generic,
        WebhookSource::GitHub => Platform::Github,
        WebhookSource::Slack => Platform::Slack,
        WebhookSource::Twitch => Platform::Twitch,
        WebhookSource::YouTube => Platform::Youtube,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_is_told_by_its_own_name() {
        for source in WebhookSource::ALL {
            assert_eq!(platform(source).as_str(), source.code());
        }
    }
}
