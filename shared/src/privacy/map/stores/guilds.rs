//! Whether a server may use the bot, and the lists that it keeps.

use super::super::store::{personal, public};
use super::super::{End, Field, Kind, Purpose, Row, Store};
use crate::privacy::Place;

pub(super) const GUILD_ACCESS: Store = Store {
    name: "guild-access",
    kind: Kind::Table,
    about: "May this server use the bot. Index `by-status` over `status`, `updated_at` for lists.",
    owners: &["shared/src/store/access"],
    place: Some(Place::GuildAccess),
    keys: &["guild", "sk"],
    rows: &[
        Row {
            key: &["{guild}", "access"],
            about: "who asked, who decided and what they wrote",
            purpose: Purpose::Access,
            end: End::Erased,
            sooner: "",
            fields: APPROVAL,
        },
        Row {
            key: &["{guild}", "ban"],
            about: "a server that kept trying",
            purpose: Purpose::Access,
            end: End::hours(1),
            sooner: "",
            fields: &[public("banned_until"), public("expires_at")],
        },
        Row {
            key: &["#approved", "count"],
            about: "the cap",
            purpose: Purpose::Access,
            end: End::Never,
            sooner: "",
            fields: &[public("approved")],
        },
    ],
};

const APPROVAL: &[Field] = &[
    public("status"),
    public("updated_at"),
    personal("requested_by"),
    public("requested_at"),
    personal("decided_by"),
    public("decided_at"),
    personal("reason"),
    public("premium"),
    public("version"),
];

pub(super) const PLAYLISTS: Store = Store {
    name: "playlists",
    kind: Kind::Table,
    about: "Saved lists.",
    owners: &["shared/src/store/playlists"],
    place: Some(Place::Playlists),
    keys: &["guild", "sk"],
    rows: &[
        Row {
            key: &["{guild}", "p#{name}"],
            about: "a saved list, and who saved it",
            purpose: Purpose::Playlists,
            end: End::Removed,
            sooner: "",
            fields: &[
                personal("name"),
                personal("owner"),
                public("tracks"),
                public("pages"),
                public("version"),
            ],
        },
        Row {
            key: &["{guild}", "t#{name}#{page}"],
            about: "its tracks, up to 50",
            purpose: Purpose::Playlists,
            end: End::Removed,
            sooner: "",
            fields: PAGE,
        },
        Row {
            key: &["{guild}", "c#"],
            about: "how many a server has",
            purpose: Purpose::Playlists,
            end: End::Erased,
            sooner: "",
            fields: &[public("playlists")],
        },
    ],
};

const PAGE: &[Field] = &[
    public("version"),
    public("tracks.source"),
    public("tracks.title"),
    public("tracks.artist"),
    public("tracks.duration_s"),
    public("tracks.thumbnail"),
    public("tracks.explicit"),
];
