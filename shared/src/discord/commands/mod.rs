//! Every command that is registered with Discord, in one const table (SPEC P1), and how it becomes Discord's JSON.
//!
//! Names and descriptions stand in `locales/<locale>/commands.ftl`. The id of `playlist save` there is
//! `playlist-save`, that of the option `query` is `o-query`, that of a choice `c-…`. Discord gets English as the
//! default and the other languages as localisations (SPEC P16).

mod build;
mod library;
mod music;
mod operation;
mod spec;
#[cfg(test)]
mod tests;

pub use build::{Unregistrable, registration, registration_json};
pub use spec::{Body, Choices, Leaf, Needs, Opt, OptKind, Place, Spec, Sub, Touch, limit};

use super::words::Message;

/// All commands, in the order in which help shows them.
pub static TABLE: [&[Spec]; 3] = [music::COMMANDS, library::COMMANDS, operation::COMMANDS];

/// What the table says of a command's path, such as `playlist save` (`CommandData::path`); `None` is unknown.
pub fn find(path: &str) -> Option<&'static Leaf> {
    let mut names = path.split(' ');
    let name = names.next()?;
    // "Play this" is the one command whose name has a space.
    let whole = TABLE.iter().copied().flatten().find(|spec| spec.name == path);
    let spec = whole.or_else(|| TABLE.iter().copied().flatten().find(|spec| spec.name == name))?;
    match &spec.body {
        Body::Leaf(leaf) => (whole.is_some()).then_some(leaf),
        Body::Subs(subs) => descend(subs, names),
    }
}

fn descend<'a>(subs: &'static [Sub], mut names: impl Iterator<Item = &'a str>) -> Option<&'static Leaf> {
    let name = names.next()?;
    match subs.iter().find(|sub| sub.name() == name)? {
        Sub::Leaf(_, leaf) => names.next().is_none().then_some(leaf),
        Sub::Group(_, inner) => descend(inner, names),
    }
}

/// What a command says that waits for a part of the system that is not there yet: what it is going to do, never a
/// pretence of having done it.
pub fn later(path: &str) -> Option<Message> {
    Some(match path {
        "join" => Message::LaterJoin,
        "leave" => Message::LaterLeave,
        "voteskip" => Message::LaterVoteskip,
        "link" => Message::LaterLink,
        "unlink" => Message::LaterUnlink,
        "accounts" => Message::LaterAccounts,
        "playlist import" => Message::LaterImport,
        "privacy export" => Message::LaterExport,
        "privacy delete" => Message::LaterDelete,
        "privacy status" => Message::LaterPrivacyStatus,
        "admin incidents" => Message::LaterIncidents,
        _ => return None,
    })
}
