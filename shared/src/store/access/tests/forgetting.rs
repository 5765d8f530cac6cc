use super::*;
use crate::domain::queue::NOBODY;

const STRANGER: UserId = UserId::new(33);

async fn access(store: &AccessStore) -> Option<GuildAccess> {
    store.read(GUILD).await.unwrap().guild.access
}

#[tokio::test]
async fn whoever_asked_or_decided_is_nobody_and_the_guild_stands_where_it_stood() {
    for (who, requested, decided) in [(MANAGER, NOBODY, OPERATOR), (OPERATOR, MANAGER, NOBODY)] {
        let aws = Aws::start().await;
        let store = store(&aws, 50);
        let before = walk(&store, GUILD, &[request(), approve(), Step::Premium(true)]).await;
        assert_eq!(store.disown(GUILD, STRANGER).await, Ok(false));
        assert_eq!(access(&store).await, Some(before.clone()));
        assert_eq!(store.disown(GUILD, who).await, Ok(true));
        assert_eq!(store.disown(GUILD, who).await, Ok(false), "a second time");
        let after = access(&store).await.unwrap();
        assert_eq!((after.status(), after.premium(), count(&aws).await), (Status::Approved, true, 1));
        assert_eq!((after.requested().by, after.requested().at), (requested, before.requested().at));
        let kept = after.decided().unwrap();
        assert_eq!((kept.by, kept.reason.as_str()), (decided, "erased"));
    }
}

#[tokio::test]
async fn a_guild_that_is_gone_is_no_approval_and_is_not_counted() {
    for steps in [&[request()][..], &[request(), approve()]] {
        let aws = Aws::start().await;
        let store = store(&aws, 50);
        walk(&store, GUILD, steps).await;
        walk(&store, GuildId::new(8), &[request(), approve()]).await;
        assert_eq!(store.forget(GUILD).await, Ok(true));
        assert_eq!((access(&store).await, count(&aws).await), (None, 1));
        assert_eq!(store.forget(GUILD).await, Ok(false));
        assert_eq!(count(&aws).await, 1, "nothing is taken off twice");
    }
}

#[tokio::test]
async fn leaving_is_no_way_around_a_refusal() {
    for (steps, status) in
        [(&[request(), deny()][..], Status::Denied), (&[request(), approve(), revoke()], Status::Revoked)]
    {
        let aws = Aws::start().await;
        let store = store(&aws, 50);
        let before = walk(&store, GUILD, steps).await;
        assert_eq!(store.forget(GUILD).await, Ok(true));
        let after = access(&store).await.unwrap();
        assert_eq!((after.status(), after.changed_at()), (status, before.changed_at()));
        assert_eq!((after.requested().by, after.decided().unwrap().by), (NOBODY, NOBODY));
        assert_eq!(store.forget(GUILD).await, Ok(false));
        let again = store.take(GUILD, &request(), after.changed_at()).await;
        assert!(matches!(again, Err(AccessError::Transition(InvalidTransition::TooSoon { .. }))));
    }
}

#[tokio::test]
async fn who_acts_at_the_same_moment_does_not_bring_anybody_back() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    walk(&store, GUILD, &[request()]).await;
    let planned = store.plan(GUILD, &approve(), after(60)).await.unwrap();
    assert_eq!(store.disown(GUILD, MANAGER).await, Ok(true));
    assert_eq!(store.apply(planned.change).await, Ok(Applied::Conflict));
    assert_eq!(store.take(GUILD, &approve(), after(60)).await.unwrap().requested().by, NOBODY);
}

#[tokio::test]
async fn a_failing_table_forgets_nobody_and_says_so() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    walk(&store, GUILD, &[request(), approve()]).await;
    for fault in [Fault::Status500, Fault::Throttle] {
        aws.fault_next("TransactWriteItems", fault, 1);
        assert!(store.forget(GUILD).await.is_err());
    }
    aws.fault_next("TransactWriteItems", Fault::TransactionConflict, 1);
    assert_eq!(store.forget(GUILD).await, Ok(true), "a race is run again");
    assert_eq!(count(&aws).await, 0);
}
