//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use data_retention::grants::{GRANTS, GRANTS_OF_THE_EVENT_SOURCE};
use shared::grant::Grant;
use testkit::iam::{allowed, listed, needed};

use super::world::{GUILD, World, at, heads_moved, nightly};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    let all = GRANTS.iter().chain(GRANTS_OF_THE_EVENT_SOURCE).map(Grant::parts);
    assert_eq!(allowed("DataRetentionRole").unwrap(), listed(all));
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await;
    world.act(GUILD).await;
    world.aws.record_calls();
    world.invoke(nightly(), at("2026-01-02T03:00:00Z")).await.unwrap();
    world.invoke(heads_moved(), at("2026-01-02T03:00:00Z")).await.unwrap();
    assert_eq!(needed(world.aws.take_calls()), listed(GRANTS.iter().map(Grant::parts)));
}
