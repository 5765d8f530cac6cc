//! Why something is not done. All of it is tried again: what was done already is seen, and not done twice.

use shared::clock::NoEntropy;
use shared::queues::QueueError;
use shared::store::StoreError;
use shared::telemetry::Telemetry;

use crate::contain::ContainError;
use crate::status::PublishError;

/// What was not done, in our words, and why, by a code that may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {code}")]
pub struct NotDone {
    what: &'static str,
    code: String,
}

impl NotDone {
    pub(crate) fn new(what: &'static str, code: &str) -> Self {
        Self { what, code: code.to_owned() }
    }

    /// Others were faster every time.
    pub(crate) fn contended(what: &'static str) -> Self {
        Self::new(what, "contended")
    }

    /// Says so in the log.
    pub(crate) fn log(&self, log: &Telemetry) {
        log.fault(self.what, &self.code);
    }
}

impl From<StoreError> for NotDone {
    fn from(error: StoreError) -> Self {
        Self::new(error.operation(), error.code())
    }
}

impl From<QueueError> for NotDone {
    fn from(error: QueueError) -> Self {
        Self::new("control.order", error.code())
    }
}

impl From<ContainError> for NotDone {
    fn from(error: ContainError) -> Self {
        Self::new("contain", error.code())
    }
}

impl From<PublishError> for NotDone {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            PublishError::Bucket(error) => Self::new("status", error.code()),
        }
    }
}

impl From<NoEntropy> for NotDone {
    fn from(_: NoEntropy) -> Self {
        Self::new("random", "no_entropy")
    }
}

/// Things that are done one after the other although one fails: it holds the others up no more than it must.
#[derive(Debug, Default)]
pub(crate) struct Outcome(Option<NotDone>);

impl Outcome {
    /// One more.
    pub(crate) fn take<T>(&mut self, done: Result<T, NotDone>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                self.0.get_or_insert(error);
                None
            }
        }
    }

    /// Whether all of it is done.
    pub(crate) const fn is_done(&self) -> bool {
        self.0.is_none()
    }

    /// The first that failed.
    pub(crate) fn end(self) -> Result<(), NotDone> {
        self.0.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_failed_is_told_and_the_others_are_done_all_the_same() {
        let mut outcome = Outcome::default();
        assert_eq!(outcome.take(Ok(1)), Some(1));
        assert!(outcome.is_done());
        assert_eq!(outcome.take::<u8>(Err(NotDone::new("one", "a"))), None);
        assert_eq!(outcome.take::<u8>(Err(NotDone::contended("other"))), None);
        assert_eq!(outcome.take(Ok(2)), Some(2));
        assert!(!outcome.is_done());
        assert_eq!(outcome.end(), Err(NotDone::new("one", "a")));
        assert_eq!(Outcome::default().end(), Ok(()));
    }

    #[test]
    fn it_reads_as_what_and_why() {
        assert_eq!(NotDone::contended("incidents").to_string(), "incidents: contended");
        assert_eq!(NotDone::from(NoEntropy).to_string(), "random: no_entropy");
    }
}
