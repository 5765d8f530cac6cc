//! Cards about playlists, guilds and the audit trail.

use shared::discord::cards::{
    self, AuditRow, GuildRow, GuildStatus, IncidentRow, PAGE_ROWS, Page, PlaylistRow,
};
use shared::discord::response::Answer;
use shared::domain::access::Status;
use shared::domain::incident::{Incident, Label};
use shared::security::audit_chain::ChainRow;
use shared::security::custom_id::{AuditPage, GuildsPage};
use shared::store::access::Listed;
use shared::store::playlists::PlaylistInfo;

use super::ui;
use crate::refused::Refused;
use crate::visit::Visit;

/// The guild's playlists, a page of them, from 0.
pub(crate) fn playlists(visit: &Visit<'_>, found: &[PlaylistInfo], number: u32) -> Result<Answer, Refused> {
    let page = Page::new(number, found.len(), PAGE_ROWS);
    let shown = found.iter().skip(page.skip(PAGE_ROWS)).take(PAGE_ROWS);
    let rows: Vec<_> = shown
        .map(|list| PlaylistRow { name: list.name.as_str(), owner: list.owner, tracks: list.tracks as u64 })
        .collect();
    Ok(Answer::private(cards::playlists(ui(visit)?, &rows, page)))
}

/// A page of the guilds that are `listed`.
pub(crate) fn guilds(visit: &Visit<'_>, listed: &[Listed], of: GuildsPage) -> Result<Answer, Refused> {
    let page = Page::new(of.page, listed.len(), cards::GUILD_ROWS);
    let shown = listed.iter().skip(page.skip(cards::GUILD_ROWS)).take(cards::GUILD_ROWS);
    let rows: Vec<_> = shown.map(guild_row).collect();
    Ok(Answer::private(cards::guilds(ui(visit)?, &rows, page, of.status)))
}

fn guild_row(listed: &Listed) -> GuildRow<'_> {
    let decided = listed.access.decided();
    GuildRow {
        guild: listed.guild,
        status: match listed.access.status() {
            Status::Pending => GuildStatus::Pending,
            Status::Approved => GuildStatus::Approved,
            Status::Denied => GuildStatus::Denied,
            Status::Revoked => GuildStatus::Revoked,
        },
        since: listed.access.changed_at(),
        reason: decided.map(|decision| decision.reason.as_str()),
        reviewer: decided.map(|decision| decision.by),
    }
}

/// A page of the administrative actions that were `found`, the latest first.
pub(crate) fn audit(visit: &Visit<'_>, found: &[ChainRow], of: AuditPage) -> Result<Answer, Refused> {
    let page = Page::new(of.page, found.len(), PAGE_ROWS);
    let shown = found.iter().skip(page.skip(PAGE_ROWS)).take(PAGE_ROWS);
    let rows: Vec<_> = shown
        .map(|row| AuditRow {
            seq: row.seq,
            at: row.event.at(),
            admin: row.event.admin().as_str(),
            action: row.event.action(),
            resource: row.event.resource(),
        })
        .collect();
    Ok(Answer::private(cards::audit(ui(visit)?, &rows, page, of.filter)))
}

/// A page of the incidents, in the order in which they are given.
pub(crate) fn incidents(visit: &Visit<'_>, all: &[Incident], number: u32) -> Result<Answer, Refused> {
    let page = Page::new(number, all.len(), PAGE_ROWS);
    let shown: Vec<_> = all.iter().skip(page.skip(PAGE_ROWS)).take(PAGE_ROWS).collect();
    let ids: Vec<_> = shown.iter().map(|incident| incident.id.short()).collect();
    let rows: Vec<_> =
        shown.iter().zip(&ids).map(|(incident, id)| incident_row(incident, id, visit)).collect();
    Ok(Answer::private(cards::incidents(ui(visit)?, &rows, page)))
}

fn incident_row<'a>(incident: &'a Incident, id: &'a str, visit: &Visit<'_>) -> IncidentRow<'a> {
    IncidentRow {
        id,
        alert: incident.alert,
        label: incident.label.as_ref().map(Label::as_str),
        severity: incident.severity,
        status: incident.status,
        since: incident.opened_at,
        count: incident.count,
        silenced_until: incident.silenced_until.filter(|until| *until > visit.now),
        review_by: incident.review_by,
    }
}
