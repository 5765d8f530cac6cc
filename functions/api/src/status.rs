//! How the bot does, from the document that security-alarms keeps in a bucket and from the flag. It is asked for when
//! nothing else works: whatever cannot be read is left out, and the rest is said.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use shared::domain::containment::Knowledge;
use shared::domain::status::StatusDocument;
use shared::status_bucket::StatusBucket;

use crate::app::App;
use crate::report::Report;

/// How long one reading is good, also one that failed: however many look, the bucket is asked this often.
const FRESH: SignedDuration = SignedDuration::from_secs(10);
/// For so long after the bucket was last read, what it said is still told.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(5);

/// The bucket, and what this process remembers of it.
#[derive(Debug)]
pub(crate) struct Status {
    bucket: StatusBucket,
    seen: Mutex<Seen>,
}

/// What is known just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// What can be said.
    pub(crate) document: StatusDocument,
    /// Whether the document was there: without it, that nothing is listed says nothing.
    pub(crate) complete: bool,
    /// When.
    pub(crate) at: Timestamp,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    /// When it was last asked for.
    asked_at: Option<Timestamp>,
    /// When it was last there, and what it said.
    said: Option<(Timestamp, StatusDocument)>,
}

impl Seen {
    fn fresh(&self, now: Timestamp) -> bool {
        self.asked_at.is_some_and(|at| within(at, FRESH, now))
    }

    fn told(&self, now: Timestamp) -> Option<StatusDocument> {
        self.said
            .as_ref()
            .filter(|(at, _)| within(*at, REMEMBERED, now))
            .map(|(_, document)| document.clone())
    }
}

/// A clock that was set back makes nothing fresh for ever.
fn within(at: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    let age = now.duration_since(at);
    !age.is_negative() && age < length
}

impl Status {
    pub(crate) const fn new(bucket: StatusBucket) -> Self {
        let seen = Seen { asked_at: None, said: None };
        Self { bucket, seen: Mutex::new(seen) }
    }

    /// The document; `None`: it cannot be had.
    async fn document(&self, report: &Report, now: Timestamp) -> Option<StatusDocument> {
        {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.fresh(now) {
                return seen.told(now);
            }
            // Whoever comes meanwhile is told what is remembered, and does not ask as well.
            seen.asked_at = Some(now);
        }
        match self.bucket.get().await {
            Ok(found) => {
                // Before the first incident there is none.
                let document = found.unwrap_or_else(|| StatusDocument::quiet(now));
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.said = Some((now, document.clone()));
                Some(document)
            }
            Err(error) => {
                report.fault("status_bucket", error.code());
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).told(now)
            }
        }
    }
}

/// What can be said now.
pub(crate) async fn look(app: &App, report: &Report, now: Timestamp) -> Known {
    let (flag, document) =
        tokio::join!(Box::pin(app.flag(report.log(), now)), Box::pin(app.status.document(report, now)));
    Known::of(document, flag, now)
}

impl Known {
    pub(crate) fn of(document: Option<StatusDocument>, flag: Knowledge, now: Timestamp) -> Self {
        let complete = document.is_some();
        let unknown = || StatusDocument::unknown(flag, now);
        let document = document.map_or_else(unknown, |document| document.read_at(now).under(flag));
        Self { document, complete, at: now }
    }
}

#[cfg(test)]
mod tests {
    use shared::clock::Clock;
    use shared::domain::containment::Level;
    use shared::domain::incident::Component;
    use shared::domain::status::{Care, HISTORY, Outage, Overall};
    use shared::http_event::HttpEvent;
    use shared::telemetry::{Captured, Sink, Telemetry};
    use testkit::{Aws, Fault};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn a_reading_is_fresh_for_ten_seconds_and_remembered_for_five_minutes() {
        let document = StatusDocument::quiet(at(0));
        let seen = Seen { asked_at: Some(at(0)), said: Some((at(0), document)) };
        let told = |second| (seen.fresh(at(second)), seen.told(at(second)).is_some());
        assert_eq!(told(-1), (false, false));
        assert_eq!(told(9), (true, true));
        assert_eq!(told(10), (false, true));
        assert_eq!(told(299), (false, true));
        assert_eq!(told(300), (false, false));
        assert_eq!((Seen::default().fresh(at(0)), Seen::default().told(at(0))), (false, None));
    }

    #[test]
    fn what_is_missing_is_left_out_and_the_rest_is_said() {
        let quiet = || Some(StatusDocument::quiet(at(0)));
        let overall = |document, flag| Known::of(document, flag, at(1)).document.overall;
        assert_eq!(overall(quiet(), Knowledge::Level(Level::L0)), Overall::Operational);
        assert_eq!(overall(quiet(), Knowledge::Level(Level::L3)), Overall::LockedDown);
        assert_eq!(overall(quiet(), Knowledge::Nothing), Overall::Unknown);
        assert_eq!(overall(None, Knowledge::Level(Level::L1)), Overall::Paused);
        assert_eq!(overall(None, Knowledge::Level(Level::L0)), Overall::Unknown);
        assert!(!Known::of(None, Knowledge::Nothing, at(1)).complete);
    }

    #[test]
    fn nobody_is_told_of_what_was_over_two_weeks_ago() {
        let past =
            Outage { component: Component::Music, care: Care::Over, since: at(-60), until: Some(at(0)) };
        let written = StatusDocument { history: vec![past], ..StatusDocument::quiet(at(1)) };
        let told =
            |now| Known::of(Some(written.clone()), Knowledge::Level(Level::L0), now).document.history.len();
        assert_eq!((told(at(2)), told(at(HISTORY.as_secs() + 1))), (1, 0));
    }

    fn report() -> (Report, Captured) {
        let (sink, log) = Sink::memory();
        let telemetry = Telemetry::new(sink, "api", Clock::fixed(at(0)));
        (Report::new(telemetry, &HttpEvent::new("GET", &[], b"")), log)
    }

    #[tokio::test]
    async fn the_last_reading_is_remembered_for_a_while() {
        let aws = Aws::start().await;
        let bucket = StatusBucket::new(aws.sdk_config(), &aws.bucket("status"));
        let (status, (report, log)) = (Status::new(bucket.clone()), report());
        let first = StatusDocument::quiet(at(-100));
        bucket.put(&first).await.unwrap();
        assert_eq!(status.document(&report, at(0)).await, Some(first.clone()));
        let second = StatusDocument::quiet(at(-50));
        bucket.put(&second).await.unwrap();
        assert_eq!(status.document(&report, at(9)).await, Some(first), "still fresh");
        assert_eq!(status.document(&report, at(10)).await, Some(second.clone()));
        for (second_later, known) in [(20, true), (29, true), (309, true), (319, false)] {
            let asked = !status.seen.lock().unwrap().fresh(at(second_later));
            aws.fault_next("GetObject", Fault::Status500, asked.into());
            let told = status.document(&report, at(second_later)).await;
            assert_eq!(told, known.then(|| second.clone()), "{second_later}");
        }
        assert_eq!(log.lines().iter().filter(|line| line["fault"] == "status_bucket").count(), 3);
        assert_eq!(status.document(&report, at(330)).await, Some(second));
    }
}
