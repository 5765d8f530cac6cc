//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use shared::grant::Grant;
use shared::store::deferred::ReplyKind;
use testkit::iam::{allowed, listed, needed};
use voice_supervisor::grants::{GRANTS, GRANTS_OF_A_TASK, GRANTS_OF_THE_EVENT_SOURCE};

use super::workers::{start_and_replace, wake};
use super::{World, deadline};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    let listed =
        listed([GRANTS, GRANTS_OF_THE_EVENT_SOURCE, GRANTS_OF_A_TASK].concat().iter().map(Grant::parts));
    assert_eq!(allowed("VoiceSupervisorRole").unwrap(), listed);
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::new().await;
    world.open(1, "en-US", ReplyKind::Public).await;
    world.aws.record_calls();
    assert_eq!(world.deliver(deadline(), &[1]).await, [""; 0]);
    assert!(wake(&world, deadline()).await.is_ok());
    start_and_replace(&world, deadline()).await;
    assert_eq!(needed(world.aws.take_calls()), listed(GRANTS.iter().map(Grant::parts)));
}
