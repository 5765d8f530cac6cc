//! A circuit breaker: who fails time after time is left alone for a while, then tried once.

use jiff::{SignedDuration, Timestamp};

/// So many failures in a row open it.
pub const FAILURES: u32 = 5;
/// How long it is open at first; then twice as long after each try that fails.
pub const FIRST: SignedDuration = SignedDuration::from_secs(60);
/// The longest that it is open, and that anybody may ask us to wait.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// How long one try may take before another is let through: longer than a channel may take.
pub const TRY: SignedDuration = SignedDuration::from_secs(15);

/// How it stands with somebody whom we call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// How many calls have failed since the last one that did not.
    pub failures: u32,
    /// Nobody calls before.
    pub until: Option<Timestamp>,
    /// Whether [`Self::until`] is the end of the one try, and not of the wait.
    pub trying: bool,
}

/// Whether to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Yes.
    Closed,
    /// Once: whoever writes [`Breaker::tried`] first may.
    HalfOpen,
    /// Not before.
    Open(Timestamp),
}

impl Breaker {
    /// Whether to call now.
    pub fn gate(self, now: Timestamp) -> Gate {
        match self.until {
            Some(until) if now < until => Gate::Open(until),
            Some(_) if self.failures >= FAILURES => Gate::HalfOpen,
            Some(_) | None => Gate::Closed,
        }
    }

    /// The one try has begun.
    #[must_use]
    pub fn tried(self, now: Timestamp) -> Self {
        Self { until: Some(later(now, TRY)), trying: true, ..self }
    }

    /// A call succeeded.
    #[must_use]
    pub const fn succeeded(self) -> Self {
        Self { failures: 0, until: None, trying: false }
    }

    /// A call failed; the other side may have said how long to wait. What was still under way when it opened does not make
    /// it open for longer.
    #[must_use]
    pub fn failed(self, now: Timestamp, asked: Option<SignedDuration>) -> Self {
        let asked = asked.map(|wait| later(now, wait.clamp(SignedDuration::ZERO, LONGEST)));
        if matches!(self.gate(now), Gate::Open(_)) && !self.trying && self.failures >= FAILURES {
            return Self { until: self.until.max(asked), ..self };
        }
        let failures = self.failures.saturating_add(1);
        let opens = failures.checked_sub(FAILURES).map(|more| later(now, wait(more)));
        let still = self.until.filter(|until| !self.trying && *until > now);
        Self { failures, until: opens.max(asked).max(still), trying: false }
    }
}

/// How long it is open after so many failures beyond those that opened it.
fn wait(more: u32) -> SignedDuration {
    FIRST.checked_mul(1 << more.min(8)).unwrap_or(LONGEST).min(LONGEST)
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.saturating_add(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn after(failures: u32) -> Breaker {
        (0..failures).fold(Breaker::default(), |breaker, _| breaker.failed(now(), None))
    }

    #[test]
    fn the_fifth_failure_opens_it_for_a_minute_and_then_there_is_one_try() {
        assert_eq!(after(4).gate(now()), Gate::Closed);
        let open = after(5);
        assert_eq!(open.gate(now()), Gate::Open(now() + 60.seconds()));
        assert_eq!(open.gate(now() + 60.seconds()), Gate::HalfOpen);
        let trying = open.tried(now() + 60.seconds());
        assert_eq!(trying.gate(now() + 61.seconds()), Gate::Open(now() + 75.seconds()));
        assert_eq!(trying.gate(now() + 75.seconds()), Gate::HalfOpen, "whoever tried has died");
        assert_eq!(trying.succeeded().gate(now() + 61.seconds()), Gate::Closed);
    }

    #[test]
    fn each_try_that_fails_doubles_the_wait_up_to_a_quarter_of_an_hour() {
        let (mut breaker, mut at) = (after(5), now() + 60.seconds());
        for seconds in [120, 240, 480, 900, 900, 900] {
            breaker = breaker.tried(at).failed(at, None);
            assert_eq!(breaker.gate(at), Gate::Open(at + seconds.seconds()));
            at += seconds.seconds();
        }
    }

    #[test]
    fn what_was_under_way_when_it_opened_does_not_make_it_longer() {
        let open = after(5);
        assert_eq!(open.failed(now() + 1.second(), None), open);
        let asked = open.failed(now(), Some(SignedDuration::from_secs(300)));
        assert_eq!(asked.gate(now()), Gate::Open(now() + 300.seconds()));
    }

    #[test]
    fn who_asks_for_time_gets_it_within_limits() {
        let of = |seconds| Breaker::default().failed(now(), Some(SignedDuration::from_secs(seconds)));
        assert_eq!(of(30).gate(now()), Gate::Open(now() + 30.seconds()));
        assert_eq!(of(30).gate(now() + 30.seconds()), Gate::Closed, "one failure opens nothing");
        assert_eq!(of(86_400).gate(now()), Gate::Open(now() + 15.minutes()));
        assert_eq!(of(-1).gate(now()), Gate::Closed);
        let again = of(30).failed(now() + 1.second(), None);
        assert_eq!(
            again.gate(now() + 1.second()),
            Gate::Open(now() + 30.seconds()),
            "what was asked for stands"
        );
    }

    proptest! {
        #[test]
        fn it_is_never_open_for_longer_than_the_longest_and_a_success_closes_it(
            steps in proptest::collection::vec((0_i64..2_000, 0_u8..4, proptest::option::of(-5_i64..5_000)), 0..60),
        ) {
            let (mut breaker, mut at) = (Breaker::default(), now());
            for (wait, what, asked) in steps {
                at += wait.seconds();
                breaker = match what {
                    0 => breaker.succeeded(),
                    1 if breaker.gate(at) == Gate::HalfOpen => breaker.tried(at),
                    _ => breaker.failed(at, asked.map(SignedDuration::from_secs)),
                };
                if let Gate::Open(until) = breaker.gate(at) {
                    prop_assert!(until <= at + 15.minutes());
                }
                if breaker.failures < FAILURES {
                    prop_assert!(breaker.gate(at) != Gate::HalfOpen);
                }
            }
            prop_assert_eq!(breaker.succeeded(), Breaker::default());
        }
    }
}
