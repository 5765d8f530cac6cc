use core::fmt;

use crate::ids::{GuildId, UserId};

/// Whose data it is: a guild's, or a user's own where there is no guild. It comes from the signed payload only and
/// is the first part of every key (SPEC W17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// A guild.
    Guild(GuildId),
    /// A direct message, or an app that only the user installed.
    Dm(UserId),
}

impl Tenant {
    /// The guild, if it is one.
    pub const fn guild(self) -> Option<GuildId> {
        match self {
            Self::Guild(guild) => Some(guild),
            Self::Dm(_) => None,
        }
    }
}

impl fmt::Display for Tenant {
    /// The key's text: the guild's id, or `dm#` and the user's id. Guild ids are digits, so the two never meet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guild(guild) => write!(f, "{guild}"),
            Self::Dm(user) => write!(f, "dm#{user}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guild_and_a_user_of_the_same_number_are_two_tenants() {
        assert_eq!(Tenant::Guild(GuildId::new(7)).to_string(), "7");
        assert_eq!(Tenant::Dm(UserId::new(7)).to_string(), "dm#7");
        assert_eq!(Tenant::Guild(GuildId::new(7)).guild(), Some(GuildId::new(7)));
        assert_eq!(Tenant::Dm(UserId::new(7)).guild(), None);
    }
}
