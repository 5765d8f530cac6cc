//! The one table of routes (SPEC W26): path, who may, in which community, under which limit, what containment does to it,
//! what it is called in the audit trail, and what goes in and out. A route is a variant made by the macro at the end, so
//! one without an entry does not compile, and [`crate::gate`] matches on all of them.

use matchit::{Match, Router};
use schemars::{Schema, SchemaGenerator};
use shared::domain::containment::Touch;
use shared::security::permissions::Permission as P;

use crate::handlers::{
    audit, guilds, incidents, keys, me, playback, privacy, public, queue, roles, sessions, settings, status,
};

/// Makes the schema of a type.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Everybody.
    Anybody,
    /// Whoever brings a good credential.
    Caller,
    /// A person who is signed in, about themselves.
    Person,
    /// Whoever holds a permission.
    Holder {
        /// Which.
        needs: P,
        /// Where.
        at: Where,
        /// Whether it takes a person: an API key cannot make keys or give roles.
        people: bool,
    },
}

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// One community, which has to be approved.
    Community,
    /// The whole deployment.
    Deployment,
    /// The community that the request names, or else the deployment.
    Either,
}

/// Which limit counts besides the one of the address (SPEC W23, W25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quota {
    /// None.
    Address,
    /// A tighter one of the address: what is guessed at is asked here.
    Credentials,
    /// The caller's, by their tier.
    Tier,
}

/// A query parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// A regular expression that it matches; what else is refused is said in `about`.
    pub(crate) pattern: &'static str,
}

/// A route and its attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) id: RouteId,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) who: Who,
    pub(crate) quota: Quota,
    pub(crate) touch: Touch,
    /// Whether it is answered although nobody can say how often it was asked for.
    pub(crate) alive: bool,
    /// Its name in the audit trail; `None`: it is no administrative action.
    pub(crate) audit: Option<&'static str>,
    pub(crate) query: &'static [Parameter],
    pub(crate) body: Option<SchemaOf>,
    /// Whether a request may leave the body away.
    pub(crate) body_optional: bool,
    /// Its status when all goes well, and what is in it.
    pub(crate) answers: (u16, Content),
}

/// What an answer holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content {
    /// Nothing.
    Nothing,
    /// JSON of this type.
    Json(SchemaOf),
    /// Something else.
    Text(&'static str),
}

impl Route {
    const fn new(id: RouteId, method: &'static str, path: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            summary,
            who: Who::Anybody,
            quota: Quota::Address,
            touch: Touch::Reads,
            alive: false,
            audit: None,
            query: &[],
            body: None,
            body_optional: false,
            answers: (204, Content::Nothing),
        }
    }

    const fn needs(self, needs: P, at: Where) -> Self {
        Self { who: Who::Holder { needs, at, people: false }, quota: Quota::Tier, ..self }
    }

    /// The same, for people only.
    const fn people(self) -> Self {
        let who = match self.who {
            Who::Holder { needs, at, .. } => Who::Holder { needs, at, people: true },
            other => other,
        };
        Self { who, ..self }
    }

    const fn person(self) -> Self {
        Self { who: Who::Person, quota: Quota::Tier, ..self }
    }

    const fn caller(self) -> Self {
        Self { who: Who::Caller, quota: Quota::Tier, ..self }
    }

    const fn credentials(self) -> Self {
        Self { quota: Quota::Credentials, ..self }
    }

    const fn touches(self, touch: Touch) -> Self {
        Self { touch, ..self }
    }

    /// Also while the limiter does not answer.
    const fn alive(self) -> Self {
        Self { alive: true, ..self }
    }

    const fn audited(self, action: &'static str) -> Self {
        Self { audit: Some(action), ..self }
    }

    const fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    const fn takes(self, body: SchemaOf) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn may_take(self, body: SchemaOf) -> Self {
        Self { body: Some(body), body_optional: true, ..self }
    }

    const fn gives(self, status: u16, body: SchemaOf) -> Self {
        Self { answers: (status, Content::Json(body)), ..self }
    }

    const fn gives_text(self, kind: &'static str) -> Self {
        Self { answers: (200, Content::Text(kind)), ..self }
    }

    /// The names of its path's parameters.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

const fn schema<T: schemars::JsonSchema>() -> SchemaOf {
    SchemaGenerator::subschema_for::<T>
}

macro_rules! routes {
    ($($name:ident: $method:literal $path:literal $summary:literal $(, $($call:ident($($argument:expr),*)),+)?;)*) => {
        /// Every route.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum RouteId {
            $(
                #[doc = $summary]
                $name,
            )*
        }

        impl RouteId {
            /// Every route, in the table's order.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in `/openapi.json`.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// Its entry.
            pub(crate) const fn route(self) -> Route {
                match self {
                    $(Self::$name => Route::new(self, $method, $path, $summary)$($(.$call($($argument),*))+)?,)*
                }
            }
        }
    };
}

const CURSOR: Parameter = Parameter {
    name: "cursor",
    about: "Where the page begins: `next` of the page before.",
    pattern: "^[0-9]{1,20}(-[0-9]{1,20})?$",
};

const LIMIT: Parameter = Parameter {
    name: "limit",
    about: "How many at most: 1 to 100, 50 if it is not said.",
    pattern: "^[0-9]{1,3}$",
};

const STATUS: Parameter = Parameter {
    name: "status",
    about: "Only communities that stand so; `pending` if it is not said.",
    pattern: "^(pending|approved|denied|revoked)$",
};

const OF_GUILD: Parameter = Parameter {
    name: "guild",
    about: "The community whose erasure it is, by its Discord server id; without it, the request is one's own.",
    pattern: "^[1-9][0-9]{0,18}$",
};

const INCIDENTS: &[Parameter] = &[
    Parameter {
        name: "status",
        about: "`open`: those that go on; `all`: also those that are over. `open` if it is not said.",
        pattern: "^(open|all)$",
    },
    Parameter {
        name: "before",
        about: "Only those that began before this one: `next` of the page before.",
        pattern: "^[0-9a-f]{32}$",
    },
    LIMIT,
];

const RANGE: &[Parameter] = &[
    Parameter {
        name: "from",
        about: "Nothing before this instant (RFC 3339).",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(Z|[+-][0-9]{2}:[0-9]{2})$",
    },
    Parameter {
        name: "to",
        about: "Nothing at or after this instant (RFC 3339).",
        pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}(Z|[+-][0-9]{2}:[0-9]{2})$",
    },
    Parameter {
        name: "admin",
        about: "Only what this Discord user did. Ids in the trail are pseudonyms whose key changes once a year; actions from before the last change are not found by it.",
        pattern: "^[1-9][0-9]{0,19}$",
    },
    Parameter {
        name: "action",
        about: "Only this action, such as `key.create`.",
        pattern: "^[a-z_.]{1,64}$",
    },
    LIMIT,
    CURSOR,
];

routes! {
    Health: "GET" "/api/v1/health" "Whether the API answers.",
        gives(200, schema::<public::Health>());
    Status: "GET" "/api/v1/status" "What works just now.",
        gives(200, schema::<public::Standing>());
    StatusPage: "GET" "/status" "What works just now, what is being looked into and what has been, as a page.",
        alive(), gives_text("text/html");
    StatusJson: "GET" "/status.json" "The same as the page, as JSON.",
        alive(), gives(200, schema::<status::PublicStatus>());
    SecurityTxt: "GET" "/.well-known/security.txt" "Where weaknesses are reported to (RFC 9116).",
        gives_text("text/plain");
    SigningKeys: "GET" "/.well-known/timmybot-keys.json" "The public halves of the keys that sign checkpoints of the audit trail.",
        gives_text("application/json");
    OpenApi: "GET" "/openapi.json" "This description.",
        gives_text("application/json");

    BeginSession: "POST" "/api/v1/sessions" "Redeems the code of a sign-in for tokens, once and within a minute.",
        credentials(), takes(schema::<sessions::Redeem>()), gives(201, schema::<sessions::Tokens>()),
        touches(Touch::Operates);
    RefreshSession: "POST" "/api/v1/sessions/refresh" "Redeems a refresh token for the next two tokens.",
        credentials(), takes(schema::<sessions::Refresh>()), gives(200, schema::<sessions::Tokens>()),
        touches(Touch::Operates);
    EndSession: "DELETE" "/api/v1/sessions/current" "Signs out: these tokens are worth nothing any more.",
        person(), touches(Touch::Operates);
    EndSessions: "DELETE" "/api/v1/sessions" "Signs out everywhere.",
        person(), touches(Touch::Operates);
    WhoAmI: "GET" "/api/v1/me" "Who the credential stands for, and what it may.",
        caller(), touches(Touch::Operates), gives(200, schema::<me::Me>());

    ListKeys: "GET" "/api/v1/keys" "The API keys of a community, or of the deployment.",
        needs(P::KeyManage, Where::Either), people(), touches(Touch::Operates), gives(200, schema::<keys::Keys>());
    MakeKey: "POST" "/api/v1/keys" "Makes an API key. It is shown this once.",
        needs(P::KeyManage, Where::Either), people(), touches(Touch::Operates), audited("key.create"),
        takes(schema::<keys::MakeKey>()), gives(201, schema::<keys::MadeKey>());
    RotateKey: "POST" "/api/v1/keys/{key}/rotate" "Makes a key that takes over from another, which goes on for a while.",
        needs(P::KeyManage, Where::Either), people(), touches(Touch::Operates), audited("key.rotate"),
        takes(schema::<keys::RotateKey>()), gives(201, schema::<keys::MadeKey>());
    RevokeKey: "DELETE" "/api/v1/keys/{key}" "Revokes a key at once.",
        needs(P::KeyManage, Where::Either), people(), touches(Touch::Operates), audited("key.revoke");

    ListRoles: "GET" "/api/v1/roles" "Who has which role in a community.",
        needs(P::UserManage, Where::Community), query(&[CURSOR]), gives(200, schema::<roles::Roles>());
    GiveRole: "PUT" "/api/v1/roles/{user}" "Gives somebody a role in a community. Nobody gives one above their own.",
        needs(P::UserManage, Where::Community), people(), touches(Touch::Changes), audited("role.give"),
        takes(schema::<roles::GiveRole>()), gives(200, schema::<roles::RoleOf>());
    TakeRole: "DELETE" "/api/v1/roles/{user}" "Takes somebody's role in a community, or lays one's own down.",
        person(), touches(Touch::Changes), audited("role.take");

    ListGuilds: "GET" "/api/v1/guilds" "Communities by where they stand.",
        needs(P::AccessReview, Where::Deployment), touches(Touch::Operates), query(&[STATUS, CURSOR]),
        gives(200, schema::<guilds::Guilds>());
    ApproveGuild: "POST" "/api/v1/guilds/{guild}/approve" "Lets a community in, or makes it premium or not.",
        needs(P::AccessReview, Where::Deployment), touches(Touch::Operates), audited("guild.approve"),
        may_take(schema::<guilds::Approve>()), gives(200, schema::<guilds::GuildStanding>());
    DenyGuild: "POST" "/api/v1/guilds/{guild}/deny" "Refuses a community's request.",
        needs(P::AccessReview, Where::Deployment), touches(Touch::Operates), audited("guild.deny"),
        takes(schema::<guilds::Because>()), gives(200, schema::<guilds::GuildStanding>());
    RevokeGuild: "POST" "/api/v1/guilds/{guild}/revoke" "Takes a community's approval back.",
        needs(P::AccessReview, Where::Deployment), touches(Touch::Operates), audited("guild.revoke"),
        takes(schema::<guilds::Because>()), gives(200, schema::<guilds::GuildStanding>());

    EraseGuild: "POST" "/api/v1/guilds/{guild}/erasure" "Erases everything that is held of a community, for good. For its owner and operators.",
        person(), touches(Touch::Changes), audited("guild.erase"), takes(schema::<guilds::Erase>()),
        gives(202, schema::<privacy::Asked>());

    ViewQueue: "GET" "/api/v1/queue" "What plays, and what comes next.",
        needs(P::QueueView, Where::Community), gives(200, schema::<queue::Queue>());
    AddTrack: "POST" "/api/v1/queue/tracks" "Adds a track. With an `Idempotency-Key` once, however often it is sent within an hour.",
        needs(P::QueueAdd, Where::Community), touches(Touch::Changes), takes(schema::<queue::AddTrack>()),
        gives(201, schema::<queue::Added>());
    RemoveTrack: "DELETE" "/api/v1/queue/tracks/{entry}" "Takes an upcoming track out.",
        needs(P::QueueEdit, Where::Community), touches(Touch::Changes);
    Control: "POST" "/api/v1/playback" "Pauses, resumes, skips, and the like.",
        needs(P::PlaybackControl, Where::Community), touches(Touch::Changes), takes(schema::<playback::Control>()),
        gives(200, schema::<playback::Playing>());

    ViewSettings: "GET" "/api/v1/settings" "What a community has decided for itself.",
        needs(P::SettingsView, Where::Community), gives(200, schema::<settings::Settings>());
    ChangeSettings: "PATCH" "/api/v1/settings" "Changes what is named, and nothing else.",
        needs(P::SettingsEdit, Where::Community), touches(Touch::Changes), audited("settings.change"),
        takes(schema::<settings::ChangeSettings>()), gives(200, schema::<settings::Settings>());

    ReadAudit: "GET" "/api/v1/audit" "Administrative actions, the latest first. Reading them is one.",
        needs(P::AuditRead, Where::Either), touches(Touch::Operates), audited("audit.read"), query(RANGE),
        gives(200, schema::<audit::Actions>());
    VerifyAudit: "GET" "/api/v1/audit/verification" "Whether the latest part of the trail holds together.",
        needs(P::AuditRead, Where::Either), touches(Touch::Operates), audited("audit.verify"),
        gives(200, schema::<audit::Verification>());

    ListIncidents: "GET" "/api/v1/incidents" "Incidents, the latest first.",
        needs(P::IncidentRead, Where::Deployment), touches(Touch::Operates), query(INCIDENTS),
        gives(200, schema::<incidents::Incidents>());
    LookAtIncident: "GET" "/api/v1/incidents/{incident}" "An incident with what happened in it.",
        needs(P::IncidentRead, Where::Deployment), touches(Touch::Operates),
        gives(200, schema::<incidents::IncidentRecord>());

    AskForData: "POST" "/api/v1/privacy/requests" "Asks for one's own data, or for its erasure.",
        person(), touches(Touch::Operates), takes(schema::<privacy::Ask>()), gives(202, schema::<privacy::Asked>());
    LookAtRequest: "GET" "/api/v1/privacy/requests/{request}" "How far a request is. It is not there until it is begun, some seconds after it was taken, and for 40 days.",
        person(), touches(Touch::Operates), query(&[OF_GUILD]), gives(200, schema::<privacy::Progress>());
}

/// Finds routes by their paths.
#[derive(Debug)]
pub(crate) struct Table(Router<Vec<Route>>);

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    /// A route, and what stands in its path's places.
    Route(Route, Vec<(&'a str, &'a str)>),
    /// Other methods only; these.
    OtherMethods(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

impl Table {
    /// All routes.
    pub(crate) fn new() -> Self {
        let mut paths: Vec<(&'static str, Vec<Route>)> = Vec::new();
        for route in RouteId::ALL.iter().map(|id| id.route()) {
            match paths.iter_mut().find(|(path, _)| *path == route.path) {
                Some((_, routes)) => routes.push(route),
                None => paths.push((route.path, vec![route])),
            }
        }
        let mut router = Router::new();
        for (path, routes) in paths {
            // Two paths that cannot be told apart are found by a test; the second one is not reached.
            let _ = router.insert(path, routes);
        }
        Self(router)
    }

    /// What a path below our own leads to.
    pub(crate) fn find<'a>(&'a self, method: &str, path: &'a str) -> Found<'a> {
        let Ok(Match { value, params }) = self.0.at(path) else { return Found::Nothing };
        match value.iter().find(|route| route.method == method) {
            Some(route) => Found::Route(*route, params.iter().collect()),
            None => Found::OtherMethods(value.iter().map(|route| route.method).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = Route> {
        RouteId::ALL.iter().map(|id| id.route())
    }

    #[test]
    fn each_route_is_found_by_its_own_path() {
        let table = Table::new();
        for route in all() {
            let path = route.path.replace(['{', '}'], "");
            let Found::Route(found, places) = table.find(route.method, &path) else {
                panic!("{}", route.path)
            };
            assert_eq!(found.id, route.id);
            assert_eq!(places.len(), route.path_parameters().count());
        }
        assert!(matches!(table.find("GET", "/api/v1/nothing"), Found::Nothing));
        assert!(matches!(table.find("PUT", "/api/v1/health"), Found::OtherMethods(all) if all == ["GET"]));
    }

    #[test]
    fn no_two_routes_are_one() {
        let names: BTreeSet<_> = all().map(|route| (route.method, route.path)).collect();
        assert_eq!(names.len(), RouteId::ALL.len());
    }

    /// What everybody may reach without proving anything, written out.
    #[test]
    fn the_open_routes_are_these_and_no_others() {
        let open: Vec<_> = all().filter(|route| route.who == Who::Anybody).map(|route| route.path).collect();
        assert_eq!(
            open,
            [
                "/api/v1/health",
                "/api/v1/status",
                "/status",
                "/status.json",
                "/.well-known/security.txt",
                "/.well-known/timmybot-keys.json",
                "/openapi.json",
                "/api/v1/sessions",
                "/api/v1/sessions/refresh",
            ]
        );
    }

    /// The administrative actions, written out: each leaves a row (SPEC T36).
    #[test]
    fn what_administers_is_audited() {
        let administers = |route: &Route| match route.who {
            Who::Holder { needs, .. } => matches!(
                needs,
                P::KeyManage | P::UserManage | P::AccessReview | P::SettingsEdit | P::AuditRead
            ),
            _ => matches!(route.id, RouteId::TakeRole | RouteId::EraseGuild),
        };
        for route in all() {
            let audit = matches!(route.id, RouteId::ReadAudit | RouteId::VerifyAudit);
            let expected = administers(&route) && (route.method != "GET" || audit);
            assert_eq!(route.audit.is_some(), expected, "{} {}", route.method, route.path);
        }
    }

    /// SPEC W1, W25: everything else is refused while nobody can be counted. What is not, changes nothing, needs no
    /// credential and is kept by whoever asks.
    #[test]
    fn only_the_status_is_answered_without_the_limiter() {
        let alive: Vec<_> = all().filter(|route| route.alive).map(|route| route.path).collect();
        assert_eq!(alive, ["/status", "/status.json"]);
        assert!(all().filter(|route| route.alive).all(|route| route.who == Who::Anybody));
    }

    #[test]
    fn keys_and_roles_take_a_person() {
        for route in all() {
            let Who::Holder { needs, people, .. } = route.who else { continue };
            let credentials = needs == P::KeyManage || (needs == P::UserManage && route.method != "GET");
            assert_eq!(people, credentials, "{}", route.path);
        }
    }

    #[test]
    fn what_changes_something_is_paused_by_containment_unless_it_operates() {
        for route in all() {
            let reads = route.touch == Touch::Reads;
            assert!(!reads || route.method == "GET", "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn nothing_that_needs_a_credential_is_without_a_limit_of_its_own() {
        for route in all() {
            assert_eq!(route.quota == Quota::Tier, route.who != Who::Anybody, "{}", route.path);
            let takes_secrets = matches!(route.id, RouteId::BeginSession | RouteId::RefreshSession);
            assert_eq!(route.quota == Quota::Credentials, takes_secrets, "{}", route.path);
        }
    }
}
