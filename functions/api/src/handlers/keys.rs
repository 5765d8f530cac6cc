//! API keys: list, make, rotate with an overlap, revoke (SPEC W5, W6).

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::http_error::{ErrorCode, HttpError};
use shared::ids::GuildId;
use shared::security::api_key::{ApiKey, BadScope, KeyRole, KeyScope};
use shared::security::key_grant::may_make;
use shared::security::permissions::Permission;
use shared::store::Applied;
use shared::store::api_keys::{KEYS_MAX, KeyTenant, StoredKey};

use crate::audited::{Deed, TRIES};
use crate::handlers::words::Name;
use crate::reply::Reply;
use crate::visit::{Visit, busy, forbidden, not_found, unavailable};

/// Bytes of a key's public name.
const ID_LEN: usize = 8;
/// How long a key goes on after another took over from it, unless the request says otherwise.
const OVERLAP_HOURS: u16 = 24;

/// A key to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MakeKey {
    /// What it is for.
    name: Name,
    /// What it may.
    role: Role,
    /// Narrows the role to these permissions.
    #[serde(default)]
    #[schemars(length(max = 22))]
    only: Vec<String>,
    /// How long it lives, in days.
    #[schemars(range(min = 1, max = 365))]
    expires_in_days: u16,
}

/// A key that takes over from another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RotateKey {
    /// How long the new one lives, in days.
    #[schemars(range(min = 1, max = 365))]
    expires_in_days: u16,
    /// How long the old one goes on, in hours.
    #[serde(default = "overlap")]
    #[schemars(range(min = 0, max = 720))]
    overlap_hours: u16,
}

const fn overlap() -> u16 {
    OVERLAP_HOURS
}

/// What a key is for: `trigger` hears, `action` acts, `core` serves others, `admin` may everything, `user` what a member may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Trigger,
    Action,
    Core,
    Admin,
    User,
}

/// A key, without what opens anything.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Key {
    /// Its public name, by which it is rotated and revoked.
    id: String,
    name: String,
    role: Role,
    /// The community that it is for; none: the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    community: Option<String>,
    /// What it may.
    permissions: Vec<String>,
    /// `good`, `revoked` or `expired`.
    state: &'static str,
    made_by: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    made_at: Timestamp,
    #[schemars(with = "String", extend("format" = "date-time"))]
    expires_at: Timestamp,
    /// The key that it takes over from.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<String>,
    /// When it was used last, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    used_at: Option<Timestamp>,
}

/// All keys of a community, or of the deployment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Keys {
    /// The newest first; those that ended stay for 30 days.
    keys: Vec<Key>,
}

/// A key that was made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct MadeKey {
    /// For `X-API-Key`. It is shown this once; nobody can show it again.
    secret: String,
    key: Key,
}

pub(crate) async fn list(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let keys = visit.read(visit.app.api_keys.list(tenant(visit), visit.now).await)?;
    Ok(Reply::ok(&Keys { keys: keys.iter().map(|key| shown(key, visit.now)).collect() }))
}

pub(crate) async fn make(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: MakeKey = visit.body()?;
    let only = asked.only.iter().map(|name| {
        name.parse::<Permission>().map_err(|_| HttpError::field("only", "permissions such as queue:add"))
    });
    let only = only.collect::<Result<Vec<_>, _>>()?;
    let scope = scope(visit, asked.role.into(), only, asked.expires_in_days)?;
    may(visit, &scope)?;
    room(visit).await?;
    let (secret, key) = new(visit, asked.name.into_string(), scope, None)?;
    let deed = deed(visit, &key)?;
    for _ in 0..TRIES {
        let change = visit.wrote(visit.app.api_keys.plan_new(&secret.hash(), &key))?;
        if deed.write([change]).await? == Applied::Done {
            return Ok(made(visit, "create", &secret, &key));
        }
    }
    Err(busy())
}

pub(crate) async fn rotate(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: RotateKey = visit.body()?;
    if asked.overlap_hours > 720 {
        return Err(HttpError::field("overlap_hours", "0 to 720"));
    }
    let id: String = visit.place("key")?;
    let until = visit.now.saturating_add(SignedDuration::from_hours(asked.overlap_hours.into()));
    let until = until.unwrap_or(visit.now);
    for _ in 0..TRIES {
        let planned = visit.app.api_keys.plan_end(tenant(visit), &id, until, visit.now).await;
        let (old, ended) = visit.read(planned)?.ok_or_else(|| not_found("key"))?;
        let scope = scope(visit, old.scope.role(), old.scope.only().to_vec(), asked.expires_in_days)?;
        may(visit, &scope)?;
        let (secret, key) = new(visit, old.name.clone(), scope, Some(old.id.clone()))?;
        let change = visit.wrote(visit.app.api_keys.plan_new(&secret.hash(), &key))?;
        if deed(visit, &key)?.write([ended, change]).await? == Applied::Done {
            return Ok(made(visit, "rotate", &secret, &key));
        }
    }
    Err(busy())
}

pub(crate) async fn revoke(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let id: String = visit.place("key")?;
    for _ in 0..TRIES {
        let planned = visit.app.api_keys.plan_revocation(tenant(visit), &id, visit.user()?, visit.now).await;
        let change = visit.read(planned)?.ok_or_else(|| not_found("key"))?;
        let deed = Deed::new(visit, "api-key", guild(visit))?.to(visit.report.names().secret_id(&id));
        if deed.write([change]).await? == Applied::Done {
            visit.report.credential("revoke", "api_key", visit.report.names().user(visit.user()?), visit.now);
            return Ok(Reply::done());
        }
    }
    Err(busy())
}

/// Nobody makes a key that may more than they do.
fn may(visit: &Visit<'_>, scope: &KeyScope) -> Result<(), HttpError> {
    let role = visit.role().ok_or_else(|| forbidden("An API key cannot do this. Sign in."))?;
    may_make(role, scope).map_err(|missing| {
        if let Ok(caller) = visit.caller() {
            visit.report.not_permitted(&visit.route, caller, missing, visit.now);
        }
        forbidden(&format!("The key would have the permission {missing}, and you do not."))
    })
}

/// A few keys are looked after; hundreds are not.
async fn room(visit: &Visit<'_>) -> Result<(), HttpError> {
    let keys = visit.read(visit.app.api_keys.list(tenant(visit), visit.now).await)?;
    if keys.iter().filter(|key| key.is_good(visit.now)).count() < KEYS_MAX {
        return Ok(());
    }
    Err(HttpError::new(ErrorCode::Conflict, format!("There are {KEYS_MAX} good keys. Revoke one first.")))
}

fn new(
    visit: &Visit<'_>,
    name: String,
    scope: KeyScope,
    replaces: Option<String>,
) -> Result<(ApiKey, StoredKey), HttpError> {
    let secret = ApiKey::new(visit.app.rng).map_err(|_| unavailable())?;
    let key = StoredKey {
        id: HEXLOWER.encode(&visit.random::<ID_LEN>()?),
        tenant: tenant(visit),
        name,
        scope,
        made: (visit.user()?, visit.now),
        replaces,
        used_at: None,
        revoked_at: None,
    };
    Ok((secret, key))
}

fn scope(visit: &Visit<'_>, role: KeyRole, only: Vec<Permission>, days: u16) -> Result<KeyScope, HttpError> {
    let life = SignedDuration::from_hours(i64::from(days) * 24);
    let expires_at = visit.now.saturating_add(life).unwrap_or(Timestamp::MAX);
    KeyScope::new(role, only, expires_at, visit.now).map_err(|bad| match bad {
        BadScope::Life => HttpError::field("expires_in_days", "1 to 365"),
        BadScope::Beyond(_) | BadScope::Repeated(_) => HttpError::field("only", bad.to_string()),
    })
}

fn deed<'a>(visit: &'a Visit<'a>, key: &StoredKey) -> Result<Deed<'a>, HttpError> {
    let deed = Deed::new(visit, "api-key", guild(visit))?.to(visit.report.names().secret_id(&key.id));
    Ok(deed.detail("role", key.scope.role().as_str()))
}

fn made(visit: &Visit<'_>, action: &'static str, secret: &ApiKey, key: &StoredKey) -> Reply {
    visit.report.credential(action, "api_key", visit.report.names().user(key.made.0), visit.now);
    Reply::json(201, &MadeKey { secret: secret.reveal(), key: shown(key, visit.now) })
}

fn guild(visit: &Visit<'_>) -> Option<GuildId> {
    visit.community.map(|community| community.guild)
}

fn tenant(visit: &Visit<'_>) -> KeyTenant {
    guild(visit).map_or(KeyTenant::Deployment, KeyTenant::Guild)
}

fn shown(key: &StoredKey, now: Timestamp) -> Key {
    let allowed = Permission::ALL.into_iter().filter(|permission| key.scope.may(*permission, key.made.1));
    Key {
        id: key.id.clone(),
        name: key.name.clone(),
        role: key.scope.role().into(),
        community: match key.tenant {
            KeyTenant::Guild(guild) => Some(guild.to_string()),
            KeyTenant::Deployment => None,
        },
        permissions: allowed.map(|permission| permission.to_string()).collect(),
        state: match (key.revoked_at, key.is_good(now)) {
            (Some(_), _) => "revoked",
            (None, true) => "good",
            (None, false) => "expired",
        },
        made_by: key.made.0.to_string(),
        made_at: key.made.1,
        expires_at: key.scope.expires_at(),
        replaces: key.replaces.clone(),
        used_at: key.used_at,
    }
}

impl From<Role> for KeyRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Trigger => Self::Trigger,
            Role::Action => Self::Action,
            Role::Core => Self::Core,
            Role::Admin => Self::Admin,
            Role::User => Self::User,
        }
    }
}

impl From<KeyRole> for Role {
    fn from(role: KeyRole) -> Self {
        match role {
            KeyRole::Trigger => Self::Trigger,
            KeyRole::Action => Self::Action,
            KeyRole::Core => Self::Core,
            KeyRole::Admin => Self::Admin,
            KeyRole::User => Self::User,
        }
    }
}
