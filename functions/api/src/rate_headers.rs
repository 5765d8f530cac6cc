//! How much a caller has left, in both families of headers (SPEC W27): `X-RateLimit-*`, and the fields of
//! draft-ietf-httpapi-ratelimit-headers (structured fields, RFC 9651).

use jiff::Timestamp;
use shared::http_event::HttpAnswer;
use shared::security::rate_limit::{Decision, Limit};

/// One window and what it said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota {
    /// What the window is called in the `RateLimit` fields.
    pub(crate) policy: &'static str,
    pub(crate) limit: Limit,
    /// How many more are admitted; none when the window refused or could not be read.
    pub(crate) remaining: u32,
    /// When it is worth while to look again.
    pub(crate) reset_at: Timestamp,
}

impl Quota {
    /// As the limiter decided.
    pub(crate) const fn decided(policy: &'static str, limit: Limit, decision: Decision) -> Self {
        match decision {
            Decision::Allowed { remaining, reset_at } => Self { policy, limit, remaining, reset_at },
            Decision::Refused { retry_at } => Self { policy, limit, remaining: 0, reset_at: retry_at },
        }
    }

    /// The limiter could not be asked: nothing is promised.
    pub(crate) const fn unknown(policy: &'static str, limit: Limit, now: Timestamp) -> Self {
        Self { policy, limit, remaining: 0, reset_at: now }
    }

    /// Seconds until it is worth while, rounded up.
    pub(crate) fn wait_s(&self, now: Timestamp) -> i64 {
        let millis = self.reset_at.duration_since(now).as_millis().max(0);
        i64::try_from(millis.saturating_add(999) / 1_000).unwrap_or(i64::MAX)
    }

    /// With the headers.
    pub(crate) fn tell(&self, answer: HttpAnswer, now: Timestamp) -> HttpAnswer {
        let Self { policy, limit, remaining, .. } = self;
        let (max, window, wait) = (limit.max(), limit.window().as_secs(), self.wait_s(now));
        // Rounded up, as the wait: who comes back at that second is not too early.
        let reset = now.as_second().saturating_add(wait);
        answer
            .header("x-ratelimit-limit", max.to_string())
            .header("x-ratelimit-remaining", remaining.to_string())
            .header("x-ratelimit-reset", reset.to_string())
            .header("ratelimit-policy", format!("\"{policy}\";q={max};w={window}"))
            .header("ratelimit", format!("\"{policy}\";r={remaining};t={wait}"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn both_families_say_the_same() {
        let decision = Decision::Allowed { remaining: 7, reset_at: now() + 1_500.milliseconds() };
        let answer = Quota::decided("user", Limit::USER, decision).tell(HttpAnswer::empty(204), now());
        for (name, value) in [
            ("x-ratelimit-limit", "100"),
            ("x-ratelimit-remaining", "7"),
            ("x-ratelimit-reset", "1767323047"),
            ("ratelimit-policy", "\"user\";q=100;w=60"),
            ("ratelimit", "\"user\";r=7;t=2"),
        ] {
            assert_eq!(answer.header_value(name), Some(value), "{name}");
        }
    }

    #[test]
    fn who_was_refused_has_nothing_left() {
        let decision = Decision::Refused { retry_at: now() + 30.seconds() };
        let quota = Quota::decided("address", Limit::ADDRESS, decision);
        assert_eq!((quota.remaining, quota.wait_s(now())), (0, 30));
        assert_eq!(quota.wait_s(now() + 60.seconds()), 0, "never less than nothing");
        let unknown = Quota::unknown("address", Limit::ADDRESS, now());
        assert_eq!((unknown.remaining, unknown.wait_s(now())), (0, 0));
    }
}
