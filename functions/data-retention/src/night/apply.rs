//! Doing what was planned: a few at a time, each conditional on what was seen.

use futures_util::{StreamExt as _, stream};
use shared::store::walk::{Changed, Revision};
use shared::store::{StoreError, Table};
use shared::telemetry::{StoreOperation, Telemetry};

use super::plan::{Op, Plan};
use super::tally::Tally;
use super::{logs, users};
use crate::app::App;

/// What is done at once.
const CONCURRENCY: usize = 16;

/// Why something could not be done.
enum NotDone {
    Row(StoreError),
    /// What, and the service's code.
    Other(&'static str, String),
}

/// Does it, or in a dry run only counts it.
pub(super) async fn apply(app: &App, plan: Plan, dry_run: bool, log: &Telemetry) -> Tally {
    let mut tally = Tally { left: plan.left, ..Tally::default() };
    let (told, ops): (Vec<Op>, Vec<Op>) = plan.ops.into_iter().partition(|op| *op == Op::TellOrphan);
    tally.told = u32::try_from(told.len()).unwrap_or(u32::MAX);
    if dry_run {
        for op in &ops {
            tally.count(op.reason(), op.store());
        }
        return tally;
    }
    let of_each = |op: Op| async move { (op.reason(), op.store(), one(app, op).await) };
    let mut running = stream::iter(ops).map(of_each).buffer_unordered(CONCURRENCY);
    while let Some((reason, store, done)) = running.next().await {
        match done {
            Ok(true) => tally.count(reason, store),
            Ok(false) => tally.changed = tally.changed.saturating_add(1),
            Err(error) => {
                error.tell(log);
                tally.failed = tally.failed.saturating_add(1);
            }
        }
    }
    tally
}

/// `false`: what was seen has become something else, or is gone.
async fn one(app: &App, op: Op) -> Result<bool, NotDone> {
    let walk = &app.walk;
    match op {
        Op::Expire { table, item, ends_at, .. } => Ok(walk.expire(table, &item, ends_at).await?),
        Op::ForgetUse(key) => {
            let forget = Revision::new("used_at", "REMOVE #guard");
            Ok(walk.change(Table::ApiKeys, &key, forget).await? == Changed::Now)
        }
        Op::ForgetSettings(settings, access) => {
            Ok(walk.delete_with((Table::GuildState, &settings), (Table::GuildAccess, &access)).await?)
        }
        Op::DeleteOrphan(user) => {
            users::delete(app, user).await.map_err(|code| NotDone::Other("retention.users", code))
        }
        Op::EndLogs(group) => {
            let ended = logs::end(app, &group).await;
            ended.map(|()| true).map_err(|code| NotDone::Other("retention.logs", code))
        }
        // It was told.
        Op::TellOrphan => Ok(false),
    }
}

impl NotDone {
    fn tell(&self, log: &Telemetry) {
        match self {
            Self::Row(error) => log.store_failed(StoreOperation::Write, error),
            Self::Other(what, code) => log.fault(what, code),
        }
    }
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        Self::Row(error)
    }
}
