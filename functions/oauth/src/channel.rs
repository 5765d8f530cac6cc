//! What viewers do in a member's Twitch channel reaches us, or does not any more (SPEC P11): Twitch's subscriptions, made
//! with a token of our own, and the row that says which guild hears the channel.

use jiff::Timestamp;
use shared::discord::words::Message;
use shared::domain::accounts::{Provider, Subject};
use shared::ids::{GuildId, UserId};
use shared::messages::{ChannelState, Used};
use shared::providers::channel::{NotSo, Wish};
use shared::providers::eventsub::Standing;
use shared::security::secret::Secret;
use shared::security::webhook::WebhookKeys;
use shared::store::StoreError;
use shared::store::channels::{Channel, Connect};
use shared::store::links::LinkStatus;
use shared::telemetry::{StoreOperation, Telemetry};

use crate::app::App;
use crate::job::{JobError, Said};

/// Twitch tells us of the user's channel. What stands already is left as it is.
pub(crate) async fn hear(app: &App, user: UserId, log: &Telemetry) -> Used {
    match own(app, user).await {
        Ok(Some(broadcaster)) => {
            let secret = match secret(app).await {
                Ok(secret) => secret,
                Err(code) => return later(log, &code),
            };
            settled(app, broadcaster, Wish::Heard(&secret), log).await
        }
        Ok(None) => Used::NotLinked,
        Err(error) => {
            log.store_failed(StoreOperation::Read, &error);
            Used::Later
        }
    }
}

/// Twitch does not tell us of this channel any more.
pub(crate) async fn leave(app: &App, broadcaster: &Subject, log: &Telemetry) -> Used {
    settled(app, broadcaster.clone(), Wish::Left, log).await
}

async fn settled(app: &App, broadcaster: Subject, wish: Wish<'_>, log: &Telemetry) -> Used {
    let state = match (Box::pin(app.eventsub.settle(&broadcaster, wish)).await, wish) {
        (Ok(_), Wish::Left) => ChannelState::Off,
        (Ok(Standing::Enabled), Wish::Heard(_)) => ChannelState::On,
        (Ok(Standing::Pending | Standing::Ended), Wish::Heard(_)) => ChannelState::Pending,
        (Err(NotSo::MissingScopes), _) => ChannelState::MissingScopes,
        (Err(NotSo::Unavailable { code }), _) => return later(log, code),
    };
    Used::Channel { broadcaster, state }
}

fn later(log: &Telemetry, code: &str) -> Used {
    log.fault("channel", code);
    Used::Later
}

/// The user's account at Twitch, whose channel has its id.
async fn own(app: &App, user: UserId) -> Result<Option<Subject>, StoreError> {
    let links = app.linker.links.of(user).await?;
    let own =
        links.into_iter().find(|link| link.provider == Provider::Twitch && link.status == LinkStatus::Linked);
    Ok(own.map(|link| link.subject))
}

/// What Twitch is to sign with from now on.
async fn secret(app: &App) -> Result<Secret, String> {
    let now = app.clock().now();
    let text = app.secrets().kept_text(&app.twitch_secret, now).await;
    let text = text.map_err(|error| error.code().to_owned())?;
    let keys = WebhookKeys::parse(&text, now).map_err(|_| "webhook_secret".to_owned())?;
    keys.newest().cloned().ok_or_else(|| "webhook_secret".to_owned())
}

/// Somebody wants their channel to be heard by a guild, or by none. A second delivery finds what the first has done.
pub(crate) async fn run(
    app: &App,
    user: UserId,
    guild: GuildId,
    on: bool,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Said, JobError> {
    let Some(broadcaster) = own(app, user).await? else {
        let message = if on { Message::TwitchNotLinked } else { Message::TwitchOff };
        return Ok(Said::refusal(message));
    };
    let channel = Channel { broadcaster, guild, streamer: user, since: now };
    if on { connect(app, &channel, log).await } else { disconnect(app, &channel, log).await }
}

/// The row first: a notification that nobody hears is dropped, and one that comes early is heard.
async fn connect(app: &App, channel: &Channel, log: &Telemetry) -> Result<Said, JobError> {
    if app.channels.connect(channel).await? == Connect::Taken {
        return Ok(Said::refusal(Message::TwitchTaken));
    }
    Ok(match hear(app, channel.streamer, log).await {
        Used::Channel { state: ChannelState::On, .. } => Said::good(Message::TwitchConnected),
        Used::Channel { state: ChannelState::Pending, .. } => Said::good(Message::TwitchPending),
        Used::Channel { state: ChannelState::MissingScopes | ChannelState::Off, .. } => {
            app.channels.disconnect(channel).await?;
            Said::refusal(Message::TwitchMissingScopes)
        }
        Used::NotLinked => {
            app.channels.disconnect(channel).await?;
            Said::refusal(Message::TwitchNotLinked)
        }
        // The row stays, and the night makes it so.
        Used::Playlist { .. } | Used::NotFound | Used::Later => Said::refusal(Message::TwitchLater),
    })
}

/// A channel that goes to another guild by now is left as it is. If Twitch cannot be told, what it sends is dropped.
async fn disconnect(app: &App, channel: &Channel, log: &Telemetry) -> Result<Said, JobError> {
    let found = app.channels.of(&channel.broadcaster).await?;
    if found.as_ref().is_none_or(|found| found.guild == channel.guild && found.streamer == channel.streamer) {
        // What Twitch does not know yet it is told by night, as long as the row is there.
        if leave(app, &channel.broadcaster, log).await == Used::Later {
            return Ok(Said::good(Message::TwitchOff));
        }
        app.channels.disconnect(channel).await?;
    }
    Ok(Said::good(Message::TwitchOff))
}

/// The account is about to be unlinked: nobody hears its channel any more. Nothing here stops the unlinking; a row that
/// stays is found by night.
pub(crate) async fn forget(app: &App, user: UserId, log: &Telemetry) {
    let found = async {
        let Some(broadcaster) = own(app, user).await? else { return Ok(None) };
        let found = app.channels.of(&broadcaster).await?;
        Ok(found.filter(|channel| channel.streamer == user))
    };
    let done = match found.await {
        Ok(Some(channel)) => {
            leave(app, &channel.broadcaster, log).await;
            app.channels.disconnect(&channel).await.map(drop)
        }
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = done {
        log.store_failed(StoreOperation::Write, &error);
    }
}
