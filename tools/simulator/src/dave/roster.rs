//! Which leaf of the MLS tree each member has. RFC 9420, 7.7 and 12.4.2: a commit blanks the leaves of those whom it
//! removes, then each Add takes the leftmost blank leaf. So the server knows the leaves without reading commits.

use crate::ids::UserId;

/// The members of a group, by leaf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roster {
    leaves: Vec<Option<UserId>>,
    epoch: u64,
}

impl Roster {
    /// The group that its creator has made alone, at epoch 0.
    pub(super) fn of(creator: UserId) -> Self {
        Self { leaves: vec![Some(creator)], epoch: 0 }
    }

    pub(super) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members().next().is_none()
    }

    pub(super) fn members(&self) -> impl Iterator<Item = UserId> {
        self.leaves.iter().copied().flatten()
    }

    pub(super) fn leaf(&self, member: UserId) -> Option<u32> {
        let at = self.leaves.iter().position(|leaf| *leaf == Some(member))?;
        u32::try_from(at).ok()
    }

    pub(super) fn contains(&self, member: UserId) -> bool {
        self.leaf(member).is_some()
    }

    /// A commit was accepted.
    pub(super) fn commit(&mut self, removed: &[UserId], added: &[UserId]) {
        for leaf in &mut self.leaves {
            if leaf.is_some_and(|member| removed.contains(&member)) {
                *leaf = None;
            }
        }
        for member in added {
            match self.leaves.iter_mut().find(|leaf| leaf.is_none()) {
                Some(blank) => *blank = Some(*member),
                None => self.leaves.push(Some(*member)),
            }
        }
        while self.leaves.last().is_some_and(Option::is_none) {
            self.leaves.pop();
        }
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn user(n: u64) -> UserId {
        UserId::new(n)
    }

    #[test]
    fn the_leftmost_blank_leaf_is_taken_first() {
        let mut roster = Roster::of(user(1));
        roster.commit(&[], &[user(2), user(3)]);
        roster.commit(&[user(2)], &[user(4), user(5)]);
        assert_eq!(roster.leaf(user(4)), Some(1));
        assert_eq!(roster.leaf(user(5)), Some(3));
        assert_eq!(roster.epoch(), 2);
    }

    #[test]
    fn who_is_removed_and_added_in_one_commit_is_there_once() {
        let mut roster = Roster::of(user(1));
        roster.commit(&[], &[user(2)]);
        roster.commit(&[user(2)], &[user(2)]);
        assert_eq!(roster.members().collect::<Vec<_>>(), [user(1), user(2)]);
    }

    proptest! {
        #[test]
        fn members_are_who_was_added_and_not_removed(steps in prop::collection::vec((1_u64..20, any::<bool>()), 0..60)) {
            let mut roster = Roster::of(user(100));
            let mut expected = BTreeSet::from([user(100)]);
            for (n, add) in steps {
                if add && expected.insert(user(n)) {
                    roster.commit(&[], &[user(n)]);
                } else if !add && expected.remove(&user(n)) {
                    roster.commit(&[user(n)], &[]);
                }
            }
            let members: Vec<UserId> = roster.members().collect();
            prop_assert_eq!(members.len(), expected.len());
            prop_assert_eq!(members.into_iter().collect::<BTreeSet<_>>(), expected);
        }
    }
}
