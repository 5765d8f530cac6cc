//! What a message may carry: escaped text, counts, times, mentions. Nothing else has a way into a sentence.

use core::fmt;

use fluent_bundle::FluentValue;
use jiff::Timestamp;

use crate::{
    discord::escape::Escaped,
    domain::accounts::Provider,
    ids::{GuildId, RoleId, UserId},
};

/// An instant, shown by Discord in the reader's own time zone and words, such as "in 3 minutes".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<t:{}:R>", self.0.as_second())
    }
}

/// A length in seconds, shown as `3:20` or `1:02:03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub u32);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3600, self.0 / 60 % 60, self.0 % 60);
        if hours > 0 {
            write!(f, "{hours}:{minutes:02}:{seconds:02}")
        } else {
            write!(f, "{minutes}:{seconds:02}")
        }
    }
}

/// A value that a message can hold.
pub(super) trait Arg {
    fn value(&self) -> FluentValue<'_>;

    #[cfg(test)]
    fn sample(count: u64) -> Self;
}

impl Arg for Escaped {
    fn value(&self) -> FluentValue<'_> {
        self.as_str().into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self::new("Don't *Stop*")
    }
}

impl Arg for u64 {
    fn value(&self) -> FluentValue<'_> {
        (*self).into()
    }

    #[cfg(test)]
    fn sample(count: u64) -> Self {
        count
    }
}

impl Arg for Moment {
    fn value(&self) -> FluentValue<'_> {
        self.to_string().into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self(Timestamp::from_second(1_800_000_000).unwrap())
    }
}

impl Arg for Span {
    fn value(&self) -> FluentValue<'_> {
        self.to_string().into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self(620)
    }
}

impl Arg for RoleId {
    fn value(&self) -> FluentValue<'_> {
        format!("<@&{self}>").into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self::new(7)
    }
}

impl Arg for UserId {
    fn value(&self) -> FluentValue<'_> {
        format!("<@{self}>").into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self::new(9)
    }
}

impl Arg for GuildId {
    fn value(&self) -> FluentValue<'_> {
        self.to_string().into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self::new(42)
    }
}

impl Arg for Provider {
    fn value(&self) -> FluentValue<'_> {
        self.name().into()
    }

    #[cfg(test)]
    fn sample(_: u64) -> Self {
        Self::YouTube
    }
}
