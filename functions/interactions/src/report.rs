//! What a refusal leaves in the log and in the metrics (SPEC T15, T16, T21, T24, W35). One place, so that each refusal
//! is told once.

use jiff::Timestamp;
use shared::domain::access::Ban;
use shared::http_event::HttpEvent;
use shared::ids::GuildId;
use shared::security::access::Denied;
use shared::security::event::{Platform, SecurityEvent};
use shared::security::permissions::Permission;
use shared::security::rate_limit::LimitScope;
use shared::security::signature::Refusal;
use shared::security::support_id::SupportId;
use shared::store::StoreError;
use shared::telemetry::{AuthFailure, Metric, StoreOperation, Telemetry, VoiceCall};

use crate::caller::Caller;

/// The log of one request, with who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    log: Telemetry,
}

impl Report {
    pub(crate) const fn new(log: Telemetry) -> Self {
        Self { log }
    }

    /// Somebody at the door could not prove to be Discord.
    pub(crate) fn refused_at_the_door(&self, refusal: Refusal, event: Option<&HttpEvent>, now: Timestamp) {
        let reason = AuthFailure::from(refusal);
        let told = SecurityEvent::authentication_attempt(Platform::Discord, false, now)
            .extra("reason", reason.as_str());
        let address = event.and_then(HttpEvent::source_ip).and_then(|ip| ip.parse().ok());
        let told = match address {
            Some(address) => told.ip(self.log.pseudonyms().ip(address)),
            None => told,
        };
        self.log.security(&told);
        self.log.count(Metric::AuthFailures { platform: Platform::Discord, reason });
    }

    /// A guild that may not, tried.
    pub(crate) fn denied(&self, caller: &Caller, command: &'static str, denied: Denied, now: Timestamp) {
        let event = SecurityEvent::unauthorized_access(command, true, now).extra("reason", denied.as_str());
        self.log.security(&self.who(event, caller));
        self.log.count(Metric::UnauthorizedAccess);
    }

    /// A guild has just been banned; there is one such event for each ban.
    pub(crate) fn banned(&self, guild: GuildId, now: Timestamp) {
        let seconds = u32::try_from(Ban::LENGTH.as_secs()).unwrap_or(u32::MAX);
        self.log
            .security(&SecurityEvent::guild_banned(seconds, now).guild(self.log.pseudonyms().guild(guild)));
        self.log.count(Metric::GuildBanned);
    }

    /// A limit refused somebody.
    pub(crate) fn limited(
        &self,
        caller: &Caller,
        command: &'static str,
        limit: (LimitScope, Timestamp),
        now: Timestamp,
    ) {
        let (scope, retry_at) = limit;
        let wait = u32::try_from(retry_at.duration_since(now).as_secs().max(0)).unwrap_or(u32::MAX);
        self.log.security(&self.who(SecurityEvent::rate_limited(command, wait, now), caller));
        self.log.count(Metric::RateLimited { scope });
    }

    /// A caller lacked a permission.
    pub(crate) fn not_permitted(
        &self,
        caller: &Caller,
        command: &'static str,
        needs: Permission,
        now: Timestamp,
    ) {
        let (resource, action) = needs.parts();
        let event = SecurityEvent::authorization_denied(command, resource, now).extra("right", action);
        self.log.security(&self.who(event, caller));
        self.log.count(Metric::AuthorizationDenied);
    }

    /// A table did not answer.
    pub(crate) fn store_failed(&self, operation: StoreOperation, error: &StoreError) {
        self.log.store_failed(operation, error);
    }

    /// The voice worker could not be told, or not be asked for. `code` is the service's.
    pub(crate) fn voice_failed(&self, call: VoiceCall, code: &str) {
        self.log.voice_failed(call, code);
    }

    /// Something else did not answer. `code` is the service's.
    pub(crate) fn fault(&self, what: &'static str, code: &str) {
        self.log.fault(what, code);
    }

    /// The answer was due before everything was done.
    pub(crate) fn out_of_time(&self) {
        self.log.fault("interaction", "out_of_time");
    }

    /// The person was told this id; whoever they quote it to finds this line and, by its correlation id, the rest.
    pub(crate) fn support(&self, support: SupportId) {
        self.log.note("support", &[("support_id", support.into())]);
    }

    /// The log itself.
    pub(crate) const fn log(&self) -> &Telemetry {
        &self.log
    }

    fn who(&self, event: SecurityEvent, caller: &Caller) -> SecurityEvent {
        let event = event.user(self.log.pseudonyms().user(caller.user()));
        match caller.guild() {
            Some(guild) => event.guild(self.log.pseudonyms().guild(guild)),
            None => event,
        }
    }
}
