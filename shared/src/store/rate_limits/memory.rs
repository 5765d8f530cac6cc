//! What a process remembers of the windows it has asked: until when one is full. The memory saves calls. It never admits: a
//! window that it holds to be full stays full until then, since nothing leaves a window early and what others add only
//! makes it fuller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::security::rate_limit::{Check, Decision, Limit, Subject};

/// For how many subjects a process remembers.
const SUBJECTS: usize = 1000;

/// Of the limit that was asked; a caller of another tier has other windows.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<Subject, (Limit, Timestamp)>>);

impl Memory {
    /// Until when the window is certain to be full.
    pub(super) fn full(&self, subject: &Subject, limit: Limit, now: Timestamp) -> Option<Timestamp> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(subject).copied();
        known.filter(|(of, until)| *of == limit && now < *until).map(|(_, until)| until)
    }

    /// The refusal that is certain without asking.
    pub(super) fn refuses(&self, check: &Check, now: Timestamp) -> Option<Decision> {
        self.full(&check.subject, check.limit, now).map(|retry_at| Decision::Refused { retry_at })
    }

    /// A row has shown the window to be full until then.
    pub(super) fn learn(&self, subject: &Subject, limit: Limit, until: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SUBJECTS {
            known.clear();
        }
        known.insert(subject.clone(), (limit, until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Tenant;
    use crate::ids::{GuildId, UserId};

    fn user(id: u64) -> Subject {
        Subject::user(Tenant::Guild(GuildId::new(1)), UserId::new(id))
    }

    fn second(at: i64) -> Timestamp {
        Timestamp::from_second(1_767_355_200 + at).unwrap()
    }

    #[test]
    fn a_full_window_is_full_until_its_oldest_leaves() {
        let memory = Memory::default();
        memory.learn(&user(1), Limit::COMMAND, second(60));
        for at in [1, 59] {
            assert_eq!(memory.full(&user(1), Limit::COMMAND, second(at)), Some(second(60)));
        }
        assert_eq!(memory.full(&user(1), Limit::COMMAND, second(60)), None);
        assert_eq!(memory.full(&user(2), Limit::COMMAND, second(1)), None);
        assert_eq!(memory.full(&user(1), Limit::USER, second(1)), None, "another tier");
    }

    #[test]
    fn a_crowd_is_forgotten_before_it_fills_the_memory() {
        let memory = Memory::default();
        for id in 1..=3000 {
            memory.learn(&user(id), Limit::COMMAND, second(60));
        }
        assert!(memory.0.lock().unwrap().len() <= SUBJECTS);
    }
}
