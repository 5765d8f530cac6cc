//! Help: a page for each topic, made of the commands' own names and descriptions in the reader's language.

use super::{Page, Ui, colour};
use crate::{
    discord::{
        components::{container, text},
        response::Card,
        words::{Message, Words},
    },
    security::custom_id::Action,
};

/// Topic (the value of `/help`'s choice) and the commands on its page, by their id in `commands.ftl`.
pub const TOPICS: [(&str, &[&str]); 5] = [
    (
        "playing",
        &[
            "play",
            "pause",
            "resume",
            "skip",
            "stop",
            "nowplaying",
            "previous",
            "replay",
            "jump",
            "seek",
            "volume",
            "loop",
            "join",
            "leave",
            "voteskip",
        ],
    ),
    ("queueing", &["queue", "remove", "move", "shuffle", "clear", "history"]),
    ("playlists", &["playlist save", "playlist load", "playlist list", "playlist delete", "playlist import"]),
    (
        "settings",
        &[
            "settings view",
            "settings dj-role",
            "settings moderator-role",
            "settings limits",
            "settings explicit",
            "settings block-artist",
            "settings unblock-artist",
            "settings volume",
            "settings announce",
            "settings locale",
            "settings vote-skip",
            "settings reset",
            "admin request",
        ],
    ),
    (
        "privacy",
        &[
            "privacy what",
            "privacy export",
            "privacy delete",
            "privacy status",
            "link",
            "unlink",
            "accounts",
            "help",
            "ping",
        ],
    ),
];

/// The page with this number, from 0; a number past the end is the last page.
pub fn help(ui: Ui<'_>, number: u32) -> Card {
    let page = Page::new(number, TOPICS.len(), 1);
    let (topic, commands) = TOPICS[page.skip(1).min(TOPICS.len() - 1)];
    let name = ui.words().command_name(&format!("c-{topic}")).unwrap_or_default();
    let lines: Vec<_> = commands.iter().map(|path| line(ui.words(), path)).collect();
    let mut parts = vec![
        text(format!("### {} · {name}", ui.say(&Message::CardHelp))),
        text(ui.say(&Message::HelpIntro)),
        text(lines.join("\n")),
    ];
    parts.extend(ui.pager(page, Action::HelpPage));
    Card::new(vec![container(colour::MUSIC, parts)])
}

/// `/playlist save`: "Saves the queue as a playlist", both in the reader's words.
fn line(words: Words, path: &str) -> String {
    let id = path.replace(' ', "-");
    let mut names = vec![words.command_name(path.split(' ').next().unwrap_or(path)).unwrap_or_default()];
    if path.contains(' ') {
        names.push(words.command_name(&id).unwrap_or_default());
    }
    format!("`/{}` – {}", names.join(" "), words.command_about(&id).unwrap_or_default())
}
