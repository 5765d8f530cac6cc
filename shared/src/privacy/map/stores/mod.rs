//! Every store, in the order of the page.

mod api;
mod buckets;
mod guilds;
mod incidents;
mod limits;
mod links;
mod logs;
mod operations;
mod playing;
mod privacy;
mod queues;
mod replies;
mod secrets;

use super::Store;

/// Every one: tables, then what is outside of tables.
pub const ALL: &[Store] = &[
    playing::GUILD_QUEUES,
    playing::GUILD_STATE,
    guilds::GUILD_ACCESS,
    guilds::PLAYLISTS,
    limits::REPLAY,
    limits::RATE_LIMITS,
    operations::FLAGS,
    operations::AUDIT,
    operations::AUDIT_HEADS,
    replies::DEFERRED,
    links::ACCOUNT_LINKS,
    operations::LEASES,
    operations::TRACK_CACHE,
    api::API_KEYS,
    api::ROLES,
    api::SESSIONS,
    limits::WEBHOOK_DEDUP,
    privacy::TOMBSTONES,
    incidents::INCIDENTS,
    privacy::EXPORTS,
    buckets::AUDIO,
    buckets::EVIDENCE,
    buckets::STATUS,
    secrets::USERS,
    secrets::OAUTH_CLIENTS,
    secrets::WEBHOOKS,
    secrets::ANNOUNCE,
    secrets::CHANNELS,
    secrets::LOG_KEY,
    secrets::CUSTOM_ID_KEY,
    secrets::JWT_KEYS,
    secrets::BOT_TOKEN,
    queues::VOICE,
    queues::VOICE_DEAD,
    queues::REPLY_DEADLINE,
    queues::REPLY_DEADLINE_DEAD,
    queues::WEBHOOKS,
    queues::WEBHOOKS_DEAD,
    queues::PRIVACY,
    queues::PRIVACY_DEAD,
    queues::CONTROL,
    queues::CONTROL_DEAD,
    queues::RETENTION_DEAD,
    queues::ROTATION_DEAD,
    operations::AUDIT_HEADS_STREAM,
    logs::FUNCTIONS,
    logs::WORKER,
    logs::PUBLIC_API,
    logs::METRICS,
    logs::ALERTS,
    logs::ALERTS_OF_A_SEVERITY,
    logs::WATCHDOG,
    logs::LOCAL,
];
