//! The limiter's part of the gate (SPEC W22 to W24, W26): which windows a visitor has to pass, and what happens when
//! the windows cannot be asked (SPEC W1): music falls back to a small cap of this process, all else is refused.

use shared::security::rate_limit::{
    Check, Decision, Limit, LimitScope, OnFailure, Subject, Tier, command_checks,
};
use shared::store::StoreError;
use shared::telemetry::StoreOperation;

use crate::App;
use crate::gate::Visitor;
use crate::refused::Refused;

/// The limiter's answer; the scope says which window it is.
pub(crate) type Verdict = (LimitScope, Decision);

/// Asks the visitor's windows and the guild's at once.
pub(crate) async fn ask(visitor: &Visitor<'_>, app: &App) -> Result<Verdict, StoreError> {
    if visitor.is_autocomplete() {
        let subject = Subject::autocomplete(visitor.caller.tenant(), visitor.caller.user());
        let decision = app.limits.check(&subject, Limit::AUTOCOMPLETE, visitor.now).await?;
        return Ok((LimitScope::Autocomplete, decision));
    }
    app.limits.check_all(&checks(visitor, app), visitor.now).await
}

/// Lets the visitor on, or says until when not.
pub(crate) fn judge(
    visitor: &Visitor<'_>,
    app: &App,
    asked: Result<Verdict, StoreError>,
) -> Result<(), Refused> {
    let (scope, decision) = match asked {
        Ok(verdict) => verdict,
        Err(error) if visitor.route.limits.on_failure == OnFailure::LocalCap => {
            visitor.report.store_failed(StoreOperation::Guard, &error);
            let subject = Subject::user(visitor.caller.tenant(), visitor.caller.user());
            (LimitScope::User, app.local_cap.check(&subject, visitor.now))
        }
        Err(error) => return Err(visitor.guard_failed(&error)),
    };
    match decision {
        Decision::Allowed { .. } => Ok(()),
        Decision::Refused { retry_at } => {
            let command = visitor.route.command;
            visitor.report.limited(&visitor.caller, command, (scope, retry_at), visitor.now);
            Err(Refused::Limited { scope, retry_at })
        }
    }
}

fn checks(visitor: &Visitor<'_>, app: &App) -> [Check; 3] {
    let (tenant, user) = (visitor.caller.tenant(), visitor.caller.user());
    let tier = Tier::of(premium(visitor, app), visitor.caller.is_operator());
    command_checks(tenant, user, tier, visitor.route.command, visitor.route.limits)
}

/// From our own rows as last read, never from the payload; a process that has not read them yet takes the lower tier.
fn premium(visitor: &Visitor<'_>, app: &App) -> bool {
    let view = visitor.caller.guild().and_then(|guild| app.standings.guild(guild, visitor.now));
    view.and_then(|view| view.access).is_some_and(|access| access.premium())
}
