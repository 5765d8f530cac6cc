//! Somebody's own agreement to being erased: the button of the question carries who was asked and until when, and its
//! press is one and the same request however often it comes.

use core::{fmt, str::FromStr, time::Duration};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::BadCustomId;
use crate::ids::UserId;
use crate::messages::PrivacyRequestId;

/// How long the question stands. Nobody means an old one.
const LIFE: Duration = Duration::from_mins(10);
/// Names what is hashed, so that the same bytes elsewhere give another request.
const PURPOSE: &[u8] = b"timmybot erasure agreed to ";

/// Who was asked, and until when they may agree. As text `<user>.<seconds>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErasureAsked {
    user: UserId,
    until_s: i64,
}

impl ErasureAsked {
    /// This person was asked just now.
    pub fn new(user: UserId, now: Timestamp) -> Self {
        Self { user, until_s: now.saturating_add(LIFE).unwrap_or(now).as_second() }
    }

    /// When it is too late to agree.
    pub fn until(&self) -> Timestamp {
        Timestamp::from_second(self.until_s).unwrap_or(Timestamp::MIN)
    }

    /// The request, if `presser` was asked and it is not too late. A button that somebody else got hold of erases neither
    /// of the two.
    pub fn agreed_by(&self, presser: UserId, now: Timestamp) -> Option<PrivacyRequestId> {
        (self.user == presser && now < self.until()).then(|| self.request())
    }

    fn request(&self) -> PrivacyRequestId {
        let digest = Sha256::new_with_prefix(PURPOSE).chain_update(self.to_string()).finalize();
        PrivacyRequestId::of_digest(&digest.into())
    }
}

impl fmt::Display for ErasureAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.user, self.until_s)
    }
}

impl FromStr for ErasureAsked {
    type Err = BadCustomId;

    fn from_str(text: &str) -> Result<Self, BadCustomId> {
        let (user, until) = text.split_once('.').ok_or(BadCustomId)?;
        let user = user.parse().map_err(|_| BadCustomId)?;
        Ok(Self { user, until_s: until.parse().map_err(|_| BadCustomId)? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    const ANN: UserId = UserId::new(5001);

    fn now() -> Timestamp {
        "2026-01-02T03:04:05.678Z".parse().unwrap()
    }

    #[test]
    fn only_whoever_was_asked_may_agree_and_only_in_time() {
        let asked = ErasureAsked::new(ANN, now());
        assert_eq!(asked.until(), "2026-01-02T03:14:05Z".parse().unwrap());
        assert!(asked.agreed_by(ANN, now()).is_some());
        assert!(asked.agreed_by(ANN, asked.until() - 1.nanosecond()).is_some());
        assert_eq!(asked.agreed_by(ANN, asked.until()), None);
        assert_eq!(asked.agreed_by(UserId::new(5002), now()), None);
    }

    #[test]
    fn one_question_is_one_request() {
        let asked = ErasureAsked::new(ANN, now());
        let again = asked.to_string().parse::<ErasureAsked>().unwrap();
        assert_eq!(asked.agreed_by(ANN, now()), again.agreed_by(ANN, now() + 1.minute()));
        let other = ErasureAsked::new(ANN, now() + 1.second());
        assert_ne!(asked.agreed_by(ANN, now()), other.agreed_by(ANN, now()));
        let somebody = ErasureAsked::new(UserId::new(5002), now());
        assert_ne!(asked.agreed_by(ANN, now()), somebody.agreed_by(UserId::new(5002), now()));
    }

    #[test]
    fn a_time_beyond_all_times_is_over() {
        let asked: ErasureAsked = format!("5001.{}", i64::MAX).parse().unwrap();
        assert_eq!(asked.agreed_by(ANN, now()), None);
        for bad in ["", "5001", "5001.", ".5", "0.5", "5001.x", "5001.5.5"] {
            assert_eq!(bad.parse::<ErasureAsked>(), Err(BadCustomId), "{bad}");
        }
    }
}
