//! The player: what plays, how far it is, what comes next, and the buttons (SPEC P2).

use twilight_model::channel::message::component::{ButtonStyle, Component};

use super::{TrackView, Ui, colour};
use crate::{
    discord::{
        components::{beside_picture, container, disabled_if, row, separator, text},
        escape::Escaped,
        response::Card,
        words::{Message, Span},
    },
    security::custom_id::{Action, Loop},
};

/// Cells of the progress bar.
const BAR: u32 = 16;
const TITLE_MAX: usize = 160;

/// What the player shows.
#[derive(Clone, Copy, Debug)]
pub struct PlayerView<'a> {
    /// The current track; `None` when nothing plays.
    pub track: Option<TrackView<'a>>,
    /// Whether it is held.
    pub paused: bool,
    /// How far it is, in seconds; `None` while nobody knows.
    pub position_s: Option<u32>,
    /// What repeats.
    pub repeat: Loop,
    /// Loudness in percent.
    pub volume: u8,
    /// The title of the next track.
    pub next: Option<&'a str>,
    /// Whether there is a track to go back to.
    pub has_previous: bool,
    /// The track that could not be played, while that is news.
    pub passed_over: Option<PassedOver<'a>>,
    /// Why the bot is in no voice channel, where that is nobody's wish.
    pub notice: Option<Notice>,
}

/// Why the bot is in no voice channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody disconnected it.
    ThrownOut,
    /// It was not let in (SPEC P13).
    ShutOut,
    /// The channel is not encrypted end to end (SPEC P5).
    Unencrypted,
}

impl Notice {
    /// In words.
    pub const fn message(self) -> Message {
        match self {
            Self::ThrownOut => Message::VoiceThrownOut,
            Self::ShutOut => Message::VoiceShutOut,
            Self::Unencrypted => Message::VoiceUnencrypted,
        }
    }
}

/// A track that could not be played.
#[derive(Clone, Copy, Debug)]
pub struct PassedOver<'a> {
    /// Its title.
    pub title: &'a str,
    /// Why, as a code of `source-failed` in `bot.ftl`.
    pub code: &'a str,
}

/// The player card.
pub fn player(ui: Ui<'_>, view: &PlayerView<'_>) -> Card {
    let mut parts = Vec::new();
    match &view.track {
        None => parts.push(text(ui.say(&Message::CardIdle))),
        Some(track) => parts.extend(now(ui, view, track)),
    }
    parts.extend(view.notice.map(|notice| text(ui.say(&notice.message()))));
    parts.extend(view.passed_over.map(|track| passed_over(ui, track)));
    parts.push(next(ui, view));
    parts.push(separator());
    parts.extend(buttons(ui, view));
    Card::new(vec![container(if view.paused { colour::CALM } else { colour::MUSIC }, parts)])
}

fn now(ui: Ui<'_>, view: &PlayerView<'_>, track: &TrackView<'_>) -> Vec<Component> {
    let title = if view.paused { Message::CardPaused } else { Message::CardPlaying };
    let paragraphs =
        vec![format!("-# {}", ui.say(&title)), track.headline(), format!("-# {}", ui.say(&track.by()))];
    let mut parts = beside_picture(paragraphs, track.picture);
    parts.extend(progress(ui, view, track).map(text));
    parts
}

/// `▬▬▬●▬▬▬▬ 1:23 / 3:20`; an endless track has only its time.
fn progress(ui: Ui<'_>, view: &PlayerView<'_>, track: &TrackView<'_>) -> Option<String> {
    let position = view.position_s?;
    let Some(length) = track.duration_s.filter(|length| *length > 0) else {
        return Some(format!("`{}` · {}", Span(position), track.length(ui.words())));
    };
    let position = position.min(length);
    let cell = u64::from(position) * u64::from(BAR - 1) / u64::from(length);
    let bar: String = (0..u64::from(BAR)).map(|at| if at == cell { '●' } else { '▬' }).collect();
    Some(format!("`{bar}` {} / {}", Span(position), Span(length)))
}

fn passed_over(ui: Ui<'_>, track: PassedOver<'_>) -> Component {
    let what = Message::CardPassedOver { title: Escaped::within(track.title, TITLE_MAX) };
    let why = Message::SourceFailed { code: Escaped::new(track.code) };
    text(format!("-# {} · {}", ui.say(&what), ui.say(&why)))
}

fn next(ui: Ui<'_>, view: &PlayerView<'_>) -> Component {
    let volume = ui.say(&Message::CardVolume { percent: view.volume.into() });
    let next = match view.next {
        Some(title) => Message::CardNextUp { title: Escaped::within(title, TITLE_MAX) },
        None => Message::CardNextNone,
    };
    text(format!("-# {} · {volume}", ui.say(&next)))
}

fn buttons(ui: Ui<'_>, view: &PlayerView<'_>) -> [Component; 2] {
    let idle = view.track.is_none();
    let secondary = |label: &Message, action: &Action| ui.button(ButtonStyle::Secondary, label, action);
    let pause = if view.paused {
        ui.button(ButtonStyle::Primary, &Message::ButtonResume, &Action::Resume)
    } else {
        ui.button(ButtonStyle::Primary, &Message::ButtonPause, &Action::Pause)
    };
    let previous = secondary(&Message::ButtonPrevious, &Action::Previous);
    let (repeat, after) = match view.repeat {
        Loop::Off => (Message::ButtonLoopOff, Loop::Track),
        Loop::Track => (Message::ButtonLoopTrack, Loop::Queue),
        Loop::Queue => (Message::ButtonLoopQueue, Loop::Off),
    };
    [
        row(vec![
            disabled_if(!view.has_previous, previous),
            disabled_if(idle, pause),
            disabled_if(idle, secondary(&Message::ButtonSkip, &Action::Skip)),
            disabled_if(view.next.is_none(), secondary(&Message::ButtonShuffle, &Action::Shuffle)),
            secondary(&repeat, &Action::Loop(after)),
        ]),
        row(vec![
            disabled_if(view.volume == 0, secondary(&Message::ButtonQuieter, &Action::VolumeDown)),
            disabled_if(view.volume >= 100, secondary(&Message::ButtonLouder, &Action::VolumeUp)),
            secondary(&Message::ButtonQueue, &Action::QueuePage(0)),
        ]),
    ]
}
