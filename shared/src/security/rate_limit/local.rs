use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::{Decision, Limit, Ring, Subject};

/// The cap of one process for commands that go on while the table fails (SPEC W1). Small on purpose: there may be
/// many processes. Nothing that guards authority may use it.
#[derive(Debug)]
pub struct LocalCap {
    limit: Limit,
    subjects: usize,
    rings: Mutex<HashMap<Subject, Ring>>,
}

impl LocalCap {
    /// At most `limit` for each of at most `subjects` subjects at a time.
    pub fn new(limit: Limit, subjects: usize) -> Self {
        Self { limit, subjects, rings: Mutex::default() }
    }

    /// Decides and counts. When too many subjects are active at once, a new one is refused: an attacker with many
    /// accounts fills the map, never the memory.
    pub fn check(&self, subject: &Subject, now: Timestamp) -> Decision {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ring) = rings.get_mut(subject) {
            return ring.admit(self.limit, now);
        }
        if rings.len() >= self.subjects {
            rings.retain(|_, ring| self.counts(ring, now));
        }
        if rings.len() >= self.subjects {
            return Decision::Refused { retry_at: self.limit.leaves(now) };
        }
        rings.entry(subject.clone()).or_default().admit(self.limit, now)
    }

    fn counts(&self, ring: &Ring, now: Timestamp) -> bool {
        ring.stamps().iter().any(|stamp| *stamp > self.limit.cutoff(now))
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
        Timestamp::from_second(1_000_000 + at).unwrap()
    }

    #[test]
    fn five_a_minute_for_each_user() {
        let cap = LocalCap::new(Limit::LOCAL, 10);
        for id in [1, 2] {
            let admitted = (0..9).filter(|at| cap.check(&user(id), second(*at)).is_allowed()).count();
            assert_eq!(admitted, 5);
        }
        assert_eq!(cap.check(&user(1), second(59)), Decision::Refused { retry_at: second(60) });
        assert!(cap.check(&user(1), second(60)).is_allowed());
    }

    #[test]
    fn a_crowd_is_refused_until_somebody_has_left() {
        let cap = LocalCap::new(Limit::LOCAL, 3);
        for id in 1..=3 {
            assert!(cap.check(&user(id), second(0)).is_allowed());
        }
        assert_eq!(cap.check(&user(4), second(1)), Decision::Refused { retry_at: second(61) });
        assert!(cap.check(&user(3), second(1)).is_allowed(), "those inside go on");
        assert!(cap.check(&user(4), second(60)).is_allowed(), "1 and 2 have left");
        assert_eq!(cap.rings.lock().unwrap().len(), 2);
    }
}
