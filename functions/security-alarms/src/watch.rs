//! Every five minutes, always: a sign of life that the watchdog misses without it, the score (SPEC T24), and a look whether
//! anything goes on for which nothing ticks.
//!
//! That can be: whoever began an incident or followed the flag was killed before they turned the tick's rule on. While
//! nothing goes on this is one query for the score and three readings, and it writes nothing.

use jiff::Timestamp;
use shared::domain::containment::Level;
use shared::store::containments::ContainmentStore;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::not_done::NotDone;
use crate::score;
use crate::tick::tick;

/// Tells the score; if anything goes on, does what the tick does. That both come in the same minute does no harm: what
/// one of them has written the other one finds done.
pub(crate) async fn watch(app: &App, deadline: Timestamp, log: &Telemetry) -> Result<(), NotDone> {
    score::publish(app, log).await;
    if is_calm(app).await? { Ok(()) } else { Box::pin(tick(app, deadline, log)).await }
}

/// Whether nothing is open, the flag is down, and the account is as it was before it ever was up.
async fn is_calm(app: &App) -> Result<bool, NotDone> {
    let done = ContainmentStore::new(app.db.clone());
    let (unsettled, level, row) =
        tokio::join!(Box::pin(app.incidents.unsettled()), app.flags.level(), done.read());
    Ok(unsettled?.is_empty() && level? == Level::L0 && row?.contained.is_calm())
}
