//! A song request from Twitch (SPEC P11): what a viewer did becomes an entry in the queue of the guild that hears their
//! streamer's channel, if the guild is let in, takes requests, and the viewer has not asked too often. The streamer is the
//! one who asked, as far as Discord is concerned: a viewer is nobody there.
//!
//! The entry is made once, however often the job comes: its operation is the delivery's. What is counted against the
//! viewer may be counted twice if we die between the limiter and the queue, which is the strict side.

use jiff::Timestamp;
use shared::domain::accounts::Provider;
use shared::domain::containment::{Effect, Touch};
use shared::domain::queue::{Command, OpId, Place, QueueView, Request};
use shared::domain::settings::GuildSettings;
use shared::domain::song_request::{Deed, viewer_limit, wanted};
use shared::domain::track::Track;
use shared::domain::workers::Errand;
use shared::ids::GuildId;
use shared::messages::{TwitchEvent, TwitchNotification};
use shared::security::access::{self, Denied};
use shared::security::event::SecurityEvent;
use shared::security::rate_limit::{Decision, Limit, LimitScope, Subject};
use shared::security::track_url::UrlPolicy;
use shared::store::channels::Channel;
use shared::store::queue::{QueueError, count_turned_away};
use shared::telemetry::{Metric, Telemetry};
use shared::voice_call::News;

use super::HandleError;
use crate::app::App;

/// Why nothing was queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    /// No guild hears the channel.
    Nobody,
    /// The guild is not let in.
    Denied(Denied),
    /// The bot is locked down.
    Paused,
    /// It asks for nothing, or not in the way that was chosen.
    NotARequest(&'static str),
    /// The viewer, or all viewers together, have asked too often.
    Limited,
    /// The queue takes no such track, or no more.
    Refused,
}

impl Dropped {
    const fn code(self) -> &'static str {
        match self {
            Self::Nobody => "nobody_hears",
            Self::Denied(_) => "access_denied",
            Self::Paused => "paused",
            Self::NotARequest(code) => code,
            Self::Limited => "limited",
            Self::Refused => "queue_refused",
        }
    }
}

/// Queues what a viewer asked for. It may come twice; both times with the same delivery.
pub(crate) async fn run(
    app: &App,
    notification: &TwitchNotification,
    delivery: &str,
    log: &Telemetry,
    now: Timestamp,
) -> Result<(), HandleError> {
    let op = operation(delivery)?;
    let Some(channel) = app.heard.of(&notification.broadcaster).await? else {
        note(log, Some(Dropped::Nobody));
        return Ok(());
    };
    let outcome = Box::pin(queue(app, &channel, notification, op, log, now)).await?;
    note(log, outcome.err());
    Ok(())
}

async fn queue(
    app: &App,
    channel: &Channel,
    notification: &TwitchNotification,
    op: OpId,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Result<(), Dropped>, HandleError> {
    let guild = channel.guild;
    let settings = match let_in(app, guild, now).await? {
        Ok(settings) => settings,
        Err(dropped) => return Ok(Err(dropped)),
    };
    let policy = UrlPolicy { allow_http: app.allow_http };
    let track = match wanted(deed(&notification.event), &settings.twitch, policy) {
        Ok(query) => Track::from_query(query),
        Err(refused) => return Ok(Err(Dropped::NotARequest(refused.code()))),
    };
    let seen = app.guild_queues.view(guild, now).await?;
    // Somebody died after the change: its news may not have been told.
    if app.guild_queues.has_done(guild, op).await? {
        tell(app, guild, &seen, &seen, log, now).await;
        return Ok(Ok(()));
    }
    if !may_ask(app, guild, notification, &settings, log, now).await? {
        return Ok(Err(Dropped::Limited));
    }
    let command = Command::Add { tracks: vec![track], requester: channel.streamer, place: Place::End };
    // Each viewer has the limit per person, in the limiter's way: that many entries of one streamer would be too few.
    let request = Request { op, command: &command, now, settings: &settings, exempt: true, only_of: None };
    let tried = app.guild_queues.apply_seen(guild, &request, Some(seen.clone())).await;
    count_turned_away(log, &tried);
    match tried {
        Ok(applied) => {
            tell(app, guild, &seen, &applied.queue, log, now).await;
            Ok(Ok(()))
        }
        Err(QueueError::Refused(_)) => Ok(Err(Dropped::Refused)),
        Err(QueueError::Store(error)) => Err(error.into()),
    }
}

/// The guild's settings, if it is let in and nothing is contained. Viewers' tries count towards no ban: a guild cannot
/// keep strangers from a chat.
async fn let_in(
    app: &App,
    guild: GuildId,
    now: Timestamp,
) -> Result<Result<GuildSettings, Dropped>, HandleError> {
    let (read, settings) = tokio::join!(app.access.read(guild), app.settings.load(guild));
    let (read, settings) = (read?, settings?.settings);
    if let Err(denied) = access::judge(Ok(&read.guild), now) {
        return Ok(Err(Dropped::Denied(denied)));
    }
    if read.containment.effect(Touch::Changes) == Effect::Paused {
        return Ok(Err(Dropped::Paused));
    }
    Ok(Ok(settings))
}

/// Whether the viewer, and all viewers together, have not asked too often.
async fn may_ask(
    app: &App,
    guild: GuildId,
    notification: &TwitchNotification,
    settings: &GuildSettings,
    log: &Telemetry,
    now: Timestamp,
) -> Result<bool, HandleError> {
    let viewer = log.pseudonyms().account(Provider::Twitch, &notification.viewer);
    for (scope, subject, limit) in [
        (LimitScope::User, Subject::viewer(guild, &viewer), viewer_limit(settings)),
        (LimitScope::Guild, Subject::song_requests(guild), Limit::GUILD_COMMAND),
    ] {
        if let Decision::Refused { retry_at } = app.limits.check(&subject, limit, now).await? {
            let wait = u32::try_from(retry_at.duration_since(now).as_secs()).unwrap_or_default();
            let event = SecurityEvent::rate_limited("song-request", wait, now);
            log.security(&event.user(viewer).guild(log.pseudonyms().guild(guild)));
            log.count(Metric::RateLimited { scope });
            return Ok(false);
        }
    }
    Ok(true)
}

/// The bell, and a worker if nobody hears it; the change is made whatever becomes of them.
async fn tell(
    app: &App,
    guild: GuildId,
    before: &QueueView,
    after: &QueueView,
    log: &Telemetry,
    now: Timestamp,
) {
    let Some(voice) = &app.voice else { return };
    let errand = Errand::Change { before: before.playback(), after: after.playback() };
    voice.call(News { guild, rev: after.rev(), errand }, log, now).await;
}

fn note(log: &Telemetry, dropped: Option<Dropped>) {
    log.note("song_request", &[("outcome", dropped.map_or("added", Dropped::code).into())]);
}

fn deed(event: &TwitchEvent) -> Deed<'_> {
    match event {
        TwitchEvent::Redemption { reward, title, input, .. } => {
            Deed::Redemption { reward: reward.as_str(), title: title.as_str(), input: input.as_str() }
        }
        TwitchEvent::Chat { text, .. } => Deed::Chat { text: text.as_str() },
    }
}

/// The delivery is 64 hex digits; the first sixteen are its operation's.
fn operation(delivery: &str) -> Result<OpId, HandleError> {
    let number = delivery.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    number.map(OpId::Outside).ok_or_else(|| HandleError::later("song_request", "delivery"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_delivery_is_one_operation() {
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(operation(&digits), Ok(OpId::Outside(0x0123_4567_89ab_cdef)));
        for odd in ["", "0123", &"x".repeat(64)] {
            assert!(operation(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn each_reason_has_a_word_of_its_own() {
        let all = [
            Dropped::Nobody,
            Dropped::Denied(Denied::Missing),
            Dropped::Paused,
            Dropped::NotARequest("bad_query"),
            Dropped::Limited,
            Dropped::Refused,
        ];
        let mut codes = all.map(Dropped::code).to_vec();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all.len());
    }
}
