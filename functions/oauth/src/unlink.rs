//! `/unlink`: the service is told, then its tokens and the link are forgotten (SPEC W13).

use jiff::Timestamp;
use shared::discord::words::Message;
use shared::domain::accounts::Provider;
use shared::ids::UserId;
use shared::linking::NotUnlinked;
use shared::providers::spec::spec;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::channel;
use crate::job::{JobError, Said};
use crate::report::Report;

/// The operator has taken our client away from there: nobody is left who could tell the service, and its tokens are worth
/// nothing to us.
const NO_CLIENT: &str = "client";

/// Unlinks an account. That nothing was linked any more is what a second delivery finds.
pub(crate) async fn run(
    app: &App,
    user: UserId,
    provider: Provider,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Said, JobError> {
    if provider == Provider::Twitch {
        channel::forget(app, user, log).await;
    }
    let mut unlinked = app.linker.unlink(user, provider, false).await;
    if unlinked == Err(NotUnlinked::NotRevoked { code: NO_CLIENT }) {
        unlinked = app.linker.unlink(user, provider, true).await;
    }
    app.keeper.forget(user, provider);
    match unlinked {
        Ok(()) | Err(NotUnlinked::NotLinked) => {
            Report::new(log.clone()).unlinked(user, provider, now);
            let can_be_told = spec(provider).revoke.is_some();
            let message = if can_be_told {
                Message::Unlinked { provider }
            } else {
                Message::UnlinkedQuietly { provider }
            };
            Ok(Said::good(message))
        }
        Err(NotUnlinked::NotRevoked { code }) => {
            log.fault("oauth_revoke", code);
            Ok(Said::refusal(Message::UnlinkLater { provider }))
        }
        Err(NotUnlinked::Unavailable { code }) => Err(JobError::Unavailable { code }),
    }
}
