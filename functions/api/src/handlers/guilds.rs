//! Which communities may use the bot (SPEC T15, P10): the same steps as `/admin`, with the same rows and the same trail; and
//! the end of what is held of one (SPEC T30).

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::domain::access::{GuildAccess, InvalidTransition, Status, Step};
use shared::domain::queue::NOBODY;
use shared::http_error::{ErrorCode, HttpError};
use shared::ids::{GuildId, UserId};
use shared::messages::PrivacySource;
use shared::privacy::DataSubject;
use shared::security::permissions::Role;
use shared::store::Applied;
use shared::store::access::{AccessError, Cursor};
use shared::telemetry::StoreOperation;

use crate::audited::{Deed, TRIES};
use crate::handlers::privacy::{self, Wish};
use crate::handlers::words;
use crate::reply::Reply;
use crate::visit::{Visit, busy, forbidden, not_found};

/// Lets a community in.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Approve {
    /// Why; `approved` if it is not said.
    reason: Option<words::Because>,
    /// Whether its members have the premium limits; of a community that is in, says just that.
    premium: Option<bool>,
}

/// Takes something away, and says why.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    reason: words::Because,
}

/// Erases everything that is held of a community.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erase {
    /// The server id of the path once more: it cannot be undone.
    guild: String,
}

/// A community, and where it stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GuildStanding {
    /// Its Discord server id.
    guild: String,
    /// `pending`, `approved`, `denied` or `revoked`.
    status: &'static str,
    premium: bool,
    /// Absent if they were erased since.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_by: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    requested_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    decided_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A page of communities, the longest unchanged first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Guilds {
    guilds: Vec<GuildStanding>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub(crate) async fn list(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let status = visit.query("status")?.unwrap_or_else(|| Status::Pending.as_str().to_owned());
    let status: Status =
        status.parse().map_err(|_| HttpError::field("status", "pending, approved, denied or revoked"))?;
    let bad = |_| HttpError::field("cursor", "`next` of the page before");
    let from = visit.query("cursor")?.map(|text| text.parse::<Cursor>().map_err(bad)).transpose()?;
    let page = visit.read(visit.app.access.list(status, from).await)?;
    let guilds = page.guilds.iter().map(|listed| shown(listed.guild, &listed.access)).collect();
    Ok(Reply::ok(&Guilds { guilds, next: page.next.map(|cursor| cursor.to_string()) }))
}

pub(crate) async fn approve(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked = if visit.request.body().is_empty() { Approve::default() } else { visit.body()? };
    let by = visit.user()?;
    let reason = match asked.reason {
        Some(words::Because(reason)) => reason,
        None => "approved".parse().map_err(|_| HttpError::field("reason", "1 to 300 characters"))?,
    };
    let step = match asked.premium {
        None => Step::Approve { by, reason },
        Some(premium) => Step::ApproveAs { by, reason, premium },
    };
    take(visit, &step).await
}

pub(crate) async fn deny(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let Because { reason: words::Because(reason) } = visit.body()?;
    take(visit, &Step::Deny { by: visit.user()?, reason }).await
}

pub(crate) async fn revoke(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let Because { reason: words::Because(reason) } = visit.body()?;
    take(visit, &Step::Revoke { by: visit.user()?, reason }).await
}

/// The trail has it before it is asked for: what is erased cannot be asked who did it.
pub(crate) async fn erase(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Erase = visit.body()?;
    let guild: GuildId = visit.place("guild")?;
    may_erase(visit, guild).await?;
    if asked.guild != guild.to_string() {
        return Err(HttpError::field("guild", "has to be the server id of the path: it cannot be undone"));
    }
    let deed = Deed::new(visit, "guild", Some(guild))?.to(visit.report.names().guild(guild));
    for _ in 0..TRIES {
        if deed.write([]).await? == Applied::Done {
            let subject = DataSubject::Guild(guild);
            return privacy::queue(visit, subject, Wish::Erase, PrivacySource::Operator).await;
        }
    }
    Err(busy())
}

/// Its owner may, and operators. Whether it is let in does not matter: what it left behind is still its own. A stranger
/// hears the same of every community.
pub(crate) async fn may_erase(visit: &Visit<'_>, guild: GuildId) -> Result<(), HttpError> {
    let person = visit.person()?;
    if person.operator {
        return Ok(());
    }
    let found = visit.read(visit.app.roles.find(guild, person.access.user).await)?;
    if found.role() >= Role::CommunityOwner {
        return Ok(());
    }
    visit.report.refused(&visit.route, visit.caller()?, "not_its_owner", visit.now);
    Err(forbidden("This takes the community's owner, or an operator."))
}

async fn take(visit: &Visit<'_>, step: &Step) -> Result<Reply, HttpError> {
    let guild: GuildId = visit.place("guild")?;
    let deed = Deed::new(visit, "guild", Some(guild))?.to(visit.report.names().guild(guild));
    for _ in 0..TRIES {
        let planned = visit.app.access.plan(guild, step, visit.now).await;
        let planned = planned.map_err(|error| refused(visit, error))?;
        if deed.write([planned.change]).await? == Applied::Done {
            visit.app.standings.forget(guild);
            return Ok(Reply::ok(&shown(guild, &planned.after)));
        }
    }
    Err(busy())
}

fn refused(visit: &Visit<'_>, error: AccessError) -> HttpError {
    match error {
        AccessError::Transition(InvalidTransition::NeverRequested) => not_found("request"),
        AccessError::Transition(why) => HttpError::new(ErrorCode::Conflict, format!("Not done: {why}.")),
        AccessError::CapReached { cap } => {
            HttpError::new(ErrorCode::Conflict, format!("{cap} communities are approved, which is the cap."))
        }
        AccessError::Store(error) => visit.failed(StoreOperation::Write, &error),
    }
}

/// A person's id, unless they were erased.
pub(crate) fn somebody(user: UserId) -> Option<String> {
    (user != NOBODY).then(|| user.to_string())
}

fn shown(guild: GuildId, access: &GuildAccess) -> GuildStanding {
    let (requested, decided) = (access.requested(), access.decided());
    GuildStanding {
        guild: guild.to_string(),
        status: access.status().as_str(),
        premium: access.premium(),
        requested_by: somebody(requested.by),
        requested_at: requested.at,
        decided_by: decided.and_then(|decision| somebody(decision.by)),
        decided_at: decided.map(|decision| decision.at),
        reason: decided.map(|decision| decision.reason.as_str().to_owned()),
    }
}
