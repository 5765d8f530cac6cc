//! How far a request is, written down so that nobody takes their own write for somebody else's.

use shared::privacy::Case;
use shared::store::StoreError;
use shared::store::tombstones::OpenCase;

use crate::app::App;

/// Writes down how far it is; `None`: somebody else is further, and has a message of their own to go on with. Of two that
/// write the same at the same moment both go on.
pub(crate) async fn save(app: &App, seen: &OpenCase, next: Case) -> Result<Option<OpenCase>, StoreError> {
    if let Some(saved) = app.tombstones.save(seen, next.clone()).await? {
        return Ok(Some(saved));
    }
    // Our own write may have happened, and its answer got lost on the way: the client has tried again by itself then.
    let there = app.tombstones.open(next.clone()).await?;
    Ok(Some(there).filter(|there| there.case == next))
}
