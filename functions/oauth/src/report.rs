//! What linking leaves in the log and in the metrics (SPEC T21, T24, W35): a pseudonym, a service, an outcome.

use jiff::Timestamp;
use shared::domain::accounts::Provider;
use shared::ids::UserId;
use shared::linking::NotLinked;
use shared::security::event::{Platform, SecurityEvent};
use shared::security::oauth::callback::Refusal;
use shared::security::pseudonym::Pseudonym;
use shared::security::rate_limit::LimitScope;
use shared::store::StoreError;
use shared::telemetry::{AuthFailure, Metric, StoreOperation, Telemetry};

/// The log of one request.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    log: Telemetry,
}

impl Report {
    pub(crate) const fn new(log: Telemetry) -> Self {
        Self { log }
    }

    /// An account is linked.
    pub(crate) fn linked(
        &self,
        user: UserId,
        provider: Provider,
        address: Option<&Pseudonym>,
        now: Timestamp,
    ) {
        let event = SecurityEvent::credential_change("link", provider.code(), now);
        let event = from(event.user(self.log.pseudonyms().user(user)), address);
        self.log.security(&event);
    }

    /// Somebody has signed in for the API.
    pub(crate) fn signed_in(&self, user: UserId, address: Option<&Pseudonym>, now: Timestamp) {
        let event = SecurityEvent::authentication_attempt(Platform::Discord, true, now);
        self.log.security(&from(event.user(self.log.pseudonyms().user(user)), address));
    }

    /// An account is unlinked.
    pub(crate) fn unlinked(&self, user: UserId, provider: Provider, now: Timestamp) {
        let event = SecurityEvent::credential_change("unlink", provider.code(), now);
        self.log.security(&event.user(self.log.pseudonyms().user(user)));
    }

    /// A callback was not believed, or not honoured. Somebody's no, or a service that is away, is nobody's attempt.
    pub(crate) fn refused(
        &self,
        provider: Provider,
        error: &NotLinked,
        address: Option<&Pseudonym>,
        now: Timestamp,
    ) {
        if let NotLinked::Unavailable { code } = error {
            self.log.fault("oauth_callback", code);
        }
        let Some(reason) = reason(error) else { return };
        let platform = platform(provider);
        let event = SecurityEvent::authentication_attempt(platform, false, now);
        self.log.security(&from(event.extra("reason", reason.as_str()), address));
        self.log.count(Metric::AuthFailures { platform, reason });
    }

    /// An address sends more than anybody's browser does.
    pub(crate) fn limited(&self, address: Option<&Pseudonym>, now: Timestamp) {
        self.log.security(&from(SecurityEvent::rate_limited("oauth", 60, now), address));
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
}

fn from(event: SecurityEvent, address: Option<&Pseudonym>) -> SecurityEvent {
    match address {
        Some(address) => event.ip(address.clone()),
        None => event,
    }
}

const fn reason(error: &NotLinked) -> Option<AuthFailure> {
    match error {
        NotLinked::Unknown => Some(AuthFailure::Replayed),
        NotLinked::Refused(Refusal::Expired) => Some(AuthFailure::Stale),
        NotLinked::Refused(Refusal::OtherBrowser) => Some(AuthFailure::OtherBrowser),
        NotLinked::Refused(Refusal::MixUp) => Some(AuthFailure::MixUp),
        NotLinked::NotHonoured => Some(AuthFailure::NotHonoured),
        NotLinked::Refused(Refusal::Denied | Refusal::Failed | Refusal::Incomplete)
        | NotLinked::TooLittle
        | NotLinked::Taken
        | NotLinked::Erased
        | NotLinked::Unavailable { .. } => None,
    }
}

const fn platform(provider: Provider) -> Platform {
    match provider {
        Provider::Discord => Platform::Discord,
        Provider::Slack => Platform::Slack,
        Provider::Spotify => Platform::Spotify,
        Provider::Twitch => Platform::Twitch,
        Provider::YouTube => Platform::Youtube,
    }
}
