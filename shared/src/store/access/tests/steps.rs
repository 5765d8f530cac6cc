use super::*;

#[tokio::test]
async fn a_guild_without_rows_reads_as_nothing_and_calm() {
    let aws = Aws::start().await;
    let view = store(&aws, 50).read(GUILD).await.unwrap();
    assert_eq!(view.guild, GuildView { guild: GUILD, access: None, ban: None });
    assert_eq!(view.containment, Level::L0);
}

#[tokio::test]
async fn each_step_is_stored_with_who_when_and_why() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    for (at, step, status) in [
        (0, request(), Status::Pending),
        (60, approve(), Status::Approved),
        (120, Step::Premium(true), Status::Approved),
        (180, revoke(), Status::Revoked),
        (90_000, request(), Status::Pending),
        (90_060, deny(), Status::Denied),
        (90_120, approve(), Status::Approved),
    ] {
        let taken = store.take(GUILD, &step, after(at)).await.unwrap();
        assert_eq!(taken.status(), status);
        assert_eq!(store.read(GUILD).await.unwrap().guild.access, Some(taken));
    }
    let access = store.read(GUILD).await.unwrap().guild.access.unwrap();
    assert_eq!((access.requested().by, access.requested().at), (MANAGER, after(90_000)));
    let decided = access.decided().unwrap();
    assert_eq!((decided.by, decided.at, decided.reason.as_str()), (OPERATOR, after(90_120), "because"));
    assert!(!access.premium());
}

#[tokio::test]
async fn a_step_that_does_not_exist_writes_nothing() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    let never = store.take(GUILD, &approve(), noon()).await;
    assert_eq!(never, Err(InvalidTransition::NeverRequested.into()));
    walk(&store, GUILD, &[request(), deny()]).await;
    let soon = store.take(GUILD, &request(), after(3600)).await;
    assert!(matches!(soon, Err(AccessError::Transition(InvalidTransition::TooSoon { .. }))));
    assert_eq!(store.read(GUILD).await.unwrap().guild.access.unwrap().status(), Status::Denied);
}

/// What a caller planned before somebody else acted is refused by the table, whatever the two steps are.
#[tokio::test]
async fn a_plan_from_an_old_reading_is_a_conflict() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    let [first, second] = [
        store.plan(GUILD, &request(), noon()).await.unwrap(),
        store.plan(GUILD, &request(), noon()).await.unwrap(),
    ];
    assert_eq!(store.apply(first.change).await, Ok(Applied::Done));
    assert_eq!(store.apply(second.change).await, Ok(Applied::Conflict));
    let approval = store.plan(GUILD, &approve(), noon()).await.unwrap();
    let denial = store.plan(GUILD, &deny(), noon()).await.unwrap();
    assert_eq!(denial.before.map(|guild| guild.status()), Some(Status::Pending));
    assert_eq!(store.apply(denial.change).await, Ok(Applied::Done));
    assert_eq!(store.apply(approval.change).await, Ok(Applied::Conflict));
    assert_eq!(
        (count(&aws).await, store.read(GUILD).await.unwrap().guild.access.unwrap().status()),
        (0, Status::Denied)
    );
}

/// A retry of a change that has happened, as after a lost answer, moves neither the row nor the count.
#[tokio::test]
async fn the_same_change_twice_counts_once() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    walk(&store, GUILD, &[request()]).await;
    let approval = store.plan(GUILD, &approve(), noon()).await.unwrap().change;
    assert_eq!(store.apply(approval.clone()).await, Ok(Applied::Done));
    assert_eq!((store.apply(approval).await, count(&aws).await), (Ok(Applied::Conflict), 1));
    let revocation = store.plan(GUILD, &revoke(), noon()).await.unwrap().change;
    assert_eq!(store.apply(revocation.clone()).await, Ok(Applied::Done));
    assert_eq!((store.apply(revocation).await, count(&aws).await), (Ok(Applied::Conflict), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cap_holds_against_many_approvals_at_once() {
    let aws = Aws::start().await;
    let guilds = (1..=16).map(GuildId::new);
    for guild in guilds.clone() {
        walk(&store(&aws, 5), guild, &[request()]).await;
    }
    let mut approvals = JoinSet::new();
    for guild in guilds {
        let store = store(&aws, 5);
        approvals.spawn(async move {
            loop {
                match store.take(guild, &approve(), after(60)).await {
                    Err(AccessError::Store(StoreError::Contended { .. })) => {}
                    answer => return answer.map(|guild| guild.status()),
                }
            }
        });
    }
    let answers = approvals.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Ok(Status::Approved)).count(), 5);
    assert_eq!(
        answers.iter().filter(|answer| **answer == Err(AccessError::CapReached { cap: 5 })).count(),
        11
    );
    assert_eq!(count(&aws).await, 5);
}

/// The reading before the approval is only a courtesy; the count's own condition is what holds.
#[tokio::test]
async fn a_plan_made_below_the_cap_fails_above_it() {
    let aws = Aws::start().await;
    let store = store(&aws, 1);
    let other = GuildId::new(8);
    for guild in [GUILD, other] {
        walk(&store, guild, &[request()]).await;
    }
    let late = store.plan(other, &approve(), noon()).await.unwrap();
    walk(&store, GUILD, &[approve()]).await;
    assert_eq!(store.apply(late.change).await, Ok(Applied::Conflict));
    assert_eq!(store.plan(other, &approve(), noon()).await.unwrap_err(), AccessError::CapReached { cap: 1 });
    walk(&store, GUILD, &[revoke()]).await;
    assert!(store.take(other, &approve(), noon()).await.is_ok(), "a revoked guild makes room");
    assert_eq!(count(&aws).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_revocations_one_counts() {
    let aws = Aws::start().await;
    walk(&store(&aws, 50), GuildId::new(8), &[request(), approve()]).await;
    walk(&store(&aws, 50), GUILD, &[request(), approve()]).await;
    let mut revocations = JoinSet::new();
    for _ in 0..10 {
        let store = store(&aws, 50);
        revocations.spawn(async move { store.take(GUILD, &revoke(), after(120)).await.is_ok() });
    }
    assert_eq!(revocations.join_all().await.into_iter().filter(|revoked| *revoked).count(), 1);
    assert_eq!(count(&aws).await, 1);
}

#[tokio::test]
async fn a_lost_count_never_keeps_anybody_from_revoking() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    walk(&store, GUILD, &[request(), approve()]).await;
    let mut zero = key(APPROVED, COUNT);
    zero.insert("approved".to_owned(), number(0));
    put(&aws, zero).await;
    assert_eq!(walk(&store, GUILD, &[revoke()]).await.status(), Status::Revoked);
    assert_eq!(count(&aws).await, 0);
}

#[tokio::test]
async fn lists_are_by_status_oldest_first_in_pages() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    for guild in 1..=60 {
        store
            .take(GuildId::new(guild), &request(), after(1000 - i64::try_from(guild).unwrap()))
            .await
            .unwrap();
    }
    store.take(GuildId::new(60), &deny(), after(2000)).await.unwrap();
    let (mut seen, mut from, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store.list(Status::Pending, from).await.unwrap();
        assert!(page.guilds.len() <= 25 && page.guilds.iter().all(|g| g.access.status() == Status::Pending));
        seen.extend(page.guilds.iter().map(|listed| listed.guild.get()));
        pages += 1;
        let Some(next) = page.next else { break };
        from = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(seen, (1..=59).rev().collect::<Vec<_>>());
    assert_eq!(pages, 3);
    let denied = store.list(Status::Denied, None).await.unwrap();
    assert_eq!((denied.guilds.len(), denied.guilds[0].guild, denied.next), (1, GuildId::new(60), None));
    assert!(store.list(Status::Revoked, None).await.unwrap().guilds.is_empty());
}
