//! The audit trail (SPEC T36, T37): by time, by whom, by what; and whether its latest part holds together. Looking at it is
//! written into it, before it is shown.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use shared::http_error::HttpError;
use shared::ids::{GuildId, UserId};
use shared::security::audit_chain::{ChainRow, verify_chain};
use shared::security::pseudonym::Pseudonym;
use shared::store::Applied;

use crate::audited::{Deed, TRIES, chain};
use crate::body::instant;
use crate::reply::Reply;
use crate::visit::{Visit, busy};

/// How many actions a page has, unless the request says otherwise, and at most.
const LIMIT: usize = 50;
const LIMIT_MAX: usize = 100;
/// Rows that one call reads.
const ROWS: u16 = 200;
/// Calls that one request makes at most: whoever looks for one row in thousands goes on from the cursor.
const CALLS: usize = 10;
/// Rows that are checked at most.
const VERIFIED: usize = 1_000;

/// An administrative action.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AuditedAction {
    /// Its place in the trail.
    seq: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    /// Who did it, as a pseudonym.
    admin: String,
    action: String,
    resource: String,
    /// Which one of its kind, as a pseudonym.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
    /// Where: `api`, `slash_command`.
    source: String,
    details: serde_json::Value,
    /// SHA-256 over this row and the one before it.
    hash: String,
}

/// A page of administrative actions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Actions {
    /// The latest first.
    actions: Vec<AuditedAction>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Whether the trail holds together.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification {
    /// Each row follows from the one before it, and the last one is the head.
    holds: bool,
    /// How many of the latest rows were checked. The whole is checked offline, with `timmy audit verify`.
    checked: usize,
    /// Where the trail ends: note it, and a later export can be held against it.
    head_seq: u64,
    head_hash: String,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

struct Filter {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    admin: Option<Pseudonym>,
    action: Option<String>,
    limit: usize,
    before: Option<u64>,
}

pub(crate) async fn read(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let filter = Filter::read(visit)?;
    let chain = chain(guild(visit));
    note_the_look(visit).await?;
    let (mut actions, mut before, mut ended) = (Vec::new(), filter.before, false);
    for _ in 0..CALLS {
        let rows = visit.read(visit.app.audit.latest(&chain, ROWS, before, visit.now).await)?;
        ended = rows.len() < usize::from(ROWS);
        for row in &rows {
            if actions.len() == filter.limit || filter.is_past(row) {
                ended |= filter.is_past(row);
                break;
            }
            before = Some(row.seq);
            if filter.takes(row) {
                actions.push(shown(row));
            }
        }
        if ended || actions.len() == filter.limit {
            break;
        }
    }
    let more = !ended || actions.len() == filter.limit;
    let next = before.filter(|before| more && *before > 1).map(|before| before.to_string());
    Ok(Reply::ok(&Actions { actions, next }))
}

pub(crate) async fn verify(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let chain = chain(guild(visit));
    note_the_look(visit).await?;
    let head = visit.read(visit.app.audit.head(&chain).await)?;
    let mut rows: Vec<ChainRow> = Vec::new();
    // Rows that came after the head was read are left out: a trail that grows meanwhile holds all the same.
    let mut before = Some(head.seq.saturating_add(1));
    while rows.len() < VERIFIED {
        let page = visit.read(visit.app.audit.latest(&chain, ROWS, before, visit.now).await)?;
        before = page.last().map(|row| row.seq);
        let last = page.len() < usize::from(ROWS);
        rows.extend(page);
        if last {
            break;
        }
    }
    rows.reverse();
    let fault = match rows.first() {
        None if head.seq == 0 => None,
        None => Some("the rows before the head are gone".to_owned()),
        Some(first) => match verify_chain(&chain, first.before(), rows.iter()) {
            Ok(end) if end == head => None,
            Ok(_) => Some("the last row is not the head".to_owned()),
            Err(fault) => Some(fault.to_string()),
        },
    };
    Ok(Reply::ok(&Verification {
        holds: fault.is_none(),
        checked: rows.len(),
        head_seq: head.seq,
        head_hash: head.hash.to_hex(),
        fault,
    }))
}

async fn note_the_look(visit: &Visit<'_>) -> Result<(), HttpError> {
    let deed = Deed::new(visit, "audit", guild(visit))?;
    for _ in 0..TRIES {
        if deed.write([]).await? == Applied::Done {
            return Ok(());
        }
    }
    Err(busy())
}

fn guild(visit: &Visit<'_>) -> Option<GuildId> {
    visit.community.map(|community| community.guild)
}

impl Filter {
    fn read(visit: &Visit<'_>) -> Result<Self, HttpError> {
        let limit = visit.query("limit")?.map_or(Ok(LIMIT), |text| {
            let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
            limit.ok_or_else(|| HttpError::field("limit", "1 to 100"))
        })?;
        let admin = visit.query("admin")?.map(|text| {
            let user = text.parse::<UserId>().map_err(|_| HttpError::field("admin", "a Discord user id"));
            user.map(|user| visit.report.names().admin(user))
        });
        let before = visit
            .query("cursor")?
            .map(|text| text.parse().map_err(|_| HttpError::field("cursor", "`next` of the page before")));
        Ok(Self {
            from: instant("from", visit.query("from")?)?,
            to: instant("to", visit.query("to")?)?,
            admin: admin.transpose()?,
            action: visit.query("action")?,
            limit,
            before: before.transpose()?,
        })
    }

    /// Rows come the latest first: behind this one there is nothing to find.
    fn is_past(&self, row: &ChainRow) -> bool {
        self.from.is_some_and(|from| row.event.at() < from)
    }

    fn takes(&self, row: &ChainRow) -> bool {
        self.to.is_none_or(|to| row.event.at() < to)
            && self.admin.as_ref().is_none_or(|admin| row.event.admin() == admin)
            && self.action.as_ref().is_none_or(|action| row.event.action() == action)
    }
}

fn shown(row: &ChainRow) -> AuditedAction {
    // The event's own form, as the log has it: pseudonyms, words, numbers.
    let event = serde_json::to_value(&row.event).unwrap_or_default();
    let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
    AuditedAction {
        seq: row.seq,
        at: row.event.at(),
        admin: text("admin"),
        action: text("action"),
        resource: text("resource"),
        resource_id: event["resource_id"].as_str().map(str::to_owned),
        source: text("source"),
        details: event["details"].clone(),
        hash: row.hash.to_hex(),
    }
}
