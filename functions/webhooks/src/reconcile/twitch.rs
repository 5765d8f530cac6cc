//! The subscriptions at Twitch (SPEC P11): each channel that a guild hears has them, and no other has. The oauth function
//! makes them; what its streamer has taken back, and what the guild does not take any more, is let go.

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use shared::domain::access::Status;
use shared::domain::accounts::Subject;
use shared::messages::{Call, ChannelState, UseToken, Used};
use shared::store::channels::Channel;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::handle::HandleError;

/// Channels that are looked at side by side.
const AT_ONCE: usize = 4;

/// Makes those of all channels so. One that fails stops no other.
pub(crate) async fn run(app: &App, log: &Telemetry, now: Timestamp) -> Result<(), HandleError> {
    let all = app.heard.all().await?;
    // Made before the first wait: a closure that lives through one would tie the whole to one thread.
    let each: Vec<_> = all.iter().map(|broadcaster| channel(app, broadcaster, log, now)).collect();
    let done: Vec<_> = stream::iter(each).buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect()
}

/// Makes those of one channel so, after Twitch ended one.
pub(crate) async fn channel(
    app: &App,
    broadcaster: &Subject,
    log: &Telemetry,
    _now: Timestamp,
) -> Result<(), HandleError> {
    let Some(channel) = app.heard.of(broadcaster).await? else { return Ok(()) };
    if !is_wanted(app, &channel).await? {
        return leave(app, &channel, "not_wanted", log).await;
    }
    match app.oauth.used(&UseToken::new(channel.streamer, Call::HearChannel)).await? {
        // Their account there is another by now: this channel is nobody's.
        Used::Channel { broadcaster: own, .. } if own != channel.broadcaster => {
            leave(app, &channel, "other_account", log).await
        }
        Used::Channel { state: ChannelState::On | ChannelState::Pending, .. } => Ok(()),
        Used::Channel { state: ChannelState::Off | ChannelState::MissingScopes, .. } => {
            leave(app, &channel, "missing_scopes", log).await
        }
        Used::NotLinked => leave(app, &channel, "not_linked", log).await,
        Used::Playlist { .. } | Used::NotFound | Used::Later => Err(later()),
    }
}

/// Whether the guild takes requests. A ban passes by itself, and a row that cannot be read says nothing.
async fn is_wanted(app: &App, channel: &Channel) -> Result<bool, HandleError> {
    let read = app.access.read(channel.guild).await?;
    let approved = read.guild.access.is_some_and(|access| access.status() == Status::Approved);
    Ok(approved && app.settings.load(channel.guild).await?.settings.twitch.enabled)
}

/// Twitch first: as long as the row is there, the next night tries again.
async fn leave(app: &App, channel: &Channel, why: &'static str, log: &Telemetry) -> Result<(), HandleError> {
    let call = Call::LeaveChannel { broadcaster: channel.broadcaster.clone() };
    let used = app.oauth.used(&UseToken::new(channel.streamer, call)).await?;
    if !matches!(used, Used::Channel { state: ChannelState::Off, .. }) {
        return Err(later());
    }
    app.heard.disconnect(channel).await?;
    log.note("twitch_channel_left", &[("reason", why.into())]);
    Ok(())
}

fn later() -> HandleError {
    HandleError::later("twitch_channel", "later")
}
