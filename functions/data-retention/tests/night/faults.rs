//! Whatever fails, and wherever somebody is killed: the next run makes it whole, and nothing is silently skipped.

use core::time::Duration;

use data_retention::night::Tally;
use serde_json::json;
use shared::clock::Rng;
use shared::domain::accounts::Provider;
use shared::privacy::RetentionReason;
use shared::security::secret::Secret;
use shared::store::Table;
use shared::vault::{Document, TokenVault, Tokens};
use testkit::Fault;

use super::world::{ADA, DAY, HOUR, World, nightly, number, text};

const LOGS: &str = "/aws/lambda/timmybot-new";

/// One of each that has to go, and one of each that has to stay.
async fn filled() -> World {
    let world = World::new().await;
    world.ended(Table::Replay, "old", HOUR * 2).await;
    world.ended(Table::Replay, "later", -HOUR).await;
    let used = [
        ("hash", text("h")),
        ("used_at", text((world.night - DAY * 91).to_string())),
        ("expires_at", number((world.night + DAY).as_second())),
    ];
    world.put(Table::ApiKeys, &used).await;
    let access = [
        ("guild", text("42")),
        ("sk", text("access")),
        ("status", text("revoked")),
        ("updated_at", text((world.night - DAY * 91).to_string())),
        ("version", number(3)),
    ];
    world.put(Table::GuildAccess, &access).await;
    let settings = [("guild", text("42")), ("sk", text("settings")), ("version", number(1))];
    world.put(Table::GuildState, &settings).await;
    let vault = TokenVault::new(world.aws.sdk_config(), Rng::system(), "/timmybot", None);
    let tokens = Tokens {
        subject: "12345".parse().unwrap(),
        access: Secret::new("test_secret_of_a_user"),
        refresh: None,
        expires_at: None,
        scopes: vec![],
        linked_at: world.night,
    };
    vault.replace(ADA, None, Document::default().with(Provider::Twitch, tokens)).await.unwrap();
    let client = aws_sdk_cloudwatchlogs::Client::new(world.aws.sdk_config());
    client.create_log_group().log_group_name(LOGS).send().await.unwrap();
    world
}

/// Whether everything has gone that has to, and nothing else has.
async fn assert_whole(world: &World, what: &str) {
    let replays = world.rows(Table::Replay).await;
    assert_eq!((replays.len(), &replays[0]["sk"]), (1, &text("interaction#later")), "{what}");
    let keys = world.rows(Table::ApiKeys).await;
    assert!(keys.len() == 1 && !keys[0].contains_key("used_at"), "{what}");
    assert!(world.rows(Table::GuildState).await.is_empty(), "{what}");
    assert_eq!(world.rows(Table::GuildAccess).await.len(), 1, "{what}");
    assert!(world.secrets().await.is_empty(), "{what}");
    let client = aws_sdk_cloudwatchlogs::Client::new(world.aws.sdk_config());
    let groups = client.describe_log_groups().log_group_name_prefix(LOGS).send().await.unwrap();
    assert_eq!(groups.log_groups()[0].retention_in_days(), Some(30), "{what}");
    assert_eq!(json!(world.dry_run().await.counts), json!({}), "{what}");
}

/// Each way in which a call fails, and how often. A role that lacks a right fails each time, until somebody mends it.
const FAULTS: [(Fault, u32); 5] = [
    (Fault::Status500, 1),
    (Fault::Throttle, 1),
    (Fault::AnswerLost, 1),
    (Fault::AccessDenied, u32::MAX),
    (Fault::Hang, 1),
];

fn went(tally: &Tally) -> u32 {
    RetentionReason::ALL.into_iter().map(|reason| tally.of(reason)).sum()
}

#[tokio::test]
async fn one_of_each_goes_in_one_night() {
    let world = filled().await;
    let tally = world.run().await;
    assert_eq!((went(&tally), tally.failed, tally.changed), (5, 0, 0), "{tally:?}");
    assert_whole(&world, "without trouble").await;
}

#[tokio::test]
async fn whatever_fails_is_told_and_made_up_for_by_the_next_night() {
    for operation in [
        "PutObject",
        "Sign",
        "Scan",
        "Query",
        "DeleteItem",
        "UpdateItem",
        "TransactWriteItems",
        "DescribeLogGroups",
        "PutRetentionPolicy",
        "ListSecrets",
        "DescribeSecret",
        "DeleteSecret",
    ] {
        for (fault, times) in FAULTS {
            let world = filled().await;
            let what = format!("{operation} {fault:?}");
            world.aws.fault_next(operation, fault, times);
            let first = world.invoke(nightly(), world.night).await;
            let is_told = first.as_ref().map_or(true, |night| (1..=times).contains(&night.tally.failed));
            assert!(is_told, "{what}: {first:?}");
            assert!(world.log.lines().iter().any(|line| line["log"] == "fault"), "{what} is in the log");
            world.aws.mend();
            // Late enough that a lease of whoever failed is over.
            let second = world.invoke(nightly(), world.night + HOUR / 2).await.unwrap();
            assert_eq!((second.tally.failed, second.tally.changed), (0, 0), "{what}");
            assert_whole(&world, &what).await;
        }
    }
}

/// An invocation that Lambda ends wherever it is.
#[tokio::test]
async fn killed_anywhere_the_next_night_makes_it_whole() {
    for after_ms in [1, 3, 6, 10, 15, 25, 40, 60, 90] {
        let world = filled().await;
        let run = world.invoke(nightly(), world.night);
        let _ = tokio::time::timeout(Duration::from_millis(after_ms), run).await;
        world.invoke(nightly(), world.night + HOUR / 2).await.unwrap();
        assert_whole(&world, &format!("killed after {after_ms} ms")).await;
    }
}

/// Two nights at once do what one does.
#[tokio::test]
async fn two_at_once_do_no_more_than_one() {
    let world = filled().await;
    let (one, other) =
        tokio::join!(world.invoke(nightly(), world.night), world.invoke(nightly(), world.night));
    let (one, other) = (one.unwrap().tally, other.unwrap().tally);
    // Both may give a log group its end; that changes nothing the second time.
    let logs = |tally: &Tally| tally.of(RetentionReason::NoRetention);
    assert_eq!(went(&one) - logs(&one) + went(&other) - logs(&other), 4, "{one:?} {other:?}");
    world.invoke(nightly(), world.night + HOUR / 2).await.unwrap();
    assert_whole(&world, "two at once").await;
}
