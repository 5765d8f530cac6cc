//! Faults on command: what a service does on a bad day, so that tests can show what we do then.

use std::sync::{Mutex, PoisonError};

/// What goes wrong with a `DynamoDB` call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// 500 `InternalServerError`; nothing was done.
    Status500,
    /// 400 `ProvisionedThroughputExceededException`; nothing was done.
    Throttle,
    /// No answer for 60 s, then a 500; nothing was done.
    Hang,
    /// The call is done, but its answer is lost: the caller sees a 500.
    AnswerLost,
    /// A transaction loses to another one on its first item; other calls see `TransactionConflictException`.
    TransactionConflict,
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
