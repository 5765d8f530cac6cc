//! The end of a run: one event in the log, and one alert if somebody has to know (SPEC T12). It counts; it names nobody.

use serde::Serialize;
use serde_json::Value;
use shared::security::event::SecurityEvent;
use shared::telemetry::{Metric, Telemetry};

use crate::ages::{self, Old};
use crate::app::App;
use crate::checkpoint::{Checkpoint, Counts};

/// What an operator reads.
#[derive(Clone, Debug, Serialize)]
struct Alert<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    version: u8,
    started_at: String,
    counts: Counts,
    old_secrets: &'a [Old],
    what_to_do: Vec<&'static str>,
}

/// Tells what became of a run.
pub(crate) async fn tell(app: &App, run: &Checkpoint, log: &Telemetry) {
    let now = app.clock.now();
    let Counts { renewed, lapsed, gone, failed, waiting, dead_lettered } = run.counts;
    let event = SecurityEvent::credential_change("rotate", "linked_accounts", now)
        .extra("renewed", renewed)
        .extra("lapsed", lapsed)
        .extra("gone", gone)
        .extra("failed", failed)
        .extra("waiting", waiting)
        .extra("dead_lettered", dead_lettered)
        .extra("rounds", run.round);
    log.security(&event);
    log.metric(Metric::RotationFailures, not_renewed(run.counts));
    let old = ages::old(app, now, log).await;
    let what_to_do = what_to_do(run.counts, &old);
    if what_to_do.is_empty() {
        return;
    }
    let alert = Alert {
        kind: "token_rotation",
        version: 1,
        started_at: run.started_at.to_string(),
        counts: run.counts,
        old_secrets: &old,
        what_to_do,
    };
    // Numbers and names: it always is JSON.
    let message = serde_json::to_value(&alert).as_ref().map(Value::to_string).unwrap_or_default();
    if let Err(code) = app.alert("TimmyBot: token rotation", &message).await {
        log.fault("rotation.alert", &code);
    }
}

/// Links that a night has left as they were. Those that it puts aside are among them.
const fn not_renewed(counts: Counts) -> u32 {
    counts.failed.saturating_add(counts.waiting)
}

/// A link that is over is its owner's to mend, and they are told; nobody else has to be.
fn what_to_do(counts: Counts, old: &[Old]) -> Vec<&'static str> {
    let mut todo = Vec::new();
    if counts.failed > 0 || counts.waiting > 0 {
        todo.push(
            "Some links could not be renewed. They are tried again the next night; the log says by code why.",
        );
    }
    if counts.dead_lettered > 0 {
        todo.push(
            "Some links have failed for five nights. Look at the queue -rotation-dlq, then at the service.",
        );
    }
    if !old.is_empty() {
        todo.push("Some secrets are older than 180 days. `timmy rotate <name>` says how each is renewed.");
    }
    todo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_woken_for_what_went_well() {
        let well = Counts { renewed: 9, lapsed: 3, gone: 1, ..Counts::default() };
        assert!(what_to_do(well, &[]).is_empty());
    }

    #[test]
    fn what_fails_is_counted_and_what_is_over_is_not() {
        let counts = Counts { renewed: 9, lapsed: 3, gone: 1, failed: 2, waiting: 5, dead_lettered: 1 };
        assert_eq!(not_renewed(counts), 7);
        assert_eq!(not_renewed(Counts { failed: u32::MAX, ..counts }), u32::MAX);
    }

    #[test]
    fn what_failed_and_what_is_old_is_told_with_what_to_do() {
        for counts in [Counts { failed: 1, ..Counts::default() }, Counts { waiting: 1, ..Counts::default() }]
        {
            assert_eq!(what_to_do(counts, &[]).len(), 1);
        }
        let old = [Old { secret: "/timmybot/bot-token".into(), days: 200 }];
        let all = Counts { failed: 1, dead_lettered: 1, ..Counts::default() };
        assert_eq!(what_to_do(all, &old).len(), 3);
    }
}
