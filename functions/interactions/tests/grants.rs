//! The function's own list of what it may touch and its role in `template.yaml` say the same (SPEC T13).

#![expect(clippy::expect_used, reason = "a helper of tests, which clippy takes for production code")]

use std::collections::{BTreeMap, BTreeSet};

use interactions::grants::GRANTS;
use testkit::iam::statements;
use testkit::template::OURS;

type Allowed = BTreeMap<String, BTreeSet<String>>;

/// Logs and the key that encrypts the tables go with every function and stand in no function's list.
fn of_the_role() -> Allowed {
    let mut allowed = Allowed::new();
    for statement in statements(OURS, "InteractionsRole").expect("the role reads") {
        for resource in statement.resources {
            if !resource.starts_with("logs/") && !resource.starts_with("key/") {
                allowed.entry(resource).or_default().extend(statement.actions.iter().cloned());
            }
        }
    }
    allowed
}

fn of_the_code() -> Allowed {
    let owned = |actions: &[&str]| actions.iter().map(ToString::to_string).collect();
    GRANTS.iter().map(|grant| (grant.resource.to_owned(), owned(grant.actions))).collect()
}

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(of_the_role(), of_the_code());
}

#[test]
fn no_resource_is_listed_twice() {
    assert_eq!(of_the_code().len(), GRANTS.len());
}
