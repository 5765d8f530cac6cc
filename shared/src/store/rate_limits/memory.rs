//! What a process remembers of the windows it has asked: how full the newest slot was, and until when a window is
//! full. The memory saves calls. It never admits: a window that it holds to be full stays full until then, since
//! nothing leaves a window early and what others add only makes it fuller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::security::rate_limit::{Attempt, Check, Decision, Limit, Ring, Subject};

/// For how many subjects a process remembers.
const SUBJECTS: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<HashMap<Subject, Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    filled: u32,
    /// Of this limit; a caller of another tier has other windows.
    full: Option<(Limit, Timestamp)>,
}

impl Memory {
    /// What will probably work. A wrong guess costs one more call, never an admission.
    pub(super) fn first_attempt(&self, subject: &Subject, limit: Limit, now: Timestamp) -> Attempt {
        let Some(known) = self.known(subject) else { return Attempt::Open };
        match known.full {
            Some((of, until)) if of == limit && now < until => Attempt::Refuse { retry_at: until },
            _ if known.filled < limit.per_slot() => Attempt::Join,
            _ => Attempt::Open,
        }
    }

    /// The refusal that is certain without asking.
    pub(super) fn refuses(&self, check: &Check, now: Timestamp) -> Option<Decision> {
        match self.first_attempt(&check.subject, check.limit, now) {
            Attempt::Refuse { retry_at } => Some(Decision::Refused { retry_at }),
            _ => None,
        }
    }

    /// The row, as an answer at `now` has shown it.
    pub(super) fn learn(&self, subject: &Subject, limit: Limit, ring: &Ring, now: Timestamp) {
        let full = (ring.filled() >= limit.per_slot()).then(|| ring.next(limit, now));
        let full = full.and_then(|next| match next {
            Attempt::Refuse { retry_at } => Some((limit, retry_at)),
            _ => None,
        });
        if limit.per_slot() == 1 && full.is_none() {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SUBJECTS {
            known.clear();
        }
        known.insert(subject.clone(), Known { filled: ring.filled(), full });
    }

    fn known(&self, subject: &Subject) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(subject).copied()
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

    fn full() -> Ring {
        Ring::new(vec![second(0); 10], 1)
    }

    #[test]
    fn a_full_window_is_full_until_its_oldest_leaves() {
        let memory = Memory::default();
        memory.learn(&user(1), Limit::COMMAND, &full(), second(1));
        let refused = Attempt::Refuse { retry_at: second(60) };
        for at in [1, 59] {
            assert_eq!(memory.first_attempt(&user(1), Limit::COMMAND, second(at)), refused);
        }
        assert_eq!(memory.first_attempt(&user(1), Limit::COMMAND, second(60)), Attempt::Open);
        assert_eq!(memory.first_attempt(&user(2), Limit::COMMAND, second(1)), Attempt::Open);
        assert_eq!(memory.first_attempt(&user(1), Limit::USER, second(1)), Attempt::Open, "another tier");
    }

    #[test]
    fn a_slot_with_room_is_joined_first() {
        let memory = Memory::default();
        memory.learn(&user(1), Limit::PREMIUM, &Ring::new(vec![second(0)], 1), second(0));
        assert_eq!(memory.first_attempt(&user(1), Limit::PREMIUM, second(0)), Attempt::Join);
        let slot_full = Ring::new(vec![second(0)], Limit::PREMIUM.per_slot());
        memory.learn(&user(1), Limit::PREMIUM, &slot_full, second(0));
        assert_eq!(memory.first_attempt(&user(1), Limit::PREMIUM, second(0)), Attempt::Open);
    }

    #[test]
    fn a_clock_behind_the_row_is_no_proof_that_the_window_is_full() {
        let memory = Memory::default();
        let ahead = Ring::new(vec![second(9); Limit::PREMIUM.slots() + 1], 1);
        assert!(matches!(ahead.next(Limit::PREMIUM, second(8)), Attempt::Refuse { .. }));
        memory.learn(&user(1), Limit::PREMIUM, &ahead, second(8));
        assert_eq!(memory.first_attempt(&user(1), Limit::PREMIUM, second(10)), Attempt::Join);
    }

    #[test]
    fn a_crowd_is_forgotten_before_it_fills_the_memory() {
        let memory = Memory::default();
        for id in 1..=3000 {
            memory.learn(&user(id), Limit::COMMAND, &full(), second(1));
        }
        assert!(memory.0.lock().unwrap().len() <= SUBJECTS);
    }
}
