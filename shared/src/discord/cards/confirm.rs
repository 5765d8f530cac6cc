//! "Really?", with one button that does it and one that does not.

use twilight_model::channel::message::component::ButtonStyle;

use super::{Ui, colour};
use crate::{
    discord::{
        components::{container, row, text},
        escape::Escaped,
        response::Card,
        words::{Message, Moment},
    },
    privacy::{BACKUP_DAYS, TOMBSTONE_LIFE},
    security::{
        audit_record::KEPT_DAYS,
        custom_id::{Action, ErasureAsked, Handle},
    },
};

/// What is asked; the texts in it are untrusted.
#[derive(Clone, Copy, Debug)]
pub enum Question<'a> {
    /// Remove so many tracks from the queue?
    Clear(u64),
    /// Delete the playlist of this name, known to the button by its handle?
    DeletePlaylist(&'a str, Handle),
    /// Put all settings back?
    ResetSettings,
    /// Delete everything that is held about whom this is asked?
    Erase(ErasureAsked),
}

/// Asks before something that cannot be undone.
pub fn confirm(ui: Ui<'_>, question: Question<'_>) -> Card {
    let (asked, label, action) = match question {
        Question::Clear(count) => (Message::ClearAsk { count }, Message::ButtonClear, Action::ClearConfirm),
        Question::DeletePlaylist(name, handle) => {
            let name = Escaped::within(name, 240);
            (Message::PlaylistDeleteAsk { name }, Message::ButtonDelete, Action::PlaylistDelete(handle))
        }
        Question::ResetSettings => (Message::SettingsResetAsk, Message::ButtonReset, Action::SettingsReset),
        Question::Erase(asked) => (erase_ask(asked), Message::ButtonDelete, Action::Erase(asked)),
    };
    let not = if let Question::Erase(_) = question { Action::EraseNot } else { Action::Cancel };
    let buttons = vec![
        ui.button(ButtonStyle::Danger, &label, &action),
        ui.button(ButtonStyle::Secondary, &Message::ButtonCancel, &not),
    ];
    Card::new(vec![container(colour::REFUSAL, vec![text(ui.say(&asked)), row(buttons)])])
}

/// With what stays for how long.
fn erase_ask(asked: ErasureAsked) -> Message {
    Message::PrivacyEraseAsk {
        audit: KEPT_DAYS.unsigned_abs(),
        backups: BACKUP_DAYS.into(),
        note: TOMBSTONE_LIFE.as_secs() / (24 * 60 * 60),
        until: Moment(asked.until()),
    }
}
