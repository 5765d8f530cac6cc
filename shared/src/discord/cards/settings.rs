//! All settings of a guild on one card.

use super::{Ui, colour};
use crate::{
    discord::{
        components::{container, text},
        escape::Escaped,
        response::Card,
        words::{Locale, Message, Span},
    },
    ids::RoleId,
};

/// Longest list of blocked artists; what is more is cut.
const BLOCKED_MAX: usize = 1500;

/// What a guild has set.
#[derive(Clone, Copy, Debug)]
pub struct SettingsView<'a> {
    /// Who may control the music; `None` is everybody.
    pub dj_role: Option<RoleId>,
    /// Who moderates it.
    pub moderators: &'a [RoleId],
    /// Tracks in the queue.
    pub max_tracks: u64,
    /// Tracks per person.
    pub per_user: u64,
    /// Seconds per track.
    pub max_duration_s: u32,
    /// Whether explicit tracks may play.
    pub explicit_allowed: bool,
    /// Whose tracks may not; untrusted.
    pub blocked_artists: &'a [&'a str],
    /// First volume, in percent.
    pub volume: u8,
    /// Whether tracks are announced.
    pub announce: bool,
    /// The one language; `None` is everybody's own.
    pub language: Option<Locale>,
    /// Percent of listeners that skip.
    pub vote_skip: u8,
    /// How viewers on Twitch ask for songs: the command, and the reward, which is untrusted. `None`: they cannot.
    pub twitch: Option<(&'a str, Option<&'a str>)>,
}

/// The settings card.
pub fn settings(ui: Ui<'_>, view: &SettingsView<'_>) -> Card {
    let switch = |on| ui.say(if on { &Message::ValueOn } else { &Message::ValueOff });
    let percent = |percent: u8| ui.say(&Message::ValuePercent { percent: percent.into() });
    let explicit = if view.explicit_allowed { Message::ValueAllowed } else { Message::ValueRefused };
    let language = view.language.map_or_else(|| ui.say(&Message::ValueAuto), |own| own.own_name().to_owned());
    let lines = [
        (Message::LabelDjRole, roles(ui, view.dj_role.as_slice())),
        (Message::LabelModerators, roles(ui, view.moderators)),
        (Message::LabelLimitTracks, view.max_tracks.to_string()),
        (Message::LabelLimitUser, view.per_user.to_string()),
        (Message::LabelLimitLength, Span(view.max_duration_s).to_string()),
        (Message::LabelExplicit, ui.say(&explicit)),
        (Message::LabelBlocked, blocked(ui, view.blocked_artists)),
        (Message::LabelVolume, percent(view.volume)),
        (Message::LabelVoteSkip, percent(view.vote_skip)),
        (Message::LabelAnnounce, switch(view.announce)),
        (Message::LabelTwitch, view.twitch.map_or_else(|| ui.say(&Message::ValueOff), requests)),
        (Message::LabelLanguage, language),
    ];
    let lines: Vec<_> =
        lines.iter().map(|(label, value)| format!("**{}**: {value}", ui.say(label))).collect();
    let title = text(format!("### {}", ui.say(&Message::CardSettings)));
    Card::new(vec![container(colour::CALM, vec![title, text(lines.join("\n"))])])
}

fn roles(ui: Ui<'_>, roles: &[RoleId]) -> String {
    if roles.is_empty() {
        return ui.say(&Message::ValueNone);
    }
    roles.iter().map(|role| format!("<@&{role}>")).collect::<Vec<_>>().join(" ")
}

fn requests((command, reward): (&str, Option<&str>)) -> String {
    let command = format!("**!{}**", Escaped::new(command));
    match reward {
        Some(reward) => format!("{command} · {}", Escaped::new(reward)),
        None => command,
    }
}

fn blocked(ui: Ui<'_>, artists: &[&str]) -> String {
    if artists.is_empty() {
        ui.say(&Message::ValueNone)
    } else {
        Escaped::within(&artists.join(", "), BLOCKED_MAX).to_string()
    }
}
