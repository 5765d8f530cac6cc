//! What plays, what waits, who wants what.

use super::super::store::{personal, public};
use super::super::{End, Field, Kind, Purpose, Row, Since, Store};
use crate::privacy::Place;

pub(super) const GUILD_QUEUES: Store = Store {
    name: "guild-queues",
    kind: Kind::Table,
    about: "What plays and what waits. Limits per user are counted from the slots; there is no row for them.",
    owners: &["shared/src/store/queue"],
    place: Some(Place::GuildQueues),
    keys: &["guild", "sk"],
    rows: &[
        Row {
            key: &["{guild}", "q#head"],
            about: "the queue's state, one row: what plays, what was played last (50), and by whom it was asked for",
            purpose: Purpose::Playing,
            end: End::hours(24).since(Since::Used),
            sooner: "",
            fields: HEAD,
        },
        Row {
            key: &["{guild}", "q#order#{segment}"],
            about: "the order of what waits: up to 256 entries and requesters",
            purpose: Purpose::Playing,
            end: End::days(7),
            sooner: "renewed while in use",
            fields: &[public("id"), public("rev"), personal("slots"), public("expires_at")],
        },
        Row {
            key: &["{guild}", "e#{entry}"],
            about: "a track that somebody asked for",
            purpose: Purpose::Playing,
            end: End::days(7),
            sooner: "1 h after it left the queue",
            fields: ENTRY,
        },
        Row {
            key: &["{guild}", "op#{operation}"],
            about: "the same answer for the same interaction",
            purpose: Purpose::Playing,
            end: End::hours(1),
            sooner: "",
            fields: &[personal("outcome"), public("expires_at")],
        },
    ],
};

const HEAD: &[Field] = &[
    public("rev"),
    personal("now"),
    public("run"),
    public("playback.status"),
    public("playback.loop_mode"),
    public("playback.volume"),
    public("playback.seek"),
    public("playback.seeks"),
    public("playback.away"),
    public("directory"),
    public("next_segment"),
    personal("history"),
    public("fresh_until"),
    public("expires_at"),
];

const ENTRY: &[Field] = &[
    public("entry.id"),
    personal("entry.track.source"),
    personal("entry.track.title"),
    public("entry.track.artist"),
    public("entry.track.duration_s"),
    public("entry.track.thumbnail"),
    public("entry.track.explicit"),
    personal("entry.requester"),
    personal("entry.added_at"),
    public("expires_at"),
];

pub(super) const GUILD_STATE: Store = Store {
    name: "guild-state",
    kind: Kind::Table,
    about: "What a server decided, who votes, what is heard.",
    owners: &["shared/src/store/settings.rs", "shared/src/store/votes.rs", "shared/src/store/observed.rs"],
    place: Some(Place::GuildState),
    keys: &["guild", "sk"],
    rows: &[
        Row {
            key: &["{guild}", "settings"],
            about: "what a server decided; the roles in it are nobody's in particular",
            purpose: Purpose::Settings,
            end: End::Erased,
            sooner: "90 days after the bot was turned away there",
            fields: SETTINGS,
        },
        Row {
            key: &["{guild}", "votes"],
            about: "who wants to skip what plays",
            purpose: Purpose::Playing,
            end: End::hours(24).since(Since::Used),
            sooner: "the next track's first vote",
            fields: &[public("run"), personal("voters"), public("expires_at")],
        },
        Row {
            key: &["{guild}", "observed"],
            about: "what the next worker goes on with; of the listeners at most 99",
            purpose: Purpose::Playing,
            end: End::hours(24).since(Since::Used),
            sooner: "",
            fields: OBSERVED,
        },
    ],
};

const SETTINGS: &[Field] = &[
    public("version"),
    public("settings.dj_role"),
    public("settings.moderator_roles"),
    public("settings.max_tracks"),
    public("settings.per_user"),
    public("settings.max_duration"),
    public("settings.explicit_refused"),
    public("settings.blocked_artists"),
    public("settings.announce"),
    public("settings.default_volume"),
    public("settings.vote_skip"),
    public("settings.locale"),
    public("settings.twitch.enabled"),
    public("settings.twitch.reward"),
    public("settings.twitch.command"),
];

const OBSERVED: &[Field] = &[
    public("epoch"),
    public("observed.rev"),
    public("observed.heard.entry"),
    public("observed.heard.run"),
    public("observed.heard.position_ms"),
    public("observed.heard.at"),
    public("observed.heard.playing"),
    public("observed.channel"),
    public("observed.card.channel"),
    public("observed.card.message"),
    public("observed.seek_seq"),
    personal("observed.listeners"),
    public("observed.handed_over"),
    public("expires_at"),
];
