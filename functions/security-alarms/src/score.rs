//! The score of odd behaviour (SPEC T24), told as a metric of its own: every five minutes, and with each ban.

use shared::security::suspicion;
use shared::store::suspicion::SuspicionStore;
use shared::telemetry::{Metric, StoreOperation, Telemetry};

use crate::app::App;

/// Counts it. A score that cannot be had is no reason to do anything again.
pub(crate) async fn publish(app: &App, log: &Telemetry) {
    let counts = SuspicionStore::new(app.db.clone()).window(app.clock.now()).await;
    match counts {
        Ok(counts) => log.metric(Metric::SuspiciousActivity, suspicion::score(&counts).into()),
        Err(error) => log.store_failed(StoreOperation::Read, &error),
    }
}
