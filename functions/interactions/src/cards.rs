//! From what the stores hold to what people see: plain views for `shared::discord::cards`.

mod lists;
mod music;

use shared::discord::cards::{self, Question, SettingsView, Tone, Ui, notice};
use shared::discord::response::Answer;
use shared::discord::words::{Locale, Message, Words};
use shared::domain::settings::{GuildSettings, Reward};

use crate::refused::Refused;
use crate::visit::Visit;

pub(crate) use lists::{audit, guilds, incidents, playlists};
pub(crate) use music::{history_page, player, player_card, queue_page, queued, queued_many};

/// A sentence for everybody in the channel.
pub(crate) fn said(words: Words, message: &Message) -> Answer {
    Answer::public(notice(words, Tone::Good, message))
}

/// A sentence for the caller alone.
pub(crate) fn whispered(words: Words, message: &Message) -> Answer {
    Answer::private(notice(words, Tone::Calm, message))
}

/// Why not, for the caller alone.
pub(crate) fn refusal(words: Words, message: &Message) -> Answer {
    let ours = matches!(message, Message::StoreUnavailable { .. } | Message::Internal { .. });
    Answer::private(notice(words, if ours { Tone::Error } else { Tone::Refusal }, message))
}

/// What a button's message becomes when its question has been answered.
pub(crate) fn settled(words: Words, message: &Message) -> Answer {
    Answer::Update(notice(words, Tone::Good, message))
}

/// A question before something that cannot be undone.
pub(crate) fn confirm(visit: &Visit<'_>, question: Question<'_>) -> Result<Answer, Refused> {
    Ok(Answer::private(cards::confirm(ui(visit)?, question)))
}

/// A page of help, from 0.
pub(crate) fn help(visit: &Visit<'_>, page: u32) -> Result<Answer, Refused> {
    Ok(Answer::private(cards::help(ui(visit)?, page)))
}

/// The settings of a guild.
pub(crate) fn settings(visit: &Visit<'_>, settings: &GuildSettings) -> Result<Answer, Refused> {
    let blocked: Vec<&str> = settings.blocked_artists.names().collect();
    let view = SettingsView {
        dj_role: settings.dj_role,
        moderators: settings.moderator_roles(),
        max_tracks: settings.max_tracks.get().into(),
        per_user: settings.per_user.get().into(),
        max_duration_s: settings.max_duration.get(),
        explicit_allowed: !settings.explicit_refused,
        blocked_artists: &blocked,
        volume: settings.default_volume.get(),
        announce: settings.announce,
        language: settings.locale.as_ref().and_then(|tag| Locale::of(tag.as_str())),
        vote_skip: settings.vote_skip.get(),
        twitch: settings
            .twitch
            .enabled
            .then(|| (settings.twitch.command.as_str(), settings.twitch.reward.as_ref().map(Reward::as_str))),
    };
    Ok(Answer::private(cards::settings(ui(visit)?, &view)))
}

/// Buttons are signed for the tenant; without the keys there is no card that needs them.
fn ui<'a>(visit: &'a Visit<'_>) -> Result<Ui<'a>, Refused> {
    let ids = visit.custom_ids.ok_or(Refused::Unavailable)?;
    Ok(Ui::new(visit.words, ids, &visit.tenant))
}
