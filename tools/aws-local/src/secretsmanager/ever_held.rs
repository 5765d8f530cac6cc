//! What secrets ever held, for tests that search their logs for it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Every value of a process's secrets, those that are gone too. Cheap to clone; all clones see the same.
#[derive(Clone, Debug, Default)]
pub struct EverHeld(Arc<Mutex<BTreeSet<String>>>);

impl EverHeld {
    /// The values so far.
    pub fn values(&self) -> BTreeSet<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn add(&self, value: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_see_what_was_added_and_each_value_once() {
        let all = EverHeld::default();
        let seen = all.clone();
        for value in ["b", "a", "b"] {
            all.add(value);
        }
        assert_eq!(seen.values(), ["a", "b"].map(str::to_owned).into());
    }
}
