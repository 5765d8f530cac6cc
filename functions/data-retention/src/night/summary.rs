//! The end of a run: what went, by why and where. It counts; it names nobody.

use shared::security::fact::Fact;
use shared::telemetry::{Metric, Telemetry};

use super::checkpoint::Checkpoint;

/// Tells what became of a run.
pub(super) fn tell(run: &Checkpoint, dry_run: bool, log: &Telemetry) {
    let tally = &run.tally;
    for (reason, stores) in &tally.counts {
        for (store, count) in stores {
            let facts: [(&'static str, Fact); 4] = [
                ("reason", reason.as_str().into()),
                ("store", store.as_str().into()),
                ("count", (*count).into()),
                ("dry_run", dry_run.into()),
            ];
            log.note("retention.store", &facts);
        }
        if !dry_run {
            log.metric(Metric::Retention { reason: *reason }, tally.of(*reason));
        }
    }
    let mut facts: Vec<(&'static str, Fact)> = vec![
        ("dry_run", dry_run.into()),
        ("rounds", run.round.into()),
        ("seen", u32::try_from(tally.seen).unwrap_or(u32::MAX).into()),
        ("left", tally.left.into()),
        ("changed", tally.changed.into()),
        ("failed", tally.failed.into()),
        ("orphans_told", tally.told.into()),
    ];
    facts.extend(tally.counts.keys().map(|reason| (reason.as_str(), tally.of(*reason).into())));
    log.note("retention", &facts);
}
