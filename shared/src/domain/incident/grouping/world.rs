//! A small world for tests: one cause, a clock, people, a message for every flush, a look each 5 minutes while something is
//! unsettled (the slower of the two beats: what comes out in time with it does with the other), and channels that write down
//! what they hear.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Decision, Known, Outcome, Policy, decide, due};
use crate::clock::Rng;
use crate::domain::containment::Level;
use crate::domain::incident::{Alert, By, Change, Deed, Incident, IncidentId, Notice, Signal};

pub(super) const TICK: i64 = 300;

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A stimulus, with the second of its own clock.
    Heard(Change, i64),
    /// Something that hides it opens or closes.
    Hidden(bool),
    /// Somebody takes it; they said so in this second.
    Acknowledged(i64),
    /// Somebody closes it; they said so in this second.
    Resolved(i64),
    /// Somebody silences it for so many seconds.
    Silenced(i64),
    /// It contained the bot.
    Contained,
    /// Who tells, dies before it has (or no longer).
    Deadly(bool),
}

pub(super) struct World {
    alert: Alert,
    pub(super) now: i64,
    pub(super) latest: Option<Incident>,
    cleared_at: Option<Timestamp>,
    hidden: bool,
    deadly: bool,
    flushes: BTreeSet<i64>,
    /// When each notice was told, in the order of telling.
    pub(super) told: Vec<(i64, Notice)>,
    pub(super) begun: usize,
    pub(super) writes: usize,
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

impl World {
    pub(super) fn of(alert: Alert) -> Self {
        Self {
            alert,
            now: 0,
            latest: None,
            cleared_at: None,
            hidden: false,
            deadly: false,
            flushes: BTreeSet::new(),
            told: Vec::new(),
            begun: 0,
            writes: 0,
        }
    }

    /// Lets time pass until then: what was to be flushed is, and the clock ticks while something is unsettled.
    pub(super) fn until(&mut self, second: i64) {
        loop {
            let tick = (self.now / TICK + 1) * TICK;
            let flush = self.flushes.first().copied().unwrap_or(i64::MAX);
            let next = flush.min(tick);
            if next > second {
                self.now = second;
                return;
            }
            self.flushes.remove(&next);
            self.now = next;
            self.look();
        }
    }

    /// It happens now.
    pub(super) fn meet(&mut self, event: Event) {
        let (by, now) = (By::Person("admin_ann".to_owned()), at(self.now));
        let next = match (event, &self.latest) {
            (Event::Heard(change, said), _) => return self.hear(change, said),
            (Event::Hidden(hidden), _) => {
                self.hidden = hidden;
                return;
            }
            (Event::Deadly(deadly), _) => {
                self.deadly = deadly;
                return;
            }
            (_, None) => return,
            (Event::Acknowledged(said), Some(seen)) => seen.acknowledge(Deed { by, at: at(said) }, now),
            (Event::Resolved(said), Some(seen)) => seen.resolve(Deed { by, at: at(said) }, now),
            (Event::Silenced(time), Some(seen)) => {
                seen.silence(Deed { by, at: now }, SignedDuration::from_secs(time), now)
            }
            (Event::Contained, Some(seen)) => seen.contain(Level::L1, By::Itself, now),
        };
        let Some(next) = next else { return };
        let tell = next.owed_notice().filter(|_| !matches!(event, Event::Silenced(_)));
        self.apply(Decision { outcome: Outcome::Change(Box::new(next)), tell, flush_at: None });
    }

    fn hear(&mut self, change: Change, said: i64) {
        let known = Known { latest: self.latest.as_ref(), cleared_at: self.cleared_at, hidden: self.hidden };
        let id = IncidentId::new(at(self.now), Rng::fixed(7)).unwrap();
        let signal = Signal::new(self.alert, change, at(said));
        let decision = decide(at(self.now), id, known, &signal, &Policy::DEFAULT);
        self.apply(decision);
    }

    fn look(&mut self) {
        let Some(seen) = self.latest.as_ref().filter(|seen| !seen.is_settled()) else { return };
        let decision = due(at(self.now), seen, self.hidden, &Policy::DEFAULT);
        self.apply(decision);
    }

    fn apply(&mut self, decision: Decision) {
        if let Some(at) = decision.flush_at {
            self.flushes.insert(at.as_second() - 1_790_000_000);
        }
        self.writes += usize::from(decision.outcome != Outcome::Ignore);
        match decision.outcome {
            Outcome::Ignore => assert_eq!(decision.tell, None, "what is told is owed"),
            Outcome::Begin(next) => {
                self.begun += 1;
                self.latest = Some(*next);
            }
            Outcome::Change(next) => self.latest = Some(*next),
            Outcome::Remember(at) => self.cleared_at = Some(at),
        }
        let Some(notice) = decision.tell else { return };
        let seen = self.latest.as_ref().unwrap();
        assert_eq!(Some(&notice), seen.owed_notice().as_ref(), "what is told is what is owed");
        if self.deadly {
            return;
        }
        let told = seen.told(notice.number, 2, at(self.now)).unwrap();
        assert_eq!(told.told(notice.number, 2, at(self.now)), None, "told once");
        self.latest = Some(told);
        self.writes += 1;
        self.told.push((self.now, notice));
    }
}
