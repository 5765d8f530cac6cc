//! What a request leaves in the log and in the metrics (SPEC T21, T24, W35). One place, so that each is told once.

use jiff::Timestamp;
use shared::http_event::HttpEvent;
use shared::ids::GuildId;
use shared::security::access::Denied;
use shared::security::event::{Outcome, Platform, SecurityEvent};
use shared::security::permissions::Permission;
use shared::security::pseudonym::{Pseudonym, Pseudonyms};
use shared::security::rate_limit::LimitScope;
use shared::store::StoreError;
use shared::telemetry::{AuthFailure, Metric, StoreOperation, Telemetry};

use crate::caller::Caller;
use crate::routes::Route;

/// The log of one request, with where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    log: Telemetry,
    address: Option<Pseudonym>,
    user_agent: Option<String>,
}

impl Report {
    pub(crate) fn new(log: Telemetry, request: &HttpEvent) -> Self {
        let address = request.source_ip().and_then(|ip| ip.parse().ok()).map(|ip| log.pseudonyms().ip(ip));
        let user_agent = request.header_joined("user-agent").map(str::to_owned);
        Self { log, address, user_agent }
    }

    /// Turns ids into what may be logged.
    pub(crate) const fn names(&self) -> &Pseudonyms {
        self.log.pseudonyms()
    }

    /// Whoever asks, as far as is known.
    pub(crate) const fn address(&self) -> Option<&Pseudonym> {
        self.address.as_ref()
    }

    /// The log itself.
    pub(crate) const fn log(&self) -> &Telemetry {
        &self.log
    }

    /// Somebody could not prove who they are.
    pub(crate) fn not_believed(&self, reason: AuthFailure, detail: &'static str, now: Timestamp) {
        let event = SecurityEvent::authentication_attempt(Platform::Api, false, now);
        self.security(event.extra("reason", reason.as_str()).extra("detail", detail));
        self.log.count(Metric::AuthFailures { platform: Platform::Api, reason });
    }

    /// A person signed in.
    pub(crate) fn signed_in(&self, user: Pseudonym, now: Timestamp) {
        self.security(SecurityEvent::authentication_attempt(Platform::Api, true, now).user(user));
    }

    /// A spent refresh token came again: its sign-in is over.
    pub(crate) fn reused(&self, user: Pseudonym, now: Timestamp) {
        let event = SecurityEvent::authentication_attempt(Platform::Api, false, now).user(user);
        self.security(event.extra("reason", "refresh_token_reused"));
        self.log.count(Metric::AuthFailures { platform: Platform::Api, reason: AuthFailure::Replayed });
    }

    /// A key is used.
    pub(crate) fn key_used(&self, route: &Route, caller: &Caller, now: Timestamp) {
        if let Caller::Key(key) = caller {
            let event = SecurityEvent::api_key_use(route.id.name(), Outcome::Success, now);
            let event = event.user(self.names().user(caller.user()));
            self.security(event.extra("key", self.names().secret_id(&key.id)));
        }
    }

    /// A credential was made, changed or ended.
    pub(crate) fn credential(
        &self,
        action: &'static str,
        what: &'static str,
        user: Pseudonym,
        now: Timestamp,
    ) {
        self.security(SecurityEvent::credential_change(action, what, now).user(user));
    }

    /// A caller lacked a permission.
    pub(crate) fn not_permitted(&self, route: &Route, caller: &Caller, needs: Permission, now: Timestamp) {
        let (resource, action) = needs.parts();
        let event =
            SecurityEvent::authorization_denied(route.id.name(), resource, now).extra("right", action);
        self.security(event.user(self.names().user(caller.user())));
        self.log.count(Metric::AuthorizationDenied);
    }

    /// A caller may not do this, for another reason than a permission.
    pub(crate) fn refused(&self, route: &Route, caller: &Caller, reason: &'static str, now: Timestamp) {
        let event = SecurityEvent::authorization_denied(route.id.name(), reason, now);
        self.security(event.user(self.names().user(caller.user())));
        self.log.count(Metric::AuthorizationDenied);
    }

    /// A community that is not let in was tried.
    pub(crate) fn denied(&self, route: &Route, guild: GuildId, denied: Denied, now: Timestamp) {
        let event = SecurityEvent::unauthorized_access(route.id.name(), true, now);
        let event = event.guild(self.names().guild(guild)).extra("reason", denied.as_str());
        self.security(event);
        self.log.count(Metric::UnauthorizedAccess);
    }

    /// A limit refused somebody.
    pub(crate) fn limited(&self, what: &'static str, wait_s: i64, scope: LimitScope, now: Timestamp) {
        let wait = u32::try_from(wait_s).unwrap_or(u32::MAX);
        self.security(SecurityEvent::rate_limited(what, wait, now));
        self.log.count(Metric::RateLimited { scope });
    }

    /// An event with where it came from.
    pub(crate) fn security(&self, event: SecurityEvent) {
        let event = match &self.address {
            Some(address) => event.ip(address.clone()),
            None => event,
        };
        let event = match &self.user_agent {
            Some(agent) => event.user_agent(agent),
            None => event,
        };
        self.log.security(&event);
    }

    /// A table did not answer.
    pub(crate) fn store_failed(&self, operation: StoreOperation, error: &StoreError) {
        self.log.store_failed(operation, error);
    }

    /// Something else did not. `code` is the service's.
    pub(crate) fn fault(&self, what: &'static str, code: &str) {
        self.log.fault(what, code);
    }
}
