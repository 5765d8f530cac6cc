//! When a voice connection is to be mended, and how hard. Pure: the actor says what happened and asks what is due.

use core::time::Duration;

use tokio::time::Instant;

/// How long Discord's gateway and voice server together may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the gateway may take to name another voice server to who asked again. It may think that there is no need.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a lost connection waits for the gateway to say why: moved and kicked are told there.
const NEWS: Duration = Duration::from_millis(500);
/// The wait after the first failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// Failures in a row after which asking again is not enough.
const ASKS: u32 = 1;
/// Failures in a row after which nothing helps.
const TRIES: u32 = 6;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mend {
    /// Ask for the same channel again: the gateway answers with a fresh voice server.
    AskAgain,
    /// Leave and come back: a new voice session.
    ComeBack,
    /// Leave it.
    GiveUp,
}

/// How the voice connection stands.
#[derive(Debug, Default)]
pub(crate) struct Repair {
    /// When something is due unless the connection is made before; nothing while it stands, or is not wanted.
    due: Option<Instant>,
    failures: u32,
}

impl Repair {
    /// A connection was asked for, or is being made again by itself.
    pub(crate) fn asked(&mut self, now: Instant) {
        self.due = Some(now + PATIENCE);
    }

    /// Another voice server was asked for.
    pub(crate) fn asked_again(&mut self, now: Instant) {
        self.due = Some(now + AGAIN);
    }

    /// It is made.
    pub(crate) const fn connected(&mut self) {
        (self.due, self.failures) = (None, 0);
    }

    /// It is lost, and the gateway may say why.
    pub(crate) fn lost(&mut self, now: Instant) {
        self.due = Some(now + NEWS);
    }

    /// It could not be made, or its session is over.
    pub(crate) fn failed(&mut self, now: Instant) {
        let wait = FIRST_WAIT.saturating_mul(1 << self.failures.min(10)).min(LONGEST_WAIT);
        // The first is mended at once: most often only the session is old.
        self.due = Some(if self.failures == 0 { now } else { now + wait });
    }

    /// Nobody wants one any more.
    pub(crate) fn over(&mut self) {
        *self = Self::default();
    }

    /// What to do now, if anything.
    pub(crate) fn due(&mut self, now: Instant) -> Option<Mend> {
        self.due.take_if(|due| *due <= now)?;
        self.failures += 1;
        Some(match self.failures {
            failures if failures <= ASKS => Mend::AskAgain,
            failures if failures <= TRIES => Mend::ComeBack,
            _ => Mend::GiveUp,
        })
    }

    /// When to look again.
    pub(crate) const fn next(&self) -> Option<Instant> {
        self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_stands_needs_nothing() {
        let (mut repair, now) = (Repair::default(), Instant::now());
        assert_eq!(repair.due(now), None);
        repair.asked(now);
        assert_eq!(repair.due(now + PATIENCE / 2), None);
        repair.connected();
        assert_eq!((repair.due(now + PATIENCE * 2), repair.next()), (None, None));
    }

    #[test]
    fn what_is_not_made_in_time_is_asked_for_again() {
        let (mut repair, now) = (Repair::default(), Instant::now());
        repair.asked(now);
        assert_eq!(repair.due(now + PATIENCE), Some(Mend::AskAgain));
        assert_eq!(repair.due(now + PATIENCE), None, "once");
        repair.asked_again(now);
        assert_eq!(repair.due(now + AGAIN), Some(Mend::ComeBack));
    }

    #[test]
    fn a_loss_waits_for_the_gateway_s_word() {
        let (mut repair, now) = (Repair::default(), Instant::now());
        repair.lost(now);
        assert_eq!(repair.due(now), None);
        assert_eq!(repair.due(now + NEWS), Some(Mend::AskAgain));
        repair.lost(now);
        repair.over();
        assert_eq!(repair.due(now + NEWS), None);
    }

    #[test]
    fn each_failure_waits_longer_and_tries_harder_until_it_gives_up() {
        let (mut repair, mut now) = (Repair::default(), Instant::now());
        let mut waits = Vec::new();
        let mut mends = Vec::new();
        while mends.last() != Some(&Mend::GiveUp) {
            repair.failed(now);
            let due = repair.next().unwrap();
            waits.push(due - now);
            now = due;
            mends.push(repair.due(now).unwrap());
        }
        assert_eq!(waits[0], Duration::ZERO);
        assert!(waits.is_sorted() && waits.iter().all(|wait| *wait <= LONGEST_WAIT), "{waits:?}");
        let count = |mend| mends.iter().filter(|made| **made == mend).count();
        assert_eq!((count(Mend::AskAgain), count(Mend::ComeBack), count(Mend::GiveUp)), (1, 5, 1));
        repair.connected();
        repair.failed(now);
        assert_eq!(repair.next(), Some(now), "a success forgets the failures");
    }
}
