//! Playlists and settings.

use twilight_model::guild::Permissions;

use super::spec::{Body, Choices, Opt, OptKind, Place, Spec, Sub, limit};

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
    Sub::Leaf("save", &[Opt::required("name", OptKind::Text(limit::PLAYLIST_NAME))]),
    Sub::Leaf("load", LOAD),
    Sub::Leaf("list", &[]),
    Sub::Leaf("delete", &[Opt::required("name", NAME)]),
    Sub::Leaf("import", IMPORT),
];

const LOAD: &[Opt] = &[Opt::required("name", NAME), Opt::optional("shuffle", OptKind::Boolean)];
const IMPORT: &[Opt] = &[
    Opt::required("address", OptKind::Text(limit::QUERY)),
    Opt::optional("name", OptKind::Text(limit::PLAYLIST_NAME)),
];

const SETTINGS: &[Sub] = &[
    Sub::Leaf("view", &[]),
    Sub::Leaf("dj-role", &[Opt::optional("role", OptKind::Role)]),
    Sub::Leaf("moderator-role", MODERATOR),
    Sub::Leaf("limits", LIMITS),
    Sub::Leaf("explicit", &[Opt::required("allowed", OptKind::Boolean)]),
    Sub::Leaf("block-artist", ARTIST),
    Sub::Leaf("unblock-artist", ARTIST),
    Sub::Leaf("volume", &[Opt::required("percent", OptKind::Integer(0, 100))]),
    Sub::Leaf("announce", &[Opt::required("enabled", OptKind::Boolean)]),
    Sub::Leaf("locale", &[Opt::required("language", OptKind::Choice(Choices::Languages))]),
    Sub::Leaf("vote-skip", &[Opt::required("percent", OptKind::Integer(1, 100))]),
    Sub::Group("twitch", TWITCH),
    Sub::Leaf("reset", &[]),
];

const TWITCH: &[Sub] = &[
    Sub::Leaf("connect", &[]),
    Sub::Leaf("reward", &[Opt::optional("title", OptKind::Text(limit::REWARD))]),
    Sub::Leaf("command", &[Opt::required("word", OptKind::Text(limit::COMMAND_WORD))]),
    Sub::Leaf("off", &[]),
];

const MODERATOR: &[Opt] = &[Opt::required("role", OptKind::Role), Opt::optional("remove", OptKind::Boolean)];
const LIMITS: &[Opt] = &[
    Opt::optional("tracks", OptKind::Integer(1, limit::TRACKS)),
    Opt::optional("per-user", OptKind::Integer(1, limit::PER_USER)),
    Opt::optional("seconds", OptKind::Integer(1, limit::SECONDS)),
];
const ARTIST: &[Opt] = &[Opt::required("artist", OptKind::Text(limit::ARTIST))];
