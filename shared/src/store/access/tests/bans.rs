use super::*;

#[tokio::test]
async fn the_eleventh_denial_in_an_hour_bans_for_an_hour() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    for n in 0..10 {
        let counted = DenialOutcome::Counted { remaining: 9 - u32::try_from(n).unwrap() };
        assert_eq!(store.count_denial(GUILD, after(n * 60)).await, Ok(counted));
    }
    assert_eq!(store.read(GUILD).await.unwrap().guild.ban, None);
    let until = after(601) + Ban::LENGTH;
    assert_eq!(store.count_denial(GUILD, after(601)).await, Ok(DenialOutcome::Banned { until, newly: true }));
    assert_eq!(
        store.count_denial(GUILD, after(700)).await,
        Ok(DenialOutcome::Banned { until, newly: false })
    );
    assert_eq!(store.read(GUILD).await.unwrap().guild.ban, Some(Ban::ending(until)));
    assert_eq!(
        store.count_denial(GuildId::new(8), after(700)).await,
        Ok(DenialOutcome::Counted { remaining: 9 })
    );
    assert_eq!(
        store.count_denial(GUILD, until).await,
        Ok(DenialOutcome::Counted { remaining: 9 }),
        "it starts anew"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_denials_at_once_one_lays_the_ban() {
    let aws = Aws::start().await;
    for (hours, _) in [(0, "first"), (2, "a new ban after the old one, whose row still lies there")] {
        let now = after(hours * 3600);
        let mut denials = JoinSet::new();
        for _ in 0..40 {
            let store = store(&aws, 50);
            denials.spawn(async move { store.count_denial(GUILD, now).await.unwrap() });
        }
        let outcomes = denials.join_all().await;
        let counted = outcomes.iter().filter(|o| matches!(o, DenialOutcome::Counted { .. })).count();
        let newly =
            outcomes.iter().filter(|o| matches!(o, DenialOutcome::Banned { newly: true, .. })).count();
        assert_eq!((counted, newly), (10, 1));
        assert!(
            outcomes
                .iter()
                .all(|o| !matches!(o, DenialOutcome::Banned { until, .. } if *until != now + Ban::LENGTH))
        );
    }
}

#[tokio::test]
async fn approving_ends_a_ban() {
    let aws = Aws::start().await;
    let store = store(&aws, 50);
    for _ in 0..11 {
        store.count_denial(GUILD, noon()).await.unwrap();
    }
    walk(&store, GUILD, &[request(), approve()]).await;
    let ban = store.read(GUILD).await.unwrap().guild.ban.unwrap();
    assert!(!ban.holds(after(60)));
}
