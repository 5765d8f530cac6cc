//! What becomes of links by night (SPEC T11, T12, W32).

use jiff::SignedDuration;
use serde_json::json;
use shared::clock::Clock;
use shared::domain::accounts::Provider;
use shared::ids::UserId;
use shared::store::links::LinkStatus;
use simulator::{AccountsFault, AccountsFaultKind, Fault, FaultAt};
use testkit::Fault as Trouble;

use super::world::{ADA, LATE_S, World, service};

const BEN: UserId = UserId::new(80_351_110_224_678_913);

fn fails(world: &World, provider: Provider, kind: AccountsFaultKind, times: Option<u32>) {
    let fault = AccountsFault { service: service(provider), at: FaultAt::Token, kind, times };
    world.simulator.fault(Fault::Accounts(fault)).unwrap();
}

/// Makes what was given so far as old as the night is late.
fn age(world: &World) {
    world.simulator.accounts().age(core::time::Duration::from_secs(LATE_S.unsigned_abs()));
}

#[tokio::test]
async fn what_is_due_is_renewed_and_the_second_run_does_nothing() {
    let world = World::new().await;
    let ending = [Provider::Discord, Provider::Spotify, Provider::Twitch, Provider::YouTube];
    for provider in Provider::ALL {
        world.link(ADA, provider, 0).await;
    }
    let before = world.tokens(ADA, Provider::Spotify).await.unwrap();
    age(&world);
    let counts = world.night(LATE_S).await.unwrap();
    assert_eq!(
        (&counts["renewed"], &counts["failed"]),
        (&json!(ending.len()), &json!(0)),
        "Slack's tokens do not end"
    );
    assert_ne!(world.tokens(ADA, Provider::Spotify).await.unwrap().access, before.access);
    for provider in ending {
        assert_eq!(world.simulator.accounts().token_calls(service(provider)), 2, "{provider}");
        let link = world.linked(ADA, provider).await.unwrap();
        assert!(
            link.due_at.unwrap() > Clock::system().now() + SignedDuration::from_secs(LATE_S),
            "{provider}"
        );
    }
    assert_eq!(world.summary()["renewed"], 4);
    let again = world.night(LATE_S + 60).await.unwrap();
    assert_eq!(again["renewed"], 0, "{again}");
    assert_eq!(world.alerts(), [] as [serde_json::Value; 0], "nobody is woken for what went well");
}

#[tokio::test]
async fn a_link_that_is_over_is_marked_and_its_tokens_are_gone() {
    let world = World::new().await;
    world.link(ADA, Provider::Spotify, 0).await;
    for grant in world.simulator.accounts().grants(service(Provider::Spotify)) {
        world.simulator.accounts().end_grant(grant.id);
    }
    let counts = world.night(LATE_S).await.unwrap();
    assert_eq!(counts["lapsed"], 1);
    assert_eq!(world.linked(ADA, Provider::Spotify).await.unwrap().status, LinkStatus::NeedsReauth);
    assert_eq!(world.tokens(ADA, Provider::Spotify).await, None);
    assert_eq!(world.night(2 * LATE_S).await.unwrap()["lapsed"], 0, "it is over once");
}

#[tokio::test]
async fn a_failure_loses_nothing_and_one_alert_tells_of_all() {
    let world = World::new().await;
    for (user, n) in [(ADA, 0), (BEN, 1)] {
        world.link(user, Provider::Spotify, n).await;
        world.link(user, Provider::Discord, n).await;
    }
    let before = world.tokens(ADA, Provider::Spotify).await;
    age(&world);
    fails(&world, Provider::Spotify, AccountsFaultKind::Status(503), None);
    let counts = world.night(LATE_S).await.unwrap();
    assert_eq!((&counts["renewed"], &counts["failed"]), (&json!(2), &json!(2)));
    assert_eq!(world.tokens(ADA, Provider::Spotify).await, before);
    let alerts = world.alerts();
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert_eq!((&alerts[0]["type"], &alerts[0]["counts"]["failed"]), (&json!("token_rotation"), &json!(2)));
    assert!(!alerts[0].to_string().contains("80351110"), "it names nobody");
    world.simulator.fault(Fault::Mend).unwrap();
    age(&world);
    assert_eq!(world.night(2 * LATE_S).await.unwrap()["renewed"], 4, "the next night makes up for it");
}

/// The service said when it may be asked again: nobody else asks it before.
#[tokio::test]
async fn a_service_that_asks_for_a_pause_gets_one() {
    let world = World::new().await;
    for n in 0..3 {
        world
            .link(UserId::new(80_351_110_224_678_912 + n), Provider::Twitch, usize::try_from(n).unwrap())
            .await;
    }
    age(&world);
    fails(&world, Provider::Twitch, AccountsFaultKind::RateLimited(600), None);
    let counts = world.night(LATE_S).await.unwrap();
    let (failed, waiting) = (counts["failed"].as_u64().unwrap(), counts["waiting"].as_u64().unwrap());
    assert_eq!(failed + waiting, 3, "{counts}");
    let asked = world.simulator.accounts().token_calls(service(Provider::Twitch)) - 3;
    assert_eq!(asked, failed, "who waits has not asked");
}

#[tokio::test]
async fn after_five_nights_somebody_has_to_look() {
    let world = World::new().await;
    world.link(ADA, Provider::Discord, 0).await;
    fails(&world, Provider::Discord, AccountsFaultKind::Status(500), None);
    for night in 1..=5 {
        let counts = world.night(LATE_S + night * 86_400).await.unwrap();
        assert_eq!(counts["dead_lettered"], u32::from(night == 5), "{night}");
    }
    let received =
        world.aws.sqs().receive_message().queue_url(world.aws.queue_url("rotation-dlq")).send().await;
    let letter = received.unwrap().messages.unwrap().remove(0).body.unwrap();
    let letter: serde_json::Value = serde_json::from_str(&letter).unwrap();
    assert_eq!(
        (&letter["type"], &letter["service"], &letter["failures"]),
        (&json!("link_fails"), &json!("discord"), &json!(5))
    );
    assert!(!letter.to_string().contains(&ADA.to_string()));
    assert!(world.tokens(ADA, Provider::Discord).await.is_some(), "the link is still there");
}

/// A run is killed at some call; the next one has lost nothing and doubled nothing.
#[tokio::test]
async fn killed_anywhere_the_next_night_makes_it_whole() {
    for operation in [
        "Query",
        "UpdateItem",
        "GetSecretValue",
        "PutSecretValue",
        "UpdateSecretVersionStage",
        "TransactWriteItems",
    ] {
        for trouble in [Trouble::AnswerLost, Trouble::Throttle] {
            let world = World::new().await;
            world.link(ADA, Provider::Spotify, 0).await;
            age(&world);
            world.aws.fault_next(operation, trouble, 1);
            let _ = world.night(LATE_S).await;
            // An hour later what failed is due again, and a lease that nobody gave back is over.
            let _ = world.night(LATE_S + 3_700).await.unwrap();
            let link = world.linked(ADA, Provider::Spotify).await.unwrap();
            assert_eq!(link.status, LinkStatus::Linked, "{operation} {trouble:?}");
            let grants = world.simulator.accounts().grants(service(Provider::Spotify));
            assert_eq!(grants.len(), 1, "{operation} {trouble:?}");
            let tokens = world.tokens(ADA, Provider::Spotify).await.unwrap();
            assert!(
                tokens.is_fresh(Clock::system().now() + SignedDuration::from_secs(LATE_S), 300),
                "{operation} {trouble:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_operator_renews_everything_at_once() {
    let world = World::new().await;
    world.link(ADA, Provider::Spotify, 0).await;
    world.link(ADA, Provider::Slack, 0).await;
    let before = world.tokens(ADA, Provider::Spotify).await.unwrap();
    let app = world.app_by(Clock::system());
    let counts = world.invoke(&app, json!({ "type": "rotate_now", "version": 1 })).await.unwrap();
    assert_eq!(counts["renewed"], 1, "Slack gives nothing to renew with, and is not in the index");
    assert_ne!(world.tokens(ADA, Provider::Spotify).await.unwrap().access, before.access);
    assert_eq!(world.simulator.accounts().token_calls(service(Provider::Spotify)), 2, "once");
}

#[tokio::test]
async fn what_only_people_can_renew_is_told_of_when_it_is_old() {
    let world = World::new().await;
    assert!(world.night(0).await.is_ok());
    assert!(world.alerts().is_empty());
    world.night(181 * 86_400).await.unwrap();
    let alerts = world.alerts();
    let old: Vec<_> = alerts[0]["old_secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|old| old["secret"].as_str().unwrap())
        .collect();
    assert_eq!(
        old,
        ["/timmybot/bot-token", "/timmybot/oauth-clients/discord", "/timmybot/oauth-clients/spotify"]
    );
}

/// SPEC W32: what alarms look at is counted every night, zeros too, so that an alarm ends the night after.
#[tokio::test]
async fn ages_and_failures_are_counted_every_night() {
    let world = World::new().await;
    let counted = |name: &str| {
        let lines = world.log.lines();
        let of = |line: &serde_json::Value| line["_aws"].is_object().then(|| line[name].as_u64()).flatten();
        lines.iter().filter_map(of).collect::<Vec<_>>()
    };
    world.night(0).await.unwrap();
    let names = ["rotation_failures", "signing_key_age", "third_party_key_age"];
    assert_eq!(names.map(&counted), [vec![0], vec![0], vec![0]]);
    world.link(ADA, Provider::Spotify, 0).await;
    age(&world);
    fails(&world, Provider::Spotify, AccountsFaultKind::Status(503), None);
    world.night(366 * 86_400).await.unwrap();
    assert_eq!(names.map(&counted), [vec![0, 1], vec![0, 366], vec![0, 366]]);
}

/// SPEC W32: the key that signs is one of ours, wherever it is kept; what cannot be asked holds nothing else up.
#[tokio::test]
async fn the_key_that_signs_ages_as_well() {
    let world = World::new().await;
    let aged = || -> Vec<u64> {
        world.log.lines().iter().filter_map(|line| line["signing_key_age"].as_u64()).collect()
    };
    world.aws.fault_next("DescribeSecret", Trouble::Throttle, 99);
    world.night(366 * 86_400).await.unwrap();
    assert_eq!(aged(), [366], "by itself, since no secret's age could be had");
    world.aws.mend();
    world.aws.fault_next("DescribeKey", Trouble::Status500, 99);
    world.night(400 * 86_400).await.unwrap();
    assert_eq!(aged(), [366, 400], "the secrets', without it");
    assert!(world.log.text().contains("rotation.ages"));
}

/// A key that cannot be renewed is counted; a step that comes when nothing is being renewed is not.
#[tokio::test]
async fn a_step_that_fails_is_counted() {
    let world = World::new().await;
    let app = world.app_by(Clock::system());
    let step = |token: String| json!({ "Step": "createSecret", "SecretId": "/timmybot/custom-id-key", "ClientRequestToken": token });
    let counted = || world.log.lines().iter().filter(|line| line["rotation_failures"] == 1).count();
    assert!(world.invoke(&app, step("a".repeat(32))).await.is_err());
    assert_eq!(counted(), 0);
    let token = world.announced("/timmybot/custom-id-key").await;
    world.aws.fault_next("DescribeSecret", Trouble::Throttle, 9);
    assert!(world.invoke(&app, step(token)).await.is_err());
    assert_eq!(counted(), 1);
}
