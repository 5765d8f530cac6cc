//! What something is stored for, and by what right.

use serde::Serialize;

/// Why a row is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The queue, the player and their votes.
    Playing,
    /// Saved playlists.
    Playlists,
    /// What a server has decided.
    Settings,
    /// Whether a server may use the bot.
    Access,
    /// Accounts at other services, and what is done through them.
    Accounts,
    /// Sign-ins, roles and keys of the API.
    Api,
    /// Replies that still have to end.
    Replies,
    /// Limits against overload and abuse.
    Limits,
    /// Messages are taken once, and from whom they claim to come.
    Security,
    /// Who administered what.
    Audit,
    /// The bot runs, and somebody sees when it does not.
    Operations,
    /// Exports and erasures.
    Privacy,
}

/// A lawful basis of the GDPR, article 6 (1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// They have said yes, and can take it back.
    Consent,
    /// They asked for the service that needs it.
    Contract,
    /// The law asks for it.
    LegalObligation,
    /// We need it, and it weighs little on them.
    LegitimateInterest,
}

impl Purpose {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::Playing,
        Self::Playlists,
        Self::Settings,
        Self::Access,
        Self::Accounts,
        Self::Api,
        Self::Replies,
        Self::Limits,
        Self::Security,
        Self::Audit,
        Self::Operations,
        Self::Privacy,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Playing => "playing",
            Self::Playlists => "playlists",
            Self::Settings => "settings",
            Self::Access => "access",
            Self::Accounts => "accounts",
            Self::Api => "api",
            Self::Replies => "replies",
            Self::Limits => "limits",
            Self::Security => "security",
            Self::Audit => "audit",
            Self::Operations => "operations",
            Self::Privacy => "privacy",
        }
    }

    /// What it means, for the page.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Playing => "music that somebody asked for is played",
            Self::Playlists => "lists that somebody saved are there again",
            Self::Settings => "a server's own decisions hold",
            Self::Access => "the bot serves the servers that its operators know",
            Self::Accounts => "accounts at other services do what their owner asked for",
            Self::Api => "people and programs use the API as who they are",
            Self::Replies => "whoever asked gets an answer",
            Self::Limits => "nobody overloads the bot or asks at others' expense",
            Self::Security => "a message counts once, and from whom it claims to come",
            Self::Audit => "it can be shown who administered what",
            Self::Operations => "the bot runs, and its operators see when it does not",
            Self::Privacy => "everybody gets their data, or is rid of it",
        }
    }

    /// By what right. A purpose without one cannot be written down.
    pub const fn basis(self) -> Basis {
        match self {
            Self::Playing | Self::Playlists | Self::Settings | Self::Api | Self::Replies => Basis::Contract,
            Self::Accounts => Basis::Consent,
            Self::Access | Self::Limits | Self::Security | Self::Audit | Self::Operations => {
                Basis::LegitimateInterest
            }
            Self::Privacy => Basis::LegalObligation,
        }
    }
}

impl Basis {
    /// Every one.
    pub const ALL: [Self; 4] =
        [Self::Consent, Self::Contract, Self::LegalObligation, Self::LegitimateInterest];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal obligation",
            Self::LegitimateInterest => "legitimate interest",
        }
    }

    /// Its letter in article 6 (1).
    pub const fn letter(self) -> char {
        match self {
            Self::Consent => 'a',
            Self::Contract => 'b',
            Self::LegalObligation => 'c',
            Self::LegitimateInterest => 'f',
        }
    }
}
