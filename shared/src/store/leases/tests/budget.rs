use jiff::SignedDuration;
use testkit::Aws;
use tokio::task::JoinSet;

use super::*;
use crate::domain::workers::SessionStartLimit;

fn budgets(aws: &Aws) -> IdentifyBudgets {
    IdentifyBudgets::new(db(aws))
}

fn says(total: u32, remaining: u32, hours: i64) -> SessionStartLimit {
    SessionStartLimit { total, remaining, reset_after: SignedDuration::from_hours(hours) }
}

async fn used(aws: &Aws) -> (u32, u32) {
    let rows = Attempts::new(db(aws)).rows(SHARD, BOT, now()).await.unwrap();
    rows.budget.map(|budget| (budget.used, budget.total)).unwrap()
}

async fn spent(budgets: &IdentifyBudgets, now: Timestamp) -> bool {
    budgets.spend(BOT, now).await.unwrap() == Spend::Allowed
}

/// SPEC P12.
#[tokio::test]
async fn past_four_fifths_nobody_identifies_until_the_window_ends() {
    let aws = Aws::start().await;
    let budgets = budgets(&aws);
    budgets.learn(BOT, says(10, 4, 1), now()).await.unwrap();
    assert!(spent(&budgets, now()).await && spent(&budgets, now()).await);
    let resets_at = now() + 1.hour();
    assert_eq!(budgets.spend(BOT, now()).await.unwrap(), Spend::Refused { resets_at });
    assert!(!spent(&budgets, resets_at - 1.second()).await);
    assert!(spent(&budgets, resets_at).await);
}

#[tokio::test]
async fn without_a_word_from_discord_a_day_has_eight_hundred() {
    let aws = Aws::start().await;
    let budgets = budgets(&aws);
    assert!(spent(&budgets, now()).await);
    assert_eq!(used(&aws).await, (1, 1000));
    budgets.learn(BOT, says(1000, 201, 24), now()).await.unwrap();
    assert!(spent(&budgets, now()).await);
    assert!(!spent(&budgets, now()).await);
}

/// An answer that left Discord before somebody identified must not make room again.
#[tokio::test]
async fn what_discord_says_never_lowers_the_count() {
    let aws = Aws::start().await;
    let budgets = budgets(&aws);
    budgets.learn(BOT, says(1000, 300, 24), now()).await.unwrap();
    budgets.learn(BOT, says(1000, 900, 24), now()).await.unwrap();
    assert_eq!(used(&aws).await, (700, 1000));
    budgets.learn(BOT, says(2000, 1900, 24), now()).await.unwrap();
    assert_eq!(used(&aws).await, (700, 2000), "a larger limit is believed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_no_more_than_the_share_identify() {
    let aws = Aws::start().await;
    budgets(&aws).learn(BOT, says(20, 20, 24), now()).await.unwrap();
    let mut asking = JoinSet::new();
    for _ in 0..40 {
        let budgets = budgets(&aws);
        asking.spawn(async move { spent(&budgets, now()).await });
    }
    assert_eq!(asking.join_all().await.into_iter().filter(|allowed| *allowed).count(), 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_of_a_window_are_all_counted() {
    let aws = Aws::start().await;
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let budgets = budgets(&aws);
        asking.spawn(async move { spent(&budgets, now()).await });
    }
    assert!(asking.join_all().await.into_iter().all(|allowed| allowed));
    assert_eq!(used(&aws).await, (10, 1000));
}
