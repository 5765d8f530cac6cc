//! Faults on command: what a service does on a bad day, so that tests can show what we do then.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// How long [`Fault::Hang`] hangs: longer than any client waits.
pub(crate) const HANG: Duration = Duration::from_mins(1);

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// 500 `InternalServerError`, or what the service calls its own failure; nothing was done.
    Status500,
    /// 400 `ProvisionedThroughputExceededException`, or what the service calls too many calls; nothing was done.
    Throttle,
    /// No answer for 60 s, then a 500; nothing was done.
    Hang,
    /// The call is done, but its answer is lost: the caller sees a 500.
    AnswerLost,
    /// 400 `AccessDeniedException`, or what the service says to whom its role does not allow the call; nothing was done.
    AccessDenied,
    /// A transaction loses to another one on its first item; other calls of `DynamoDB` see
    /// `TransactionConflictException`, those of other services a 500.
    TransactionConflict,
}

/// A service's own words for what goes wrong.
#[derive(Debug)]
pub(crate) struct Words<E> {
    /// It is broken.
    pub(crate) broken: fn() -> E,
    /// It is asked too often.
    pub(crate) throttled: fn() -> E,
    /// The caller's role does not allow it.
    pub(crate) denied: fn() -> E,
}

impl Fault {
    /// What becomes of `act` under this fault. An act that is refused is refused whatever happens to its answer.
    pub(crate) async fn around<T, E>(
        self,
        act: impl FnOnce() -> Result<T, E>,
        words: &Words<E>,
    ) -> Result<T, E> {
        match self {
            Self::None => act(),
            Self::AnswerLost => act().and_then(|_| Err((words.broken)())),
            Self::Throttle => Err((words.throttled)()),
            Self::AccessDenied => Err((words.denied)()),
            Self::Hang => {
                tokio::time::sleep(HANG).await;
                Err((words.broken)())
            }
            Self::Status500 | Self::TransactionConflict => Err((words.broken)()),
        }
    }
}

/// Says when a call begins to hang. Whoever stands for the caller's clock lets it jump then, so that nobody waits.
#[derive(Clone, Debug, Default)]
pub struct Hangs(watch::Sender<u64>);

impl Hangs {
    /// Waits until a call begins to hang that does not hang yet.
    pub fn next(&self) -> impl Future<Output = ()> + Send + Sync + use<> {
        let mut hangs = self.0.subscribe();
        async move {
            if hangs.changed().await.is_err() {
                // The services have ended: nothing hangs any more.
                core::future::pending::<()>().await;
            }
        }
    }

    fn tell(&self) {
        self.0.send_modify(|hangs| *hangs = hangs.wrapping_add(1));
    }
}

/// The faults in force. Cheap to ask.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Rules>);

#[derive(Debug, Default)]
struct Rules {
    always: Fault,
    next: Vec<Next>,
    hangs: Hangs,
}

#[derive(Debug)]
struct Next {
    operation: String,
    fault: Fault,
    times: u32,
}

impl Faults {
    /// From now on these are told when a call begins to hang.
    pub(crate) fn tell(&self, hangs: Hangs) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).hangs = hangs;
    }

    /// Every call from now on meets `fault`.
    pub(crate) fn set(&self, fault: Fault) {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rules.always = fault;
        rules.next.clear();
    }

    /// The next `times` calls of `operation` meet `fault`; this goes before [`Self::set`].
    pub(crate) fn add(&self, operation: &str, fault: Fault, times: u32) {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rules.next.push(Next { operation: operation.to_owned(), fault, times });
    }

    /// What this call meets.
    pub(crate) fn take(&self, operation: &str) -> Fault {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rules.next.retain(|next| next.times > 0);
        let fault = match rules.next.iter_mut().find(|next| next.operation == operation) {
            Some(next) => {
                next.times -= 1;
                next.fault
            }
            None => rules.always,
        };
        if fault == Fault::Hang {
            rules.hangs.tell();
        }
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<&'static str> =
        Words { broken: || "broken", throttled: || "throttled", denied: || "denied" };

    #[tokio::test(start_paused = true)]
    async fn a_fault_decides_whether_the_act_is_done_and_whether_it_is_answered() {
        for (fault, done, answer) in [
            (Fault::None, true, Ok(7)),
            (Fault::AnswerLost, true, Err("broken")),
            (Fault::Throttle, false, Err("throttled")),
            (Fault::AccessDenied, false, Err("denied")),
            (Fault::Hang, false, Err("broken")),
            (Fault::Status500, false, Err("broken")),
            (Fault::TransactionConflict, false, Err("broken")),
        ] {
            let mut acted = false;
            let act = || {
                acted = true;
                Ok(7)
            };
            assert_eq!(fault.around(act, &WORDS).await, answer, "{fault:?}");
            assert_eq!(acted, done, "{fault:?}");
        }
        let refused = Fault::AnswerLost.around(|| Err::<(), _>("refused"), &WORDS);
        assert_eq!(refused.await, Err("refused"));
    }

    #[test]
    fn a_fault_holds_until_it_is_taken_back() {
        let faults = Faults::default();
        assert_eq!(faults.take("GetItem"), Fault::None);
        faults.set(Fault::Throttle);
        assert_eq!([faults.take("GetItem"), faults.take("PutItem")], [Fault::Throttle; 2]);
        faults.set(Fault::None);
        assert_eq!(faults.take("GetItem"), Fault::None);
    }

    #[test]
    fn a_counted_fault_hits_its_operation_only_and_wears_off() {
        let faults = Faults::default();
        faults.add("PutItem", Fault::Status500, 2);
        assert_eq!(faults.take("GetItem"), Fault::None);
        let met = [faults.take("PutItem"), faults.take("PutItem"), faults.take("PutItem")];
        assert_eq!(met, [Fault::Status500, Fault::Status500, Fault::None]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_for_a_call_to_hang_is_told_and_not_of_one_before() {
        let (faults, hangs) = (Faults::default(), Hangs::default());
        faults.tell(hangs.clone());
        faults.add("GetItem", Fault::Hang, 2);
        let first = hangs.next();
        assert_eq!([faults.take("PutItem"), faults.take("GetItem")], [Fault::None, Fault::Hang]);
        first.await;
        let second = hangs.next();
        let early = tokio::time::timeout(HANG, hangs.next()).await;
        assert!(early.is_err(), "nothing hangs since");
        assert_eq!(faults.take("GetItem"), Fault::Hang);
        second.await;
    }

    #[test]
    fn counted_faults_queue_up_in_order() {
        let faults = Faults::default();
        faults.add("PutItem", Fault::TransactionConflict, 1);
        faults.add("PutItem", Fault::AnswerLost, 1);
        let met = [faults.take("PutItem"), faults.take("PutItem"), faults.take("PutItem")];
        assert_eq!(met, [Fault::TransactionConflict, Fault::AnswerLost, Fault::None]);
    }
}
