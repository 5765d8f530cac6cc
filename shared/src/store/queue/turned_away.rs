//! Counting what the limits of a queue (SPEC P9) turned away. Whoever changes queues for people calls it.

use super::{Applied, QueueError};
use crate::domain::queue::{Outcome, QueueRefusal};
use crate::telemetry::{Metric, QueueLimit, Telemetry};

/// Counts an addition of which a full queue, or somebody's full share of it, took not all: once, however many tracks that
/// were. `tried` is what became of any change. What is known to have taken place before was counted then.
pub fn count_turned_away(log: &Telemetry, tried: &Result<Applied, QueueError>) {
    if let Some(limit) = reason(tried).and_then(limit) {
        log.count(Metric::QueueFull { limit });
    }
}

fn reason(tried: &Result<Applied, QueueError>) -> Option<QueueRefusal> {
    match tried {
        Ok(applied) => match &applied.outcome {
            Outcome::Added { left_out, .. } if !applied.repeated => left_out.map(|left| left.reason),
            _ => None,
        },
        Err(QueueError::Refused(refusal)) => Some(*refusal),
        Err(QueueError::Store(_)) => None,
    }
}

const fn limit(refusal: QueueRefusal) -> Option<QueueLimit> {
    match refusal {
        QueueRefusal::QueueFull { .. } => Some(QueueLimit::Queue),
        QueueRefusal::TooManyForUser { .. } => Some(QueueLimit::User),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::domain::queue::{Caps, EntryId, LeftOut, QueueView};
    use crate::store::StoreError;
    use crate::telemetry::Sink;

    const FULL: QueueRefusal = QueueRefusal::QueueFull { limit: 7 };
    const MANY: QueueRefusal = QueueRefusal::TooManyForUser { limit: 3 };

    /// In which scopes it was counted.
    fn counted(tried: &Result<Applied, QueueError>) -> Vec<String> {
        let (sink, captured) = Sink::memory();
        count_turned_away(&Telemetry::new(sink, "interactions", Clock::system()), tried);
        let scope = |line: &serde_json::Value| {
            assert_eq!(line["queue_full"], 1);
            line["scope"].as_str().unwrap().to_owned()
        };
        captured.lines().iter().map(scope).collect()
    }

    fn added(reason: Option<QueueRefusal>, repeated: bool) -> Applied {
        let left_out = reason.map(|reason| LeftOut { count: 4, reason });
        let outcome = Outcome::Added { first: EntryId::new(1, 0), position: 1, count: 2, left_out };
        Applied { outcome, queue: QueueView::new(Caps::PRODUCTION), repeated }
    }

    #[test]
    fn a_full_queue_and_a_full_share_are_counted_once_each() {
        for (refusal, scope) in [(FULL, "queue"), (MANY, "user")] {
            assert_eq!(counted(&Err(refusal.into())), [scope]);
            assert_eq!(counted(&Ok(added(Some(refusal), false))), [scope], "some of a list");
            assert!(counted(&Ok(added(Some(refusal), true))).is_empty(), "it was counted then");
        }
    }

    #[test]
    fn whatever_else_became_of_a_change_is_no_full_queue() {
        let cleared = Applied { outcome: Outcome::Cleared { count: 2 }, ..added(None, false) };
        for tried in [
            Ok(added(None, false)),
            Ok(added(Some(QueueRefusal::BlockedArtist), false)),
            Ok(cleared),
            Err(QueueRefusal::Empty.into()),
            Err(QueueRefusal::TooLong { limit_s: 600 }.into()),
            Err(StoreError::Contended { operation: "queue.apply" }.into()),
        ] {
            assert!(counted(&tried).is_empty(), "{tried:?}");
        }
    }
}
