//! The limiter's part of the gate (SPEC W22 to W24, W26): which windows a visitor has to pass, and what happens when
//! the windows cannot be asked (SPEC W1): music falls back to a small cap of this process, all else is refused.
//!
//! The caller's own windows are in the first wave. The guild's is asked after they have let the caller on: otherwise
//! one person, refused again and again, would use up the share of everybody else.

use shared::security::rate_limit::{CommandChecks, Decision, Limit, OnFailure, Subject, Tier};
use shared::store::StoreError;
use shared::telemetry::{LimitScope, StoreOperation};

use crate::App;
use crate::gate::Visitor;
use crate::refused::Refused;

/// The limiter's answer; the scope says which window it is.
pub(crate) type Verdict = (LimitScope, Decision);

/// Asks the visitor's own windows at once.
pub(crate) async fn ask(visitor: &Visitor<'_>, app: &App) -> Result<Verdict, StoreError> {
    if visitor.is_autocomplete() {
        let subject = Subject::autocomplete(visitor.caller.tenant(), visitor.caller.user());
        let decision = app.limits.check(&subject, Limit::AUTOCOMPLETE, visitor.now).await?;
        return Ok((LimitScope::Autocomplete, decision));
    }
    let checks = checks(visitor, app);
    let [all, one] =
        checks.caller.each_ref().map(|check| app.limits.check(&check.subject, check.limit, visitor.now));
    let (all, one) = tokio::join!(all, one);
    let (all, one) = (all?, one?);
    Ok(if all.is_allowed() { (LimitScope::Command, one) } else { (LimitScope::User, all) })
}

/// Lets the visitor on, or says until when not.
pub(crate) async fn judge(
    visitor: &Visitor<'_>,
    app: &App,
    asked: Result<Verdict, StoreError>,
) -> Result<(), Refused> {
    decide(visitor, app, asked)?;
    if visitor.is_autocomplete() {
        return Ok(());
    }
    let of_guild = app.limits.check_guild(&checks(visitor, app), visitor.now).await;
    decide(visitor, app, of_guild.map(|decision| (LimitScope::Guild, decision)))
}

fn decide(visitor: &Visitor<'_>, app: &App, asked: Result<Verdict, StoreError>) -> Result<(), Refused> {
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

fn checks(visitor: &Visitor<'_>, app: &App) -> CommandChecks {
    let (tenant, user) = (visitor.caller.tenant(), visitor.caller.user());
    let tier = Tier::of(premium(visitor, app), visitor.caller.is_operator());
    CommandChecks::new(tenant, user, tier, visitor.route.command, visitor.route.limits)
}

/// From our own rows as last read, never from the payload; a process that has not read them yet takes the lower tier.
fn premium(visitor: &Visitor<'_>, app: &App) -> bool {
    let view = visitor.caller.guild().and_then(|guild| app.standings.guild(guild, visitor.now));
    view.and_then(|view| view.access).is_some_and(|access| access.premium())
}
