//! What Lambda says about an invocation besides its event.

use jiff::Timestamp;

/// One invocation of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// Its id; it ties log lines together.
    pub id: String,
    /// When it is ended.
    pub deadline: Timestamp,
}

impl Invocation {
    /// Of this id, ended so many milliseconds after the Unix epoch, as the Runtime API tells it. A deadline beyond all times
    /// is the last of them.
    pub fn new(id: String, deadline_ms: u64) -> Self {
        let deadline = i64::try_from(deadline_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        Self { id, deadline: deadline.unwrap_or(Timestamp::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn deadline(ms: u64) -> Timestamp {
        Invocation::new("r".to_owned(), ms).deadline
    }

    #[test]
    fn the_deadline_is_read_in_milliseconds() {
        let expected =
            Invocation { id: "r".to_owned(), deadline: "2026-11-23T16:30:00.250Z".parse().unwrap() };
        assert_eq!(Invocation::new("r".to_owned(), 1_795_451_400_250), expected);
        assert_eq!(deadline(0), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn a_deadline_beyond_all_times_is_the_last_of_them() {
        let last = u64::try_from(Timestamp::MAX.as_second()).unwrap();
        assert!(deadline(last * 1_000) < Timestamp::MAX);
        for ms in [(last + 1) * 1_000, u64::MAX >> 1, (u64::MAX >> 1) + 1, u64::MAX] {
            assert_eq!(deadline(ms), Timestamp::MAX, "{ms}");
        }
    }

    proptest! {
        #[test]
        fn a_later_deadline_is_never_earlier(one: u64, other: u64) {
            prop_assert!(deadline(one.min(other)) <= deadline(one.max(other)));
        }
    }
}
