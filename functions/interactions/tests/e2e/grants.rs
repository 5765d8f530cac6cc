//! The function's own list of what it may touch and its role in `template.yaml` say the same (SPEC T13).

use interactions::grants::GRANTS;
use shared::grant::Grant;
use testkit::iam::{Actions, allowed, listed};

pub(crate) fn of_the_code() -> Actions {
    listed(GRANTS.iter().map(Grant::parts))
}

/// What `these` have and `granted` has not, a line each.
pub(crate) fn beyond(these: Actions, granted: &Actions) -> Vec<String> {
    let missing =
        |on: &str, action: &String| !granted.get(on).is_some_and(|actions| actions.contains(action));
    let all = these
        .into_iter()
        .flat_map(|(on, actions)| actions.into_iter().map(move |action| (on.clone(), action)));
    all.filter(|(on, action)| missing(on, action)).map(|(on, action)| format!("{action} {on}")).collect()
}

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(allowed("InteractionsRole").unwrap(), of_the_code());
}

#[test]
fn no_resource_is_listed_twice() {
    assert_eq!(of_the_code().len(), GRANTS.len());
}
