//! Whose data it is.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{GuildId, UserId};

/// A person or a community. As text `user#5001` or `guild#42`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DataSubject {
    /// Everything about one person, in whatever community.
    User(UserId),
    /// Everything of one community.
    Guild(GuildId),
}

/// The same without saying which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// A person.
    User,
    /// A community.
    Guild,
}

/// Neither a person's nor a community's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subject is user#<id> or guild#<id>")]
pub struct UnknownSubject;

impl DataSubject {
    /// What kind.
    pub const fn kind(self) -> SubjectKind {
        match self {
            Self::User(_) => SubjectKind::User,
            Self::Guild(_) => SubjectKind::Guild,
        }
    }

    /// The person, if it is one.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Guild(_) => None,
        }
    }

    /// The community, if it is one.
    pub const fn guild(self) -> Option<GuildId> {
        match self {
            Self::User(_) => None,
            Self::Guild(guild) => Some(guild),
        }
    }
}

impl SubjectKind {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Guild => "guild",
        }
    }
}

impl FromStr for SubjectKind {
    type Err = UnknownSubject;

    fn from_str(text: &str) -> Result<Self, UnknownSubject> {
        [Self::User, Self::Guild].into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownSubject)
    }
}

impl fmt::Display for DataSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user#{user}"),
            Self::Guild(guild) => write!(f, "guild#{guild}"),
        }
    }
}

impl FromStr for DataSubject {
    type Err = UnknownSubject;

    fn from_str(text: &str) -> Result<Self, UnknownSubject> {
        let (kind, id) = text.split_once('#').ok_or(UnknownSubject)?;
        let subject = match kind.parse()? {
            SubjectKind::User => Self::User(id.parse().map_err(|_| UnknownSubject)?),
            SubjectKind::Guild => Self::Guild(id.parse().map_err(|_| UnknownSubject)?),
        };
        // One subject has one text: no plus signs, no leading zeros.
        if subject.to_string() == text { Ok(subject) } else { Err(UnknownSubject) }
    }
}

impl TryFrom<String> for DataSubject {
    type Error = UnknownSubject;

    fn try_from(text: String) -> Result<Self, UnknownSubject> {
        text.parse()
    }
}

impl From<DataSubject> for String {
    fn from(subject: DataSubject) -> Self {
        subject.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_subject_has_one_text() {
        let user = DataSubject::User(UserId::new(5001));
        assert_eq!((user.to_string().as_str(), "user#5001".parse()), ("user#5001", Ok(user)));
        assert_eq!("guild#42".parse(), Ok(DataSubject::Guild(GuildId::new(42))));
        for bad in
            ["", "5001", "user#", "user#0", "user#+1", "user#01", "guild#x", "role#1", "user#1#2", "USER#1"]
        {
            assert_eq!(bad.parse::<DataSubject>(), Err(UnknownSubject), "{bad}");
        }
    }

    #[test]
    fn a_community_is_no_person() {
        let (user, guild) = (DataSubject::User(UserId::new(7)), DataSubject::Guild(GuildId::new(7)));
        assert_eq!((user.user(), user.guild(), user.kind()), (Some(UserId::new(7)), None, SubjectKind::User));
        assert_eq!(
            (guild.user(), guild.guild(), guild.kind()),
            (None, Some(GuildId::new(7)), SubjectKind::Guild)
        );
        assert_ne!(user, guild);
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_is_written_or_refused(text in "\\PC{0,30}") {
            if let Ok(subject) = text.parse::<DataSubject>() {
                prop_assert_eq!(subject.to_string(), text);
            }
        }
    }
}
