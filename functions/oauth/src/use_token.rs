//! Calls to services in a user's name, for others (SPEC W13): they get what was asked for, and never a token.

use shared::ids::UserId;
use shared::messages::{Call, Used};
use shared::providers::client::NotShown;
use shared::telemetry::Telemetry;
use shared::vault::AccessError;

use crate::app::App;
use crate::channel;

/// Does it.
pub(crate) async fn run(app: &App, user: UserId, call: &Call, log: &Telemetry) -> Used {
    let address = match call {
        Call::Playlist { address } => address,
        Call::HearChannel => return channel::hear(app, user, log).await,
        Call::LeaveChannel { broadcaster } => return channel::leave(app, broadcaster, log).await,
    };
    let provider = address.provider();
    let access = match app.keeper.access(user, provider).await {
        Ok(access) => access,
        Err(AccessError::NotLinked | AccessError::NeedsReauth) => return Used::NotLinked,
        Err(AccessError::Later { code, .. }) => {
            log.fault("use_token", &code);
            return Used::Later;
        }
    };
    match app.linker.providers.playlist(address, &access).await {
        Ok(found) => Used::Playlist { title: found.title, tracks: found.tracks, more: found.more },
        Err(NotShown::NotFound) => Used::NotFound,
        Err(NotShown::Unauthorized) => {
            // It may have been taken back over there; the next one asks the service for a new one, which says so.
            app.keeper.forget(user, provider);
            Used::NotLinked
        }
        Err(NotShown::Later { code }) => {
            log.fault("use_token", code);
            Used::Later
        }
    }
}
