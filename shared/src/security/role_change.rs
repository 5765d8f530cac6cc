//! Rule: who gives or takes a role has the right to manage users, gives none above their own, touches nobody who stands as
//! high as they do, and never raises themselves (SPEC W16).
//! Threat: a moderator who makes themselves an owner, or two who raise each other; an owner unseated by a moderator.
//! Refusal: the change is not made, and the attempt is told of.

use crate::ids::UserId;
use crate::security::permissions::{Permission, Role};

/// A change of somebody's role in one community.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleChange {
    /// Who makes it.
    pub by: UserId,
    /// Their own role there.
    pub own: Role,
    /// Whose role it is.
    pub of: UserId,
    /// Which role they have there.
    pub before: Role,
    /// Which they would have. [`Role::User`] is to have none.
    pub after: Role,
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedChange {
    /// The right to manage users is missing.
    #[error("needs user:manage")]
    NotAllowed,
    /// Operators are named by the deployment, not by anybody in it.
    #[error("operators are named by whoever deploys")]
    OperatorsAreNamed,
    /// Higher than one's own.
    #[error("nobody gives a role above their own")]
    AboveOwn,
    /// Theirs is as high as one's own, or higher.
    #[error("their role is as high as yours")]
    NotBelow,
    /// One's own, upwards.
    #[error("nobody raises themselves")]
    OwnRole,
}

impl RoleChange {
    /// Whether it may be made.
    pub fn judge(&self) -> Result<(), RefusedChange> {
        if self.before == Role::Admin || self.after == Role::Admin {
            return Err(RefusedChange::OperatorsAreNamed);
        }
        if self.by == self.of {
            // To lay one's own role down takes no right.
            return if self.after > self.before { Err(RefusedChange::OwnRole) } else { Ok(()) };
        }
        if !self.own.may(Permission::UserManage) {
            return Err(RefusedChange::NotAllowed);
        }
        if self.after > self.own {
            return Err(RefusedChange::AboveOwn);
        }
        if self.before >= self.own {
            return Err(RefusedChange::NotBelow);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ADA: UserId = UserId::new(1);
    const BEN: UserId = UserId::new(2);

    fn change(own: Role, before: Role, after: Role) -> Result<(), RefusedChange> {
        RoleChange { by: ADA, own, of: BEN, before, after }.judge()
    }

    /// Every cell: who they are, whom they touch, what they make of them.
    #[test]
    fn the_matrix_of_changes() {
        use RefusedChange::{AboveOwn, NotAllowed, NotBelow, OperatorsAreNamed};
        use Role::{Admin, CommunityOwner, Moderator, User};
        for own in Role::ALL {
            for before in Role::ALL {
                for after in Role::ALL {
                    let expected = match (own, before, after) {
                        (_, Admin, _) | (_, _, Admin) => Err(OperatorsAreNamed),
                        (User, ..) => Err(NotAllowed),
                        (Moderator, _, CommunityOwner) => Err(AboveOwn),
                        (Moderator, Moderator | CommunityOwner, _) | (CommunityOwner, CommunityOwner, _) => {
                            Err(NotBelow)
                        }
                        (Moderator | CommunityOwner | Admin, ..) => Ok(()),
                    };
                    assert_eq!(change(own, before, after), expected, "{own:?}: {before:?} → {after:?}");
                }
            }
        }
    }

    #[test]
    fn one_lays_a_role_down_and_never_takes_one_up() {
        use Role::{CommunityOwner, Moderator, User};
        let own = |before, after| RoleChange { by: ADA, own: before, of: ADA, before, after }.judge();
        assert_eq!([own(Moderator, User), own(CommunityOwner, Moderator)], [Ok(()); 2]);
        assert_eq!([own(User, Moderator), own(Moderator, CommunityOwner)], [Err(RefusedChange::OwnRole); 2]);
    }

    proptest! {
        /// However many changes two people make of each other's roles, neither ends above where the higher one began.
        #[test]
        fn two_cannot_raise_each_other(
            start in (0_usize..3, 0_usize..3),
            steps in proptest::collection::vec((any::<bool>(), any::<bool>(), 0_usize..4), 1..40),
        ) {
            let mut roles = [Role::ALL[start.0], Role::ALL[start.1]];
            let highest = roles[0].max(roles[1]);
            for (first_acts, on_self, after) in steps {
                let by = usize::from(!first_acts);
                let of = if on_self { by } else { 1 - by };
                let (ids, after) = ([ADA, BEN], Role::ALL[after]);
                let change =
                    RoleChange { by: ids[by], own: roles[by], of: ids[of], before: roles[of], after };
                if change.judge().is_ok() {
                    roles[of] = after;
                }
                prop_assert!(roles[0].max(roles[1]) <= highest);
            }
        }
    }
}
