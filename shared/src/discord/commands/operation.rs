//! Accounts, privacy, help, and what operators do.

use twilight_model::guild::Permissions;

use super::spec::{Body, Choices, Opt, OptKind, Place, Spec, Sub, limit};

pub(super) const COMMANDS: &[Spec] = &[
    anywhere("help", Body::Leaf(&[Opt::optional("topic", TOPIC)])),
    Spec { name: "ping", place: Place::Guild, member: None, body: Body::Leaf(&[]) },
    anywhere("link", Body::Leaf(SERVICE)),
    anywhere("unlink", Body::Leaf(SERVICE)),
    anywhere("accounts", Body::Leaf(&[])),
    anywhere("privacy", Body::Subs(PRIVACY)),
    Spec {
        name: "admin",
        place: Place::Anywhere,
        member: Some(Permissions::MANAGE_GUILD),
        body: Body::Subs(ADMIN),
    },
];

const TOPIC: OptKind =
    OptKind::Choice(Choices::Words(&["playing", "queueing", "playlists", "settings", "privacy"]));
const SERVICE: &[Opt] = &[Opt::required(
    "service",
    OptKind::Choice(Choices::Names(&[
        ("twitch", "Twitch"),
        ("youtube", "YouTube"),
        ("spotify", "Spotify"),
        ("slack", "Slack"),
        ("discord", "Discord"),
    ])),
)];

const PRIVACY: &[Sub] = &[
    Sub::Leaf("what", &[]),
    Sub::Leaf("export", &[]),
    Sub::Leaf("delete", &[]),
    Sub::Leaf("status", REQUEST),
];

const REQUEST: &[Opt] = &[Opt::optional("request", OptKind::Text(limit::REQUEST))];

const ADMIN: &[Sub] = &[
    Sub::Leaf("request", &[]),
    Sub::Leaf("approve", APPROVE),
    Sub::Leaf("deny", REVIEW),
    Sub::Leaf("revoke", REVIEW),
    Sub::Leaf("list", &[Opt::optional("status", STATUS)]),
    Sub::Leaf("audit", AUDIT),
    Sub::Leaf("incidents", &[]),
    Sub::Group("lockdown", LOCKDOWN),
];

const LOCKDOWN: &[Sub] = &[Sub::Leaf("on", LOCK), Sub::Leaf("resume", &[])];
/// What is above takes somebody at the account itself: there is no way back from replaced credentials.
const LOCK: &[Opt] =
    &[Opt::required("reason", REASON), Opt::optional("level", OptKind::Integer(1, limit::LOCKDOWN))];

const SERVER: OptKind = OptKind::Text(limit::SNOWFLAKE);
const REASON: OptKind = OptKind::Text(limit::REASON);
const STATUS: OptKind = OptKind::Choice(Choices::Words(&["approved", "pending", "denied", "revoked"]));
const APPROVE: &[Opt] = &[
    Opt::required("server", SERVER),
    Opt::optional("reason", REASON),
    Opt::optional("premium", OptKind::Boolean),
];
const REVIEW: &[Opt] = &[Opt::required("server", SERVER), Opt::required("reason", REASON)];
const AUDIT: &[Opt] =
    &[Opt::optional("server", SERVER), Opt::optional("hours", OptKind::Integer(1, limit::HOURS))];

const fn anywhere(name: &'static str, body: Body) -> Spec {
    Spec { name, place: Place::Anywhere, member: None, body }
}
