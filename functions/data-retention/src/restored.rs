//! A table was restored from a backup: whoever was erased since the moment that it is of is in it again, and is erased
//! again (SPEC T30). Who they are stands in `tombstones`, for longer than a backup reaches back; that table itself is
//! the one that must not be restored.
//!
//! Each gets a request of their own, named after them and the moment: who is told twice asks for nothing twice, and one
//! that dies in the middle is done again from the beginning.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource, Restored};
use shared::privacy::DataSubject;
use shared::queues::QueueError;
use shared::store::StoreError;
use shared::telemetry::Telemetry;

use crate::app::App;

/// An erasure takes a day at most from its tombstone to its end, so what was restored may be from the middle of one.
const ERASURE: SignedDuration = SignedDuration::from_hours(48);

/// What was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErasedAgain {
    /// How many are erased again.
    pub requests: u32,
}

/// Some may not have been asked for. The same again asks for all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoredError {
    /// The tombstones could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A request could not be sent.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

impl RestoredError {
    /// What may be logged.
    pub fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::Queue(error) => error.code(),
        }
    }
}

/// Asks for the erasure of everybody who was erased since.
pub(crate) async fn run(
    app: &App,
    restored: Restored,
    log: &Telemetry,
) -> Result<ErasedAgain, RestoredError> {
    let asked = attempt(app, restored).await;
    match &asked {
        Ok(asked) => log.note("erased_again", &[("requests", asked.requests.into())]),
        Err(error) => log.fault("restored", error.code()),
    }
    asked
}

async fn attempt(app: &App, restored: Restored) -> Result<ErasedAgain, RestoredError> {
    let mut asked = ErasedAgain::default();
    let since = may_be_back_since(restored.to());
    let mut after = None;
    loop {
        let (erased, next) = app.tombstones.erased_since(since, after.as_ref()).await?;
        for subject in erased {
            app.privacy.ask(&request(subject, restored.to())).await?;
            asked.requests = asked.requests.saturating_add(1);
        }
        if next.is_none() {
            return Ok(asked);
        }
        after = next;
    }
}

/// Whoever was erased later may be back in a table that is as it was at `to`.
fn may_be_back_since(to: Timestamp) -> Timestamp {
    to.saturating_sub(ERASURE).unwrap_or(Timestamp::MIN)
}

/// The same for the same subject and moment.
fn request(subject: DataSubject, to: Timestamp) -> PrivacyRequest {
    let digest = Sha256::digest(format!("timmybot-restored-v1\0{subject}\0{to}"));
    let id = PrivacyRequestId::of_digest(&digest.into());
    PrivacyRequest::new(id, subject, PrivacyAction::Erase, PrivacySource::Operator)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;
    use shared::ids::{GuildId, UserId};

    use super::*;

    fn to() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn an_erasure_that_was_on_its_way_is_done_again() {
        assert_eq!(may_be_back_since(to()), to() - 48.hours());
        assert_eq!(may_be_back_since(Timestamp::MIN), Timestamp::MIN);
    }

    #[test]
    fn a_request_is_of_one_subject_and_one_moment() {
        let (user, guild) = (DataSubject::User(UserId::new(7)), DataSubject::Guild(GuildId::new(7)));
        let one = request(user, to());
        assert_eq!((one, one.subject(), one.source()), (request(user, to()), user, PrivacySource::Operator));
        assert_ne!(one.id(), request(guild, to()).id());
        assert_ne!(one.id(), request(user, to() + 1.second()).id());
    }

    proptest! {
        /// Whatever order the table is walked in, each one's request is the same.
        #[test]
        fn each_of_many_has_a_request_of_their_own(users in prop::collection::hash_set(1_u64..u64::MAX, 1..50)) {
            let ids = users.iter().map(|user| request(DataSubject::User(UserId::new(*user)), to()).id());
            prop_assert_eq!(ids.collect::<std::collections::HashSet<_>>().len(), users.len());
        }
    }
}
