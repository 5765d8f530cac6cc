//! Lists for operators: guilds with their requests, and the audit trail.

use jiff::Timestamp;
use twilight_model::channel::message::component::{ButtonStyle, Component};

use super::{PAGE_ROWS, Page, Ui, colour};
use crate::{
    discord::{
        components::{container, row, text},
        escape::Escaped,
        response::Card,
        words::{Message, Moment},
    },
    domain::access::Status,
    ids::{GuildId, UserId},
    security::custom_id::{Action, AuditFilter, AuditPage, GuildsPage},
};

/// Guilds on a page: each may take four components.
pub const GUILD_ROWS: usize = 5;

/// How far a guild's request is (SPEC P10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuildStatus {
    /// It waits.
    Pending,
    /// It may.
    Approved,
    /// It may not.
    Denied,
    /// It may no longer.
    Revoked,
}

/// A guild in the list.
#[derive(Clone, Copy, Debug)]
pub struct GuildRow<'a> {
    /// Which.
    pub guild: GuildId,
    /// How far it is.
    pub status: GuildStatus,
    /// Since when.
    pub since: Timestamp,
    /// Why; untrusted.
    pub reason: Option<&'a str>,
    /// Who decided; mentioned without a ping.
    pub reviewer: Option<UserId>,
}

/// A row of the audit trail; every text in it is shown as it is, escaped.
#[derive(Clone, Copy, Debug)]
pub struct AuditRow<'a> {
    /// Its number in the chain.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Whose pseudonym.
    pub admin: &'a str,
    /// What was done.
    pub action: &'a str,
    /// To what.
    pub resource: &'a str,
}

/// A page of the guilds in one state, or in any; those that wait have buttons.
pub fn guilds(ui: Ui<'_>, rows: &[GuildRow<'_>], page: Page, status: Option<Status>) -> Card {
    let mut parts = vec![text(format!("### {}", ui.say(&Message::CardGuilds)))];
    if rows.is_empty() {
        parts.push(text(ui.say(&Message::AdminListEmpty)));
    }
    parts.extend(rows.iter().take(GUILD_ROWS).flat_map(|row| guild(ui, row)));
    parts.extend(ui.pager(page, |page| Action::AdminPage(GuildsPage { page, status })));
    Card::new(vec![container(colour::CALM, parts)])
}

fn guild(ui: Ui<'_>, view: &GuildRow<'_>) -> Vec<Component> {
    let status = match view.status {
        GuildStatus::Pending => Message::StatusPending,
        GuildStatus::Approved => Message::StatusApproved,
        GuildStatus::Denied => Message::StatusDenied,
        GuildStatus::Revoked => Message::StatusRevoked,
    };
    let reviewer = view.reviewer.map(|user| format!(" · <@{user}>")).unwrap_or_default();
    let reason =
        view.reason.map(|reason| format!("\n-# {}", Escaped::within(reason, 400))).unwrap_or_default();
    let since = Moment(view.since);
    let line = format!("`{}` · **{}** · {since}{reviewer}{reason}", view.guild, ui.say(&status));
    let mut parts = vec![text(line)];
    if view.status == GuildStatus::Pending {
        parts.push(row(vec![
            ui.button(ButtonStyle::Success, &Message::ButtonApprove, &Action::AdminApprove(view.guild)),
            ui.button(ButtonStyle::Danger, &Message::ButtonDeny, &Action::AdminDeny(view.guild)),
        ]));
    }
    parts
}

/// A page of what the filter leaves of the audit trail, the latest first.
pub fn audit(ui: Ui<'_>, rows: &[AuditRow<'_>], page: Page, filter: AuditFilter) -> Card {
    let lines: Vec<_> = rows.iter().take(PAGE_ROWS).map(audit_line).collect();
    let body = if lines.is_empty() { ui.say(&Message::AuditEmpty) } else { lines.join("\n") };
    let mut parts = vec![text(format!("### {}", ui.say(&Message::CardAudit))), text(body)];
    parts.extend(ui.pager(page, |page| Action::AuditPage(AuditPage { page, filter })));
    Card::new(vec![container(colour::CALM, parts)])
}

fn audit_line(row: &AuditRow<'_>) -> String {
    let cut = |text| Escaped::within(text, 80);
    let (admin, action, resource) = (cut(row.admin), cut(row.action), cut(row.resource));
    format!("`{}` {} · **{action}** · {resource} · {admin}", row.seq, Moment(row.at))
}
