//! Accounts that a service does not honour any more, as its signed webhook said (SPEC W13, W19, W21): what we hold of them
//! is forgotten. Whose they are is found here; an account that nobody linked is none of ours.

use jiff::Timestamp;
use shared::domain::accounts::{Provider, Subject};
use shared::linking::NotUnlinked;
use shared::messages::AccountsRevoked;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::channel;
use crate::job::JobError;
use crate::report::Report;

/// Forgets all of them; if some could not be, the invocation comes again, and finds the others gone.
pub(crate) async fn run(
    app: &App,
    message: &AccountsRevoked,
    log: &Telemetry,
    now: Timestamp,
) -> Result<(), JobError> {
    let mut done = Ok(());
    for subject in message.subjects() {
        if let Err(error) = Box::pin(forget(app, message.provider(), subject, log, now)).await {
            done = Err(error);
        }
    }
    done
}

async fn forget(
    app: &App,
    provider: Provider,
    subject: &Subject,
    log: &Telemetry,
    now: Timestamp,
) -> Result<(), JobError> {
    let Some(user) = app.linker.links.owner(provider, subject).await? else { return Ok(()) };
    if provider == Provider::Twitch {
        channel::forget(app, user, log).await;
    }
    // The service has just told us: whether it can be told is of no matter.
    match app.linker.unlink(user, provider, true).await {
        Ok(()) => {
            app.keeper.forget(user, provider);
            Report::new(log.clone()).unlinked(user, provider, now);
            Ok(())
        }
        Err(NotUnlinked::NotLinked | NotUnlinked::NotRevoked { .. }) => {
            app.keeper.forget(user, provider);
            Ok(())
        }
        Err(NotUnlinked::Unavailable { code }) => Err(JobError::Unavailable { code }),
    }
}
