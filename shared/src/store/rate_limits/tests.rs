use core::sync::atomic::{AtomicU32, Ordering};
use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_types::config_bag::ConfigBag;
use testkit::{Aws, Fault};
use tokio::task::JoinSet;

use super::*;
use crate::domain::access::Tenant;
use crate::ids::{GuildId, UserId};
use crate::security::rate_limit::testing::{limit, ms, never_too_many};
use crate::security::rate_limit::{BLOCK, CommandLimits, Tier, command_checks};

const GUILD: Tenant = Tenant::Guild(GuildId::new(7));
const USER: UserId = UserId::new(9);

fn store(aws: &Aws) -> RateLimitStore {
    RateLimitStore::new(Db::new(aws.dynamodb(), aws.prefix()))
}

fn subject() -> Subject {
    Subject::command(GUILD, "play", USER)
}

/// A reproducible stream, so that a failing schedule can be run again.
fn random(seed: u64) -> impl FnMut(i64) -> i64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state >> 33).unwrap() % below
    }
}

/// Calls at the given times all at once, from four processes; the times of those admitted. Who loses every race
/// asks again.
async fn storm(aws: &Aws, subject: &Subject, limit: Limit, times: Vec<i64>) -> Vec<i64> {
    let stores = [store(aws), store(aws), store(aws), store(aws)];
    let mut calls = JoinSet::new();
    for (i, at) in times.into_iter().enumerate() {
        let (store, subject) = (stores[i % 4].clone(), subject.clone());
        calls.spawn(async move {
            loop {
                match store.check(&subject, limit, ms(at)).await {
                    Err(StoreError::Contended { .. }) => {}
                    decision => return decision.unwrap().is_allowed().then_some(at),
                }
            }
        });
    }
    calls.join_all().await.into_iter().flatten().collect()
}

async fn stored(aws: &Aws, subject: &Subject) -> Option<HashMap<String, AttributeValue>> {
    let get = aws.dynamodb().get_item().table_name(format!("{}-rate-limits", aws.prefix()));
    get.key("subject", text(subject.tenant())).key("sk", text(subject.key())).send().await.unwrap().item
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_forty_at_once() {
    let aws = Aws::start().await;
    assert_eq!(storm(&aws, &subject(), Limit::COMMAND, vec![0; 40]).await.len(), 10);
    assert_eq!(storm(&aws, &subject(), Limit::COMMAND, vec![59_999; 40]).await.len(), 0);
    assert_eq!(storm(&aws, &subject(), Limit::COMMAND, vec![60_000; 40]).await.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_schedule_of_two_hundred_callers_gets_one_too_many() {
    const AT_ONCE: usize = 5;
    let aws = Arc::new(Aws::start().await);
    let mut running = JoinSet::new();
    for seed in 1..=50 {
        if running.len() == AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(schedule(Arc::clone(&aws), seed));
    }
    running.join_all().await;
}

/// 200 callers at once, whose clocks are up to a third of a window, a window or three apart.
async fn schedule(aws: Arc<Aws>, seed: u64) {
    let mut random = random(seed);
    let max = if seed.is_multiple_of(2) { 1 + random(100) } else { 101 + random(150) };
    let limit = limit(u32::try_from(max).unwrap(), 1);
    let apart = [333, 1000, 3000][usize::try_from(random(3)).unwrap()];
    let times: Vec<i64> = (0..200).map(|_| random(apart)).collect();
    let admitted = storm(&aws, &Subject::user(GUILD, UserId::new(seed)), limit, times).await;
    assert!(never_too_many(&admitted, limit), "seed {seed}: {admitted:?}");
    let (count, full) = (admitted.len(), limit.max().min(200) as usize);
    if apart <= 1000 {
        assert_eq!(count, full, "seed {seed}: all are in one window");
    } else {
        // A tally refuses those who are late and whom it cannot judge any more.
        assert!(count >= if limit.is_exact() { full } else { 1 }, "seed {seed}: {count} of {full}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_is_not_five_hundred_and_one() {
    let aws = Aws::start().await;
    let user = Subject::user(GUILD, USER);
    let (mut random, mut admitted) = (random(42), Vec::new());
    for round in 0..18 {
        let times = (0..40).map(|_| round * 1000 + random(1000)).collect();
        admitted.extend(storm(&aws, &user, Limit::PREMIUM, times).await);
    }
    assert_eq!(admitted.len(), 500);
    assert!(never_too_many(&admitted, Limit::PREMIUM));
}

/// Two instances 20 s and more apart; a caller in the past never reopens the window.
#[tokio::test]
async fn skewed_clocks_get_no_more() {
    let aws = Aws::start().await;
    for (id, limit) in [(1, limit(5, 10)), (2, limit(300, 10))] {
        let (store, user) = (store(&aws), Subject::user(GUILD, UserId::new(id)));
        let (mut admitted, mut random) = (Vec::new(), random(id));
        for i in 0..400 {
            let at = i * 60 + [-20_000, 0, 11_000][usize::try_from(random(3)).unwrap()];
            if store.check(&user, limit, ms(at)).await.unwrap().is_allowed() {
                admitted.push(at);
            }
        }
        assert!(never_too_many(&admitted, limit), "{limit:?}");
    }
}

/// One caller after the other: the table decides exactly as the rule by value does, up to the answer's figures.
#[tokio::test]
async fn in_order_it_decides_as_the_rule() {
    let aws = Aws::start().await;
    for (id, limit) in [(1, limit(1, 1)), (2, limit(10, 1)), (3, limit(100, 1)), (4, limit(101, 1))] {
        let (store, user) = (store(&aws), Subject::user(GUILD, UserId::new(id)));
        let (mut ring, mut tally, mut now, mut random) = (Ring::default(), Tally::default(), 0, random(id));
        for _ in 0..300 {
            now += random(15);
            let by_rule =
                if limit.is_exact() { ring.admit(limit, ms(now)) } else { tally.admit(limit, ms(now)) };
            assert_eq!(store.check(&user, limit, ms(now)).await, Ok(by_rule), "{limit:?} at {now}");
        }
    }
}

#[tokio::test]
async fn the_refusal_says_when_and_is_not_counted() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for i in 0..10 {
        assert!(store.check(&subject(), Limit::COMMAND, ms(i * 100)).await.unwrap().is_allowed());
    }
    let before = stored(&aws, &subject()).await;
    for at in [1000, 30_000, 59_999] {
        let refused = store.check(&subject(), Limit::COMMAND, ms(at)).await;
        assert_eq!(refused, Ok(Decision::Refused { retry_at: ms(60_000) }));
    }
    assert_eq!(stored(&aws, &subject()).await, before, "a refusal writes nothing");
    assert!(store.check(&subject(), Limit::COMMAND, ms(60_000)).await.unwrap().is_allowed());
}

#[tokio::test]
async fn a_row_that_should_be_gone_is_ignored_and_rows_do_expire() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for _ in 0..10 {
        store.check(&subject(), Limit::COMMAND, ms(0)).await.unwrap();
    }
    let expires: i64 = stored(&aws, &subject()).await.unwrap()["expires_at"].as_n().unwrap().parse().unwrap();
    assert_eq!(expires, (ms(60_000) + SLACK).as_second());
    let days_later = ms(5 * 86_400_000);
    let fresh = Decision::Allowed { remaining: 9, reset_at: days_later + Limit::COMMAND.window() };
    assert_eq!(store.check(&subject(), Limit::COMMAND, days_later).await, Ok(fresh));
}

#[tokio::test]
async fn rows_stay_short() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for i in 0..100 {
        assert!(store.check(&subject(), limit(3, 1), ms(i * 400)).await.unwrap().is_allowed());
        let length = stored(&aws, &subject()).await.unwrap()["ring"].as_l().unwrap().len();
        assert!(length <= 6, "{length}");
    }
}

/// Counts the calls that leave for the table.
#[derive(Debug)]
struct Counter(Arc<AtomicU32>);

#[dyn_dispatch_hint]
impl Intercept for Counter {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Calls for each admission, with `processes` that take turns, over 400 admissions.
async fn calls_each(limit: Limit, processes: usize) -> f64 {
    let aws = Aws::start().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = aws.dynamodb().config().to_builder().interceptor(Counter(calls.clone())).build();
    let db = Db::new(aws_sdk_dynamodb::Client::from_conf(counted), aws.prefix());
    let stores: Vec<_> = (0..processes).map(|_| RateLimitStore::new(db.clone())).collect();
    let pause = 60_000 / i64::from(limit.max()) + 1;
    for i in 0..400 {
        let store = &stores[usize::try_from(i).unwrap() % processes];
        assert!(store.check(&subject(), limit, ms(i * pause)).await.unwrap().is_allowed());
    }
    f64::from(calls.load(Ordering::SeqCst)) / 400.0
}

#[tokio::test]
async fn a_check_is_one_call_and_seldom_two() {
    for (limit, processes, most) in [
        (Limit::COMMAND, 1, 1.12),
        (Limit::COMMAND, 4, 1.12),
        (Limit::USER, 4, 1.02),
        (Limit::PREMIUM, 1, 1.06),
        (Limit::PREMIUM, 4, 1.06),
        (Limit::ADMIN, 4, 1.06),
    ] {
        let each = calls_each(limit, processes).await;
        assert!((1.0..=most).contains(&each), "{limit:?} from {processes}: {each}");
    }
}

/// SPEC W22: callers at the same moment do not make each other try again.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_makes_hardly_more_calls_than_decisions() {
    let aws = Aws::start().await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = aws.dynamodb().config().to_builder().interceptor(Counter(calls.clone())).build();
    let db = Db::new(aws_sdk_dynamodb::Client::from_conf(counted), aws.prefix());
    for (id, limit) in [(1, Limit::USER), (2, Limit::PREMIUM), (3, Limit::ADMIN)] {
        calls.store(0, Ordering::SeqCst);
        let mut crowd = JoinSet::new();
        for _ in 0..8 {
            let (store, user) = (RateLimitStore::new(db.clone()), Subject::user(GUILD, UserId::new(id)));
            crowd.spawn(async move {
                for at in 0..12 {
                    assert!(store.check(&user, limit, ms(at)).await.unwrap().is_allowed());
                }
            });
        }
        crowd.join_all().await;
        let each = f64::from(calls.load(Ordering::SeqCst)) / 96.0;
        assert!((1.0..=1.25).contains(&each), "{limit:?}: {each}");
    }
}

#[tokio::test]
async fn a_tally_stays_short() {
    let aws = Aws::start().await;
    let (store, user) = (store(&aws), Subject::user(GUILD, USER));
    for at in 0..700 {
        store.check(&user, Limit::PREMIUM, ms(at)).await.unwrap();
    }
    let row = stored(&aws, &user).await.unwrap();
    let [singles, blocks] = ["singles", "blocks"].map(|name| row[name].as_l().unwrap().len());
    assert!(singles <= 2 * BLOCK && blocks <= 500 / BLOCK, "{singles} {blocks}");
}

#[tokio::test]
async fn subjects_have_windows_of_their_own() {
    let aws = Aws::start().await;
    let store = store(&aws);
    let one = limit(1, 60);
    let others = [
        Subject::command(Tenant::Guild(GuildId::new(8)), "play", USER),
        Subject::command(GUILD, "skip", USER),
        Subject::command(GUILD, "play", UserId::new(10)),
        Subject::guild_command(GUILD, "play"),
    ];
    assert!(store.check(&subject(), one, ms(0)).await.unwrap().is_allowed());
    assert!(!store.check(&subject(), one, ms(0)).await.unwrap().is_allowed());
    for other in others {
        assert!(store.check(&other, one, ms(0)).await.unwrap().is_allowed(), "{other:?}");
    }
}

fn play(user: u64) -> [Check; 3] {
    command_checks(GUILD, UserId::new(user), Tier::User, "play", CommandLimits::MUSIC)
}

const FULL: Decision = Decision::Refused { retry_at: Timestamp::constant(1_767_355_260, 0) };

#[tokio::test]
async fn the_refusal_names_the_window() {
    let aws = Aws::start().await;
    let store = store(&aws);
    for user in 1..=6 {
        for _ in 0..10 {
            let (scope, decision) = store.check_all(&play(user), ms(0)).await.unwrap();
            assert!(scope == LimitScope::Guild && decision.is_allowed(), "{user}: {scope:?} {decision:?}");
        }
        assert_eq!(store.check_all(&play(user), ms(1)).await, Ok((LimitScope::Command, FULL)));
    }
    assert_eq!(store.check_all(&play(7), ms(2)).await, Ok((LimitScope::Guild, FULL)));
    for command in ["skip", "stop", "seek", "join", "help", "ping", "move", "clear"] {
        let other = command_checks(GUILD, UserId::new(1), Tier::User, command, CommandLimits::MUSIC);
        for _ in 0..10 {
            store.check_all(&other, ms(3)).await.unwrap();
        }
    }
    let tenth = command_checks(GUILD, UserId::new(1), Tier::User, "queue", CommandLimits::MUSIC);
    for _ in 0..10 {
        assert!(store.check_all(&tenth, ms(4)).await.unwrap().1.is_allowed());
    }
    let refused = store.check_all(&tenth, ms(5)).await.unwrap();
    assert_eq!(refused.0, LimitScope::User, "a hundred commands: {refused:?}");
}

/// The attack: one member repeats a command until nobody else in the guild can use it. An instance that knows them to
/// be refused asks no window; one that does not yet, learns it by one.
#[tokio::test]
async fn a_refused_user_does_not_use_up_the_guild() {
    let aws = Aws::start().await;
    let instances = [store(&aws), store(&aws), store(&aws), store(&aws)];
    for attempt in 0..400 {
        instances[attempt % 4].check_all(&play(1), ms(0)).await.unwrap();
    }
    let guild = stored(&aws, &Subject::guild_command(GUILD, "play")).await.unwrap();
    let counted = guild["ring"].as_l().unwrap().len();
    assert!((10..=13).contains(&counted), "10 admitted, and each other instance learnt it once: {counted}");
    for instance in instances {
        assert!(instance.check_all(&play(2), ms(0)).await.unwrap().1.is_allowed());
    }
}

#[tokio::test]
async fn a_table_that_fails_admits_nobody_by_itself() {
    let aws = Aws::start().await;
    aws.fault(Fault::Status500);
    let answer = store(&aws).check(&subject(), Limit::COMMAND, ms(0)).await;
    assert!(
        matches!(answer, Err(StoreError::Unavailable { operation: "rate_limits.check", .. })),
        "{answer:?}"
    );
}
