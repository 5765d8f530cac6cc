//! A change by an administrator, with its audit row in the same transaction (SPEC T36).

use shared::ids::GuildId;
use shared::security::audit::AuditEvent;
use shared::security::event::{Outcome, SecurityEvent};
use shared::store::Change;
use shared::store::audit::{AppendError, CarryOutError};

use crate::refused::Refused;
use crate::visit::Visit;

/// What is done, to what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    /// The guild that it concerns; `None` is the deployment itself, whose chain is the operators'.
    pub(super) guild: Option<GuildId>,
}

/// Plans, writes the plan together with its audit row, and plans again when it lost a race.
pub(super) async fn carry_out<P, F>(visit: &Visit<'_>, deed: Deed, plan: impl Fn() -> F) -> Result<P, Refused>
where
    F: Future<Output = Result<(Change, P), Refused>>,
{
    let event = event(visit, deed)?;
    let app = visit.app;
    match app.audit.carry_out(tenant(deed.guild), &event, app.rng, plan).await {
        Ok(planned) => {
            tell(visit, deed, &event);
            Ok(planned)
        }
        Err(CarryOutError::Plan(refused)) => Err(refused),
        Err(CarryOutError::Contended) => Err(Refused::Busy),
        Err(CarryOutError::Store(error)) => visit.wrote(Err(error)),
    }
}

/// Writes the row of something that is only looked at, or that somebody else is then told to do.
pub(super) async fn note(visit: &Visit<'_>, deed: Deed, event: AuditEvent) -> Result<(), Refused> {
    match visit.app.audit.append(&tenant(deed.guild), event.clone(), visit.app.rng).await {
        Ok(_) => {
            tell(visit, deed, &event);
            Ok(())
        }
        Err(AppendError::Store(error)) => visit.wrote(Err(error)),
        Err(AppendError::Refused { .. }) => Err(Refused::Busy),
    }
}

/// The chain's name: a guild's id, or the operators' own.
pub(super) fn tenant(guild: Option<GuildId>) -> String {
    guild.map_or_else(|| "operators".to_owned(), |guild| guild.to_string())
}

/// Without the log key nobody could tell later who it was: then nothing is done.
pub(super) fn event(visit: &Visit<'_>, deed: Deed) -> Result<AuditEvent, Refused> {
    let names = visit.report.log().pseudonyms();
    if !names.is_available() {
        return Err(Refused::Unavailable);
    }
    let random = visit.app.rng.bytes().map_err(|_| Refused::Unavailable)?;
    let admin = names.admin(visit.caller.user());
    let event = AuditEvent::new(admin, deed.action, deed.resource, "slash_command", visit.now, random);
    Ok(match deed.guild {
        Some(guild) => event.resource_id(names.guild(guild)),
        None => event,
    })
}

/// The row is the truth; the log has a copy, and the security event (SPEC W35).
pub(super) fn tell(visit: &Visit<'_>, deed: Deed, event: &AuditEvent) {
    let log = visit.report.log();
    let names = log.pseudonyms();
    let told = SecurityEvent::administrative_action(deed.action, Outcome::Success, visit.now)
        .user(names.user(visit.caller.user()));
    if let Some(guild) = deed.guild {
        log.audit(Some(&names.guild(guild)), event);
        log.security(&told.guild(names.guild(guild)));
    } else {
        log.audit(None, event);
        log.security(&told);
    }
}
