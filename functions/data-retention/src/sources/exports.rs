//! The bucket of exports: what was gathered for somebody, found by the cases of whoever asked.

use jiff::Timestamp;
use shared::privacy::{CaseState, DataSubject};

use super::NotForgotten;
use crate::app::App;
use crate::export;

/// All versions of all of them. One that is being gathered right now is thrown away by who gathers it.
pub(super) async fn forget(app: &App, subject: DataSubject, now: Timestamp) -> Result<u64, NotForgotten> {
    let mut erased: u64 = 0;
    for case in app.tombstones.cases(subject, now).await? {
        let key = match case.state {
            CaseState::Exported { key, .. } => key,
            CaseState::Exporting(_) => export::object(case.id),
            _ => continue,
        };
        erased = erased.saturating_add(app.exports.delete_all_versions(&key).await?);
    }
    Ok(erased)
}
