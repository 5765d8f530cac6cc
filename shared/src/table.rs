//! The names of our tables. They are known without the SDK too.

/// One of our tables; its name is `{TABLE_PREFIX}-{suffix}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Queue heads, order segments, entries and per-user counts. Keys `guild`, `sk`.
    GuildQueues,
    /// Settings, history and observed playback. Keys `guild`, `sk`.
    GuildState,
    /// Approval rows, bans and the approved counter. Keys `guild`, `sk`.
    GuildAccess,
    /// Playlists of a guild. Keys `guild`, `sk`.
    Playlists,
    /// Interaction ids seen. Keys `tenant`, `sk`.
    Replay,
    /// Sliding windows. Keys `subject`, `sk`.
    RateLimits,
    /// The containment flag. Key `flag`.
    Flags,
    /// The audit chain. Keys `tenant`, `seq`.
    Audit,
    /// The head of each audit chain. Key `tenant`.
    AuditHeads,
    /// Replies that still have to end. Keys `tenant`, `sk`.
    Deferred,
    /// Linked accounts, whose they are, and who refreshes their tokens. Keys `owner`, `sk`.
    AccountLinks,
    /// Messages of webhooks that came. Keys `source`, `delivery`.
    WebhookDedup,
    /// API keys, by their hashes. Key `hash`.
    ApiKeys,
    /// Roles that were given at the API. Keys `guild`, `user`.
    Roles,
    /// Sign-ins at the API, their codes, signed-out tokens. Keys `owner`, `sk`.
    Sessions,
    /// Leases of shards, tries to start workers, gateway sessions, identifies. Key `lease`.
    Leases,
    /// Who was erased, and how far requests about somebody's data are. Keys `subject`, `sk`.
    Tombstones,
    /// Incidents, what has contained them, channels, silences. Keys `scope`, `sk`.
    Incidents,
}

impl Table {
    /// Every one.
    pub const ALL: [Self; 18] = [
        Self::GuildQueues,
        Self::GuildState,
        Self::GuildAccess,
        Self::Playlists,
        Self::Replay,
        Self::RateLimits,
        Self::Flags,
        Self::Audit,
        Self::AuditHeads,
        Self::Deferred,
        Self::AccountLinks,
        Self::WebhookDedup,
        Self::ApiKeys,
        Self::Roles,
        Self::Sessions,
        Self::Leases,
        Self::Tombstones,
        Self::Incidents,
    ];

    /// The attributes of its key: the partition's, and the one that sorts within it.
    pub const fn key(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::GuildQueues | Self::GuildState | Self::GuildAccess | Self::Playlists => {
                ("guild", Some("sk"))
            }
            Self::Replay | Self::Deferred => ("tenant", Some("sk")),
            Self::RateLimits | Self::Tombstones => ("subject", Some("sk")),
            Self::Incidents => ("scope", Some("sk")),
            Self::Flags => ("flag", None),
            Self::Audit => ("tenant", Some("seq")),
            Self::AuditHeads => ("tenant", None),
            Self::AccountLinks | Self::Sessions => ("owner", Some("sk")),
            Self::WebhookDedup => ("source", Some("delivery")),
            Self::ApiKeys => ("hash", None),
            Self::Roles => ("guild", Some("user")),
            Self::Leases => ("lease", None),
        }
    }

    /// What follows the prefix in the table's name.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::GuildQueues => "guild-queues",
            Self::GuildState => "guild-state",
            Self::GuildAccess => "guild-access",
            Self::Playlists => "playlists",
            Self::Replay => "replay",
            Self::RateLimits => "rate-limits",
            Self::Flags => "flags",
            Self::Audit => "audit",
            Self::AuditHeads => "audit-heads",
            Self::Deferred => "deferred",
            Self::AccountLinks => "account-links",
            Self::WebhookDedup => "webhook-dedup",
            Self::ApiKeys => "api-keys",
            Self::Roles => "roles",
            Self::Sessions => "sessions",
            Self::Leases => "leases",
            Self::Tombstones => "tombstones",
            Self::Incidents => "incidents",
        }
    }
}
