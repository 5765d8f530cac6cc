//! Faults on command: what a service does on a bad day, so that tests can show what we do then.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
    /// A transaction loses to another one on its first item; other calls of `DynamoDB` see
    /// `TransactionConflictException`, those of other services a 500.
    TransactionConflict,
}

impl Fault {
    /// What becomes of `act` under this fault, in a service with its own words for being broken and for being asked too
    /// often. An act that is refused is refused whatever happens to its answer.
    pub(crate) async fn around<T, E>(
        self,
        act: impl FnOnce() -> Result<T, E>,
        broken: impl FnOnce() -> E,
        throttled: impl FnOnce() -> E,
    ) -> Result<T, E> {
        match self {
            Self::None => act(),
            Self::AnswerLost => act().and_then(|_| Err(broken())),
            Self::Throttle => Err(throttled()),
            Self::Hang => {
                tokio::time::sleep(HANG).await;
                Err(broken())
            }
            Self::Status500 | Self::TransactionConflict => Err(broken()),
        }
    }
}

/// The faults in force. Cheap to ask.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Rules>);

#[derive(Debug, Default)]
struct Rules {
    always: Fault,
    next: Vec<Next>,
}

#[derive(Debug)]
struct Next {
    operation: String,
    fault: Fault,
    times: u32,
}

impl Faults {
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
        match rules.next.iter_mut().find(|next| next.operation == operation) {
            Some(next) => {
                next.times -= 1;
                next.fault
            }
            None => rules.always,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_fault_decides_whether_the_act_is_done_and_whether_it_is_answered() {
        for (fault, done, answer) in [
            (Fault::None, true, Ok(7)),
            (Fault::AnswerLost, true, Err("broken")),
            (Fault::Throttle, false, Err("throttled")),
            (Fault::Hang, false, Err("broken")),
            (Fault::Status500, false, Err("broken")),
            (Fault::TransactionConflict, false, Err("broken")),
        ] {
            let mut acted = false;
            let act = || {
                acted = true;
                Ok(7)
            };
            assert_eq!(fault.around(act, || "broken", || "throttled").await, answer, "{fault:?}");
            assert_eq!(acted, done, "{fault:?}");
        }
        let refused = Fault::AnswerLost.around(|| Err::<(), _>("refused"), || "broken", || "throttled");
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

    #[test]
    fn counted_faults_queue_up_in_order() {
        let faults = Faults::default();
        faults.add("PutItem", Fault::TransactionConflict, 1);
        faults.add("PutItem", Fault::AnswerLost, 1);
        let met = [faults.take("PutItem"), faults.take("PutItem"), faults.take("PutItem")];
        assert_eq!(met, [Fault::TransactionConflict, Fault::AnswerLost, Fault::None]);
    }
}
