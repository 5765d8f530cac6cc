//! Accounts, privacy, help, and what operators do.

use twilight_model::guild::Permissions;

use super::spec::{Body, Choices, Leaf, Needs, Opt, OptKind, Place, Spec, Sub, limit};

pub(super) const COMMANDS: &[Spec] = &[
    anywhere("help", Body::Leaf(Leaf::reads("help:read", &[Opt::optional("topic", TOPIC)]))),
    Spec { name: "ping", place: Place::Guild, member: None, body: Body::Leaf(Leaf::reads("help:read", &[])) },
    anywhere("link", Body::Leaf(Leaf::changes("account:link", SERVICE).needing(Needs::Accounts))),
    anywhere("unlink", Body::Leaf(Leaf::changes("account:unlink", SERVICE).needing(Needs::Accounts))),
    anywhere("accounts", Body::Leaf(Leaf::reads("account:read", &[]).needing(Needs::Accounts))),
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
    ])),
)];

const PRIVACY: &[Sub] = &[
    Sub::Leaf("what", Leaf::reads("privacy:read", &[])),
    Sub::Leaf("export", Leaf::changes("privacy:export", &[]).needing(Needs::Privacy)),
    Sub::Leaf("delete", Leaf::changes("privacy:erase", &[]).needing(Needs::Privacy)),
    Sub::Leaf("status", Leaf::reads("privacy:read", &[]).needing(Needs::Privacy)),
];

const ADMIN: &[Sub] = &[
    Sub::Leaf("request", Leaf::changes("access:request", &[Opt::optional("reason", REASON)])),
    Sub::Leaf("approve", Leaf::operates("access:review", APPROVE)),
    Sub::Leaf("deny", Leaf::operates("access:review", REVIEW)),
    Sub::Leaf("revoke", Leaf::operates("access:review", REVIEW)),
    Sub::Leaf("list", Leaf::operates("access:read", &[Opt::optional("status", STATUS)])),
    Sub::Leaf("audit", Leaf::operates("audit:read", AUDIT)),
    Sub::Leaf("incidents", Leaf::operates("incident:read", &[]).needing(Needs::Alarms)),
    Sub::Group("lockdown", LOCKDOWN),
];

const LOCKDOWN: &[Sub] = &[
    Sub::Leaf("on", Leaf::operates("containment:raise", &[Opt::required("reason", REASON)])),
    Sub::Leaf("resume", Leaf::operates("containment:resume", &[])),
];

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
