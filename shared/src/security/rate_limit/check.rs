use super::Limit;
use crate::domain::access::Tenant;
use crate::ids::{GuildId, UserId};
use crate::security::pseudonym::Pseudonym;

/// Whose window it is. Its parts are the key of the row: the tenant first (SPEC W17), and nothing that a user typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    tenant: String,
    key: String,
}

impl Subject {
    /// A user, over all commands.
    pub fn user(tenant: Tenant, user: UserId) -> Self {
        Self::of(tenant, format!("user#{user}"))
    }

    /// A user's use of one command. The name is the route table's, not the payload's.
    pub fn command(tenant: Tenant, command: &'static str, user: UserId) -> Self {
        Self::of(tenant, format!("command#{command}#user#{user}"))
    }

    /// A guild's use of one command.
    pub fn guild_command(tenant: Tenant, command: &'static str) -> Self {
        Self::of(tenant, format!("command#{command}"))
    }

    /// A user's autocompletion.
    pub fn autocomplete(tenant: Tenant, user: UserId) -> Self {
        Self::of(tenant, format!("autocomplete#user#{user}"))
    }

    /// Whoever sends requests from one address; only its pseudonym is kept.
    pub fn address(address: &Pseudonym) -> Self {
        Self { tenant: format!("ip#{}", address.as_str()), key: "requests".to_owned() }
    }

    /// Somebody at the API, over all communities.
    pub fn api_user(user: UserId) -> Self {
        Self { tenant: format!("api#user#{user}"), key: "requests".to_owned() }
    }

    /// An API key, by its public name.
    pub fn api_key(id: &str) -> Self {
        Self { tenant: format!("api#key#{id}"), key: "requests".to_owned() }
    }

    /// Codes and refresh tokens that one address redeems.
    pub fn credentials(address: &Pseudonym) -> Self {
        Self { tenant: format!("ip#{}", address.as_str()), key: "credentials".to_owned() }
    }

    /// A guild's asking for a voice worker while somebody still types.
    pub fn wake(guild: GuildId) -> Self {
        Self::of(Tenant::Guild(guild), "wake".to_owned())
    }

    /// A viewer's requests for songs of a guild; only their pseudonym is kept. Without a key all viewers are one.
    pub fn viewer(guild: GuildId, viewer: &Pseudonym) -> Self {
        Self::of(Tenant::Guild(guild), format!("song-request#{}", viewer.as_str()))
    }

    /// All viewers' requests for songs of a guild.
    pub fn song_requests(guild: GuildId) -> Self {
        Self::of(Tenant::Guild(guild), "song-requests".to_owned())
    }

    /// A guild's denied attempts.
    pub fn denials(guild: GuildId) -> Self {
        Self::of(Tenant::Guild(guild), "denied".to_owned())
    }

    /// The partition key.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The sort key.
    pub fn key(&self) -> &str {
        &self.key
    }

    fn of(tenant: Tenant, key: String) -> Self {
        Self { tenant: tenant.to_string(), key }
    }
}

/// A user's tier (SPEC W23). It comes from our own rows and configuration, never from the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    /// Everybody.
    User,
    /// Members of a premium guild.
    Premium,
    /// Operators.
    Admin,
}

impl Tier {
    /// The tier of somebody in a guild that is `premium` or not, who is an `operator` or not.
    pub const fn of(premium: bool, operator: bool) -> Self {
        match (operator, premium) {
            (true, _) => Self::Admin,
            (false, true) => Self::Premium,
            (false, false) => Self::User,
        }
    }

    /// The tier's limit over all commands.
    pub const fn limit(self) -> Limit {
        match self {
            Self::User => Limit::USER,
            Self::Premium => Limit::PREMIUM,
            Self::Admin => Limit::ADMIN,
        }
    }
}

/// What happens to a command when its windows cannot be read or written (SPEC W1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// It is refused: everything that concerns authority, accounts or data.
    Refuse,
    /// The process's own small cap decides: music.
    LocalCap,
}

/// The limits of one command; an attribute of its route (SPEC W26).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandLimits {
    /// For one user.
    pub user: Limit,
    /// For all users of one guild together.
    pub guild: Limit,
    /// When the table fails.
    pub on_failure: OnFailure,
}

impl CommandLimits {
    /// Music and everything around it.
    pub const MUSIC: Self =
        Self { user: Limit::COMMAND, guild: Limit::GUILD_COMMAND, on_failure: OnFailure::LocalCap };
    /// Administration, accounts, privacy.
    pub const GUARDED: Self = Self { on_failure: OnFailure::Refuse, ..Self::MUSIC };
}

/// Which window it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitScope {
    /// All commands of a user (SPEC W23).
    User,
    /// One command of a user (SPEC W24).
    Command,
    /// One command of a guild (SPEC W24).
    Guild,
    /// Autocomplete of a user.
    Autocomplete,
    /// All requests of one network address (SPEC W25).
    Address,
}

impl LimitScope {
    /// The scope's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Command => "command",
            Self::Guild => "guild",
            Self::Autocomplete => "autocomplete",
            Self::Address => "address",
        }
    }
}

/// One question to the limiter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which window it is.
    pub scope: LimitScope,
    /// Whose it is.
    pub subject: Subject,
    /// How much it holds.
    pub limit: Limit,
}

/// What a command has to pass, in the order of judgement: the caller's windows over all commands (by tier) and of
/// this command, then the guild's.
pub fn command_checks(
    tenant: Tenant,
    user: UserId,
    tier: Tier,
    command: &'static str,
    limits: CommandLimits,
) -> [Check; 3] {
    let (all, one) = (Subject::user(tenant, user), Subject::command(tenant, command, user));
    [
        Check { scope: LimitScope::User, subject: all, limit: tier.limit() },
        Check { scope: LimitScope::Command, subject: one, limit: limits.user },
        Check {
            scope: LimitScope::Guild,
            subject: Subject::guild_command(tenant, command),
            limit: limits.guild,
        },
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const GUILD: Tenant = Tenant::Guild(GuildId::new(7));
    const USER: UserId = UserId::new(9);

    #[test]
    fn keys_begin_with_the_tenant() {
        let checks = command_checks(GUILD, USER, Tier::User, "play", CommandLimits::MUSIC);
        let keys = checks.each_ref().map(|check| (check.subject.tenant(), check.subject.key()));
        assert_eq!(keys, [("7", "user#9"), ("7", "command#play#user#9"), ("7", "command#play")]);
        assert_eq!(checks.map(|check| check.limit.max()), [100, 10, 60]);
        assert_eq!(Subject::user(Tenant::Dm(USER), USER).tenant(), "dm#9");
    }

    #[test]
    fn no_two_subjects_share_a_row() {
        let tenants = [GUILD, Tenant::Guild(GuildId::new(9)), Tenant::Dm(USER), Tenant::Dm(UserId::new(7))];
        let guilds = [7, 9].map(GuildId::new);
        let mut all: Vec<_> =
            guilds.into_iter().flat_map(|id| [Subject::denials(id), Subject::wake(id)]).collect();
        for viewer in ["account_k1_0123456789abcdef", "account_k1_0123456789abcdee", "unavailable"] {
            let viewer = viewer.parse().unwrap();
            all.extend(guilds.map(|guild| Subject::viewer(guild, &viewer)));
        }
        all.extend(guilds.map(Subject::song_requests));
        for tenant in tenants {
            all.extend([Subject::guild_command(tenant, "play"), Subject::guild_command(tenant, "denied")]);
            for user in [7, 9].map(UserId::new) {
                all.extend([Subject::user(tenant, user), Subject::autocomplete(tenant, user)]);
                all.extend(["play", "skip"].map(|command| Subject::command(tenant, command, user)));
            }
        }
        let count = all.len();
        assert_eq!(all.into_iter().collect::<HashSet<_>>().len(), count);
    }

    #[test]
    fn tiers_come_from_our_own_data() {
        let tiers = [(false, false), (true, false), (false, true), (true, true)].map(|(p, o)| Tier::of(p, o));
        assert_eq!(tiers, [Tier::User, Tier::Premium, Tier::Admin, Tier::Admin]);
        assert_eq!([Tier::User, Tier::Premium, Tier::Admin].map(|tier| tier.limit().max()), [100, 500, 1000]);
    }

    #[test]
    fn only_music_goes_on_when_the_table_fails() {
        assert_eq!(CommandLimits::MUSIC.on_failure, OnFailure::LocalCap);
        assert_eq!(CommandLimits::GUARDED.on_failure, OnFailure::Refuse);
    }
}
