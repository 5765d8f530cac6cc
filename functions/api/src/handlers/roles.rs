//! Roles that are given at the API (SPEC W14, W16). What Discord's own rights give is not among them: those come with each
//! signed interaction.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::http_error::HttpError;
use shared::ids::UserId;
use shared::security::permissions::Role;
use shared::security::role_change::RoleChange;
use shared::store::Applied;
use shared::store::roles::{GivenRole, Versioned};

use crate::audited::{Deed, TRIES};
use crate::handlers::guilds::somebody;
use crate::handlers::me::role_name;
use crate::reply::Reply;
use crate::visit::{Visit, busy, forbidden, not_found};

/// A role that can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Given {
    Moderator,
    CommunityOwner,
}

/// Which role.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveRole {
    role: Given,
}

/// Who has which role, by whom and since when.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RoleOf {
    user: String,
    role: &'static str,
    /// Absent if they were erased since.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_by: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    given_at: Timestamp,
}

/// A page of a community's roles.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Roles {
    roles: Vec<RoleOf>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub(crate) async fn list(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let bad = |_| HttpError::field("cursor", "`next` of the page before");
    let after = visit.query("cursor")?.map(|text| text.parse::<UserId>().map_err(bad)).transpose()?;
    let page = visit.read(visit.app.roles.list(visit.guild()?, after).await)?;
    let roles = page.roles.iter().map(shown).collect();
    Ok(Reply::ok(&Roles { roles, next: page.next.map(|user| user.to_string()) }))
}

pub(crate) async fn give(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: GiveRole = visit.body()?;
    let role = match asked.role {
        Given::Moderator => Role::Moderator,
        Given::CommunityOwner => Role::CommunityOwner,
    };
    let given = change(visit, role).await?;
    Ok(Reply::ok(&shown(&given)))
}

pub(crate) async fn take(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    change(visit, Role::User).await.map(|_| Reply::done())
}

/// Judged on what was read, and written on the condition that it still is so.
async fn change(visit: &Visit<'_>, after: Role) -> Result<GivenRole, HttpError> {
    let (guild, of, by) = (visit.guild()?, visit.place::<UserId>("user")?, visit.person()?.access.user);
    let next = GivenRole { user: of, role: after, by, at: visit.now };
    for _ in 0..TRIES {
        let seen = visit.read(visit.app.roles.find(guild, of).await)?;
        judge(visit, &seen, &next)?;
        let planned = visit.wrote(visit.app.roles.plan(guild, &seen, next))?;
        let change = planned.ok_or_else(|| not_found("role"))?;
        let deed = Deed::new(visit, "role", Some(guild))?.to(visit.report.names().user(of));
        let deed = deed.detail("before", role_name(seen.role())).detail("after", role_name(after));
        if deed.write([change]).await? == Applied::Done {
            return Ok(next);
        }
    }
    Err(busy())
}

/// Operators are named by the deployment; their own role is not in the table.
fn judge(visit: &Visit<'_>, seen: &Versioned, next: &GivenRole) -> Result<(), HttpError> {
    let own = visit.role().ok_or_else(|| forbidden("You have no role in this community."))?;
    let operator = visit.app.config.operators.contains(&next.user);
    let before = if operator { Role::Admin } else { seen.role() };
    let change = RoleChange { by: next.by, own, of: next.user, before, after: next.role };
    change.judge().map_err(|refused| {
        if let Ok(caller) = visit.caller() {
            visit.report.refused(&visit.route, caller, "role_change", visit.now);
        }
        forbidden(&format!("Not changed: {refused}."))
    })
}

fn shown(given: &GivenRole) -> RoleOf {
    RoleOf {
        user: given.user.to_string(),
        role: role_name(given.role),
        given_by: somebody(given.by),
        given_at: given.at,
    }
}
