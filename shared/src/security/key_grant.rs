//! Rule: who makes an API key gives it nothing that they do not have themselves (SPEC W5, W6, W16).
//! Threat: a moderator who makes a key that may more than they do, and is an owner by using it.
//! Refusal: the key is not made; the first permission that is missing is named.

use crate::security::api_key::KeyScope;
use crate::security::permissions::{Permission, Role};

/// Whether somebody with this role may make a key of this scope.
pub fn may_make(maker: Role, scope: &KeyScope) -> Result<(), Permission> {
    let given = |permission: &Permission| {
        scope.role().may(*permission) && (scope.only().is_empty() || scope.only().contains(permission))
    };
    let missing = Permission::ALL.into_iter().filter(given).find(|permission| !maker.may(*permission));
    missing.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::*;
    use crate::security::api_key::KeyRole;

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    fn scope(role: KeyRole, only: Vec<Permission>) -> KeyScope {
        KeyScope::new(role, only, now() + SignedDuration::from_hours(24), now()).unwrap()
    }

    /// Every maker and every kind of key.
    #[test]
    fn the_matrix_of_makers_and_keys() {
        for maker in Role::ALL {
            for role in KeyRole::ALL {
                let least = match role {
                    KeyRole::Trigger | KeyRole::User => Role::User,
                    KeyRole::Action => Role::Moderator,
                    KeyRole::Core => Role::CommunityOwner,
                    KeyRole::Admin => Role::Admin,
                };
                assert_eq!(may_make(maker, &scope(role, vec![])).is_ok(), maker >= least, "{maker:?} {role}");
            }
        }
    }

    #[test]
    fn what_a_strong_key_is_narrowed_to_counts() {
        let narrow = scope(KeyRole::Admin, vec![Permission::SettingsView, Permission::SettingsEdit]);
        assert_eq!(may_make(Role::CommunityOwner, &narrow), Ok(()));
        assert_eq!(may_make(Role::Moderator, &narrow), Err(Permission::SettingsEdit));
    }

    proptest! {
        /// Whatever a key may, its maker may.
        #[test]
        fn no_key_may_more_than_its_maker(maker in 0_usize..4, role in 0_usize..5, only in proptest::sample::subsequence(Permission::ALL.to_vec(), 0..5)) {
            let role = KeyRole::ALL[role];
            let only: Vec<Permission> = only.into_iter().filter(|permission| role.may(*permission)).collect();
            let scope = scope(role, only);
            if may_make(Role::ALL[maker], &scope).is_ok() {
                for permission in Permission::ALL {
                    prop_assert!(!scope.may(permission, now()) || Role::ALL[maker].may(permission));
                }
            }
        }
    }
}
