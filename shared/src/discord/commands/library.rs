//! Playlists and settings.

use twilight_model::guild::Permissions;

use super::spec::{Body, Choices, Leaf, Needs, Opt, OptKind, Place, Spec, Sub, limit};

pub(super) const COMMANDS: &[Spec] = &[
    Spec { name: "playlist", place: Place::Guild, member: None, body: Body::Subs(PLAYLIST) },
    Spec {
        name: "settings",
        place: Place::Guild,
        member: Some(Permissions::MANAGE_GUILD),
        body: Body::Subs(SETTINGS),
    },
];

const NAME: OptKind = OptKind::Suggested(limit::PLAYLIST_NAME);

const PLAYLIST: &[Sub] = &[
    Sub::Leaf(
        "save",
        Leaf::changes("playlist:save", &[Opt::required("name", OptKind::Text(limit::PLAYLIST_NAME))]),
    ),
    Sub::Leaf("load", Leaf::changes("playlist:load", LOAD)),
    Sub::Leaf("list", Leaf::reads("playlist:read", &[])),
    Sub::Leaf("delete", Leaf::changes("playlist:delete", &[Opt::required("name", NAME)])),
    Sub::Leaf("import", Leaf::changes("playlist:save", IMPORT).needing(Needs::Accounts)),
];

const LOAD: &[Opt] = &[Opt::required("name", NAME), Opt::optional("shuffle", OptKind::Boolean)];
const IMPORT: &[Opt] = &[
    Opt::required("address", OptKind::Text(limit::QUERY)),
    Opt::optional("name", OptKind::Text(limit::PLAYLIST_NAME)),
];

const SETTINGS: &[Sub] = &[
    Sub::Leaf("view", Leaf::reads("settings:read", &[])),
    Sub::Leaf("dj-role", set(&[Opt::optional("role", OptKind::Role)])),
    Sub::Leaf("moderator-role", set(MODERATOR)),
    Sub::Leaf("limits", set(LIMITS)),
    Sub::Leaf("explicit", set(&[Opt::required("allowed", OptKind::Boolean)])),
    Sub::Leaf("block-artist", set(ARTIST)),
    Sub::Leaf("unblock-artist", set(ARTIST)),
    Sub::Leaf("volume", set(&[Opt::required("percent", OptKind::Integer(0, 100))])),
    Sub::Leaf("announce", set(&[Opt::required("enabled", OptKind::Boolean)])),
    Sub::Leaf("locale", set(&[Opt::required("language", OptKind::Choice(Choices::Languages))])),
    Sub::Leaf("vote-skip", set(&[Opt::required("percent", OptKind::Integer(1, 100))])),
    Sub::Leaf("reset", set(&[])),
];

const MODERATOR: &[Opt] = &[Opt::required("role", OptKind::Role), Opt::optional("remove", OptKind::Boolean)];
const LIMITS: &[Opt] = &[
    Opt::optional("tracks", OptKind::Integer(1, limit::TRACKS)),
    Opt::optional("per-user", OptKind::Integer(1, limit::PER_USER)),
    Opt::optional("seconds", OptKind::Integer(1, limit::SECONDS)),
];
const ARTIST: &[Opt] = &[Opt::required("artist", OptKind::Text(limit::ARTIST))];

const fn set(options: &'static [Opt]) -> Leaf {
    Leaf::changes("settings:write", options)
}
