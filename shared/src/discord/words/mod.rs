//! Every word that the bot says, in six languages (SPEC P16, STYLE 14).
//!
//! The words stand in `shared/locales/<locale>/bot.ftl` (sentences) and `commands.ftl` (names and descriptions of
//! commands). Code names a [`Message`] with typed arguments; untrusted text is [`Escaped`] before it gets here.

mod arg;
mod bundle;
mod locale;
mod message;
#[cfg(test)]
mod tests;

use fluent_bundle::FluentArgs;

pub use super::escape::Escaped;
use arg::Arg;
pub use arg::{Moment, Span};
use bundle::File;
pub use locale::Locale;
pub use message::Message;

/// The bot's voice in one language. Cheap to copy; the language is read when it is first used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(Locale);

impl Words {
    /// In this language.
    pub const fn new(locale: Locale) -> Self {
        Self(locale)
    }

    /// In the user's language, else in the guild's, else in English; takes Discord's codes.
    pub fn for_locale(user: Option<&str>, guild: Option<&str>) -> Self {
        Self(Locale::choose(user, guild))
    }

    /// The language.
    pub const fn locale(self) -> Locale {
        self.0
    }

    /// The sentence, in Discord's markdown.
    pub fn say(self, message: &Message) -> String {
        let args = message.args();
        let said = |locale| bundle::text(locale, File::Bot, message.id(), None, &args);
        said(self.0).or_else(|| said(Locale::English)).unwrap_or_else(|| message.id().to_owned())
    }

    /// A command's, option's or choice's name, by its id in `commands.ftl`.
    pub fn command_name(self, id: &str) -> Option<String> {
        bundle::text(self.0, File::Commands, id, None, &FluentArgs::new())
    }

    /// A command's or option's description, by its id in `commands.ftl`.
    pub fn command_about(self, id: &str) -> Option<String> {
        bundle::text(self.0, File::Commands, id, Some("about"), &FluentArgs::new())
    }
}
