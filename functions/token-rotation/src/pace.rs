//! How fast services are asked. Pure: which of them has asked us to wait, and how long one waits so that not all ask in
//! the same millisecond.

use core::time::Duration;
use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::domain::accounts::Provider;

/// Links that are renewed at once.
pub(crate) const CONCURRENCY: usize = 32;
/// The longest that one waits before it asks.
pub(crate) const JITTER: Duration = Duration::from_millis(100);

/// Who is left alone until when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    paused: BTreeMap<Provider, Timestamp>,
}

impl Pace {
    /// Whether a service may be asked.
    pub(crate) fn may_ask(&self, provider: Provider, now: Timestamp) -> bool {
        self.paused.get(&provider).is_none_or(|until| now >= *until)
    }

    /// A service wants to be left alone for so long.
    pub(crate) fn pause(&mut self, provider: Provider, wait: Duration, now: Timestamp) {
        let until = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let paused = self.paused.entry(provider).or_insert(until);
        *paused = (*paused).max(until);
    }
}

/// A random wait below [`JITTER`].
pub(crate) fn jitter(random: u64) -> Duration {
    let millis = u64::try_from(JITTER.as_millis()).unwrap_or(1).max(1);
    Duration::from_millis(random % millis)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T02:00:00Z".parse().unwrap()
    }

    #[test]
    fn who_asks_for_a_pause_has_it_and_the_others_do_not() {
        let mut pace = Pace::default();
        assert!(pace.may_ask(Provider::Twitch, now()));
        pace.pause(Provider::Twitch, Duration::from_secs(30), now());
        pace.pause(Provider::Twitch, Duration::from_secs(10), now());
        for (provider, after_s, expected) in [
            (Provider::Twitch, 0, false),
            (Provider::Twitch, 29, false),
            (Provider::Twitch, 30, true),
            (Provider::Spotify, 0, true),
        ] {
            let at = now() + Duration::from_secs(after_s);
            assert_eq!(pace.may_ask(provider, at), expected, "{provider} {after_s}");
        }
    }

    proptest! {
        #[test]
        fn nobody_waits_longer_than_said(random in any::<u64>()) {
            prop_assert!(jitter(random) < JITTER);
        }
    }
}
