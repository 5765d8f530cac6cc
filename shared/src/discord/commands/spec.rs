//! The table's types: what there is to say about a command.

use twilight_model::guild::Permissions;

use crate::discord::words::Locale;

/// The limits of SPEC T17 and P9 as they stand in the registration, in characters or numbers.
pub mod limit {
    /// A query, which may be an address.
    pub const QUERY: u16 = 2048;
    /// A playlist's name.
    pub const PLAYLIST_NAME: u16 = 100;
    /// An artist's name.
    pub const ARTIST: u16 = 200;
    /// A reward for channel points, by its title or its id.
    pub const REWARD: u16 = 45;
    /// A command in a chat, with its exclamation mark.
    pub const COMMAND_WORD: u16 = 26;
    /// A reason.
    pub const REASON: u16 = 300;
    /// A time such as `1:02:03`.
    pub const TIME: u16 = 16;
    /// A snowflake in decimal.
    pub const SNOWFLAKE: u16 = 20;
    /// The number of a request about somebody's data.
    pub const REQUEST: u16 = 32;
    /// Tracks in a queue, and so places in it.
    pub const TRACKS: i64 = 10_000;
    /// Tracks of one person.
    pub const PER_USER: i64 = 100;
    /// Seconds of one track: a day.
    pub const SECONDS: i64 = 86_400;
    /// Pages of a list.
    pub const PAGES: i64 = 1_000;
    /// Hours that the audit list looks back: 30 days.
    pub const HOURS: i64 = 720;
    /// The highest level of containment.
    pub const LOCKDOWN: i64 = 3;
}

/// A command as Discord lists it.
#[derive(Debug)]
pub struct Spec {
    /// Its registered name.
    pub name: &'static str,
    /// Where it is offered.
    pub place: Place,
    /// What a member needs to see it at all, unless a server's admins say otherwise. Our own check comes on top.
    pub member: Option<Permissions>,
    /// The command itself, or its subcommands.
    pub body: Body,
}

/// A command, or subcommands.
#[derive(Debug)]
pub enum Body {
    /// The command itself, with its options; required ones come first.
    Leaf(&'static [Opt]),
    /// Its subcommands.
    Subs(&'static [Sub]),
}

/// A subcommand, or a group of them.
#[derive(Debug)]
pub enum Sub {
    /// Its name and its options.
    Leaf(&'static str, &'static [Opt]),
    /// Its name and the subcommands in it.
    Group(&'static str, &'static [Sub]),
}

impl Sub {
    /// Its registered name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Leaf(name, _) | Self::Group(name, _) => name,
        }
    }
}

/// Where a command is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On servers that added the bot.
    Guild,
    /// Also in direct messages, for servers' members and for those who installed the app for themselves (SPEC T15).
    Anywhere,
}

/// An option of a command.
#[derive(Debug)]
pub struct Opt {
    /// Its registered name.
    pub name: &'static str,
    /// Whether Discord insists on it.
    pub required: bool,
    /// What it takes.
    pub kind: OptKind,
}

/// What an option takes.
#[derive(Debug)]
pub enum OptKind {
    /// Text of 1 to so many characters.
    Text(u16),
    /// The same with suggestions while typing.
    Suggested(u16),
    /// A whole number between the two.
    Integer(i64, i64),
    /// Yes or no.
    Boolean,
    /// A role.
    Role,
    /// An uploaded file.
    Attachment,
    /// One of these.
    Choice(Choices),
}

/// A fixed list to choose from.
#[derive(Debug)]
pub enum Choices {
    /// Values; the label of `x` is `c-x` in `commands.ftl`.
    Words(&'static [&'static str]),
    /// Values with a label that is the same in every language.
    Names(&'static [(&'static str, &'static str)]),
    /// [`Locale::ALL`] under their own names, and `auto`.
    Languages,
}

impl Choices {
    /// The values, as they come back.
    pub fn values(&self) -> Vec<&'static str> {
        match self {
            Self::Words(values) => values.to_vec(),
            Self::Names(pairs) => pairs.iter().map(|(value, _)| *value).collect(),
            Self::Languages => Locale::ALL.map(Locale::code).into_iter().chain(["auto"]).collect(),
        }
    }
}

impl Opt {
    /// An option that must be given.
    pub const fn required(name: &'static str, kind: OptKind) -> Self {
        Self { name, required: true, kind }
    }

    /// An option that may be left out.
    pub const fn optional(name: &'static str, kind: OptKind) -> Self {
        Self { name, required: false, kind }
    }
}
