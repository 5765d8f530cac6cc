//! Who gets in, in which order it is looked at, and what others are told.

use core::time::Duration;
use std::time::Instant;

use serde_json::{Value, json};
use testkit::Fault;
use testkit::signing::COMMITTED_AT;
use testkit::webhooks::{COMMITTED_SECRET, Sender};

use super::world::{Post, World, good};

const ANOTHER: &str = "another-secret-of-a-decent-length";

#[tokio::test]
async fn each_sender_is_let_in_and_its_work_is_queued() {
    let world = World::new().await;
    for sender in Sender::ALL {
        let answer = world.ask(&good(sender, "One")).await;
        assert_eq!((answer.status(), answer.body()), (204, ""), "{sender:?}: {answer:?}");
        let queued = world.queued().await;
        assert_eq!(queued.len(), 1, "{sender:?}");
        assert_eq!(queued[0]["source"], sender.source());
    }
    assert_eq!(world.counted("webhooks", &[("outcome", "queued")]), Sender::ALL.len());
}

#[tokio::test]
async fn what_has_no_place_here_touches_nothing() {
    let world = World::new().await;
    world.ask(&good(Sender::Slack, "warm")).await;
    world.aws.record_calls();
    for path in
        ["/webhooks/reddit", "/webhooks", "/webhooks/", "/webhooks/twitch/x", "/webhooks/Twitch", "/oauth/x"]
    {
        let answer = world.ask(&Post { path: path.to_owned(), ..good(Sender::Twitch, "One") }).await;
        assert_eq!((answer.status(), answer.code().as_str()), (404, "not_found"), "{path}");
    }
    for (method, source, allow) in
        [("GET", "twitch", "POST"), ("PUT", "youtube", "GET, POST"), ("HEAD", "generic", "POST")]
    {
        let answer = world.ask(&Post { method, ..Post::unsigned(source, "") }).await;
        assert_eq!((answer.status(), answer.header("allow")), (405, Some(allow)), "{method} {source}");
    }
    let large = "x".repeat(1024 * 1024 + 1);
    let post = Post::unsigned("generic", &large).signed(Sender::Generic, COMMITTED_SECRET, "1", COMMITTED_AT);
    assert_eq!(world.ask(&post).await.status(), 413);
    assert!(world.aws.take_calls().is_empty());
    let error: Value = serde_json::from_str(world.ask(&Post::unsigned("reddit", "")).await.body()).unwrap();
    assert_eq!(error["error"]["request_id"], "r-1");
}

/// SPEC W18, W21: everything that is not right is a 401 with one of two codes; but a hub's is answered as if it were right.
#[tokio::test]
async fn wrong_missing_repeated_old_and_future_ones_are_refused() {
    let world = World::new().await;
    for sender in Sender::ALL {
        let signature =
            good(sender, "One").headers.iter().find(|(name, _)| name.contains("signature")).unwrap().clone();
        let broken = |value: &str| good(sender, "One").with(&signature.0, value);
        let tampered = Post { body: good(sender, "Two").body, ..good(sender, "One") };
        let mut bare = good(sender, "One");
        bare.headers.retain(|(name, _)| *name != signature.0);
        let mut attempts = vec![
            (bare, "missing_signature"),
            (broken(&format!("{0},{0}", signature.1)), "invalid_signature"),
            (broken(""), "invalid_signature"),
            (
                broken(&signature.1.replacen("sha", "md", 1).replacen("v0", "v9", 1).replacen("v1", "v9", 1)),
                "invalid_signature",
            ),
            (tampered, "invalid_signature"),
            (good(sender, "One").signed(sender, ANOTHER, "One", COMMITTED_AT), "invalid_signature"),
        ];
        if !matches!(sender, Sender::GitHub | Sender::YouTube) {
            for at in [COMMITTED_AT - 601, COMMITTED_AT + 301] {
                attempts.push((
                    good(sender, "One").signed(sender, COMMITTED_SECRET, "One", at),
                    "invalid_signature",
                ));
            }
        }
        for (at, (post, code)) in attempts.into_iter().enumerate() {
            let answer = world.ask(&post).await;
            let expected = if sender == Sender::YouTube { (204, "") } else { (401, code) };
            assert_eq!((answer.status(), answer.code().as_str()), expected, "{sender:?} {at}: {post:?}");
        }
    }
    assert_eq!(world.queued().await, Vec::<Value>::new());
    assert!(world.counted("auth_failures", &[("platform", "twitch"), ("reason", "stale")]) >= 1);
}

#[tokio::test]
async fn discords_signature_is_its_own() {
    let world = World::new().await;
    let ping = json!({ "version": 1, "application_id": "1", "type": 0 });
    let answer = world.ask(&Post::by_discord(&ping)).await;
    assert_eq!((answer.status(), answer.body()), (204, ""));
    let forged = Post { body: json!({ "type": 0, "version": 2 }).to_string(), ..Post::by_discord(&ping) };
    assert_eq!((world.ask(&forged).await.code()), "invalid_signature");
    let bare = Post::unsigned("discord", &ping.to_string());
    assert_eq!(world.ask(&bare).await.code(), "missing_signature");
}

#[tokio::test]
async fn two_secrets_are_good_while_one_is_changed() {
    let world = World::new().await;
    for sender in Sender::ALL {
        let both = json!({ "secrets": [ANOTHER, COMMITTED_SECRET] }).to_string();
        world.keep(sender.source(), &both).await;
    }
    let later = world.app_after(1);
    for sender in Sender::ALL {
        for (id, secret) in [("One", ANOTHER), ("Two", COMMITTED_SECRET)] {
            let post = good(sender, id).signed(sender, secret, id, COMMITTED_AT);
            assert_eq!(World::ask_of(&later, &post).await.status(), 204, "{sender:?} {id}");
        }
    }
    // Each of both was let in; a hub's bad signature would have been answered alike.
    assert_eq!(world.queued().await.len(), 2 * Sender::ALL.len());
}

/// SPEC W18: never "verified". Empty, too short and unreadable secrets are as good as none.
#[tokio::test]
async fn without_a_usable_secret_nothing_is_processed_and_somebody_hears_of_it() {
    let world = World::bare().await;
    world.keep("generic", "x").await;
    world.keep("github", r#"{"secrets":[]}"#).await;
    world.keep("slack", r#"{"secrets":["a secret of a decent length",""]}"#).await;
    for sender in [Sender::Generic, Sender::GitHub, Sender::Slack, Sender::Twitch, Sender::YouTube] {
        for secret in [COMMITTED_SECRET, "", "x"] {
            let answer = world.ask(&good(sender, "One").signed(sender, secret, "One", COMMITTED_AT)).await;
            assert_eq!((answer.status(), answer.code().as_str()), (500, "configuration_error"), "{sender:?}");
        }
        let platform = [("platform", sender.source())];
        assert_eq!(world.counted("webhook_unconfigured", &platform), 3, "{sender:?}");
    }
    assert_eq!(world.queued().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_delivery_counts_once() {
    let world = World::new().await;
    for sender in Sender::ALL {
        for _ in 0..3 {
            assert_eq!(world.ask(&good(sender, "One")).await.status(), 204, "{sender:?}");
        }
        assert_eq!(world.queued().await.len(), 1, "{sender:?}");
        world.ask(&good(sender, "Two")).await;
        assert_eq!(world.queued().await.len(), 1, "{sender:?}");
    }
    assert_eq!(world.counted("webhooks", &[("outcome", "repeated")]), 2 * Sender::ALL.len());
}

/// Somebody who recorded a message cannot make it new with a header that nobody signed.
#[tokio::test]
async fn unsigned_headers_make_no_message_new() {
    let world = World::new().await;
    world.ask(&good(Sender::GitHub, "One")).await;
    world.ask(&good(Sender::GitHub, "One").with("x-github-delivery", "another")).await;
    assert_eq!(world.queued().await.len(), 1);
}

/// SPEC W25: a thousand in a minute, for one address.
#[tokio::test]
async fn an_address_that_sends_too_much_is_told_to_wait() {
    let world = World::new().await;
    let mut refused = None;
    for sent in 0..1_001 {
        let answer = world.ask(&Post::unsigned("generic", "{}")).await;
        if answer.status() == 429 {
            refused = Some((sent, answer));
            break;
        }
        assert_eq!(answer.status(), 401);
    }
    let (sent, answer) = refused.unwrap();
    assert!((980..=1_000).contains(&sent), "{sent}: above a hundred it may be a little too strict");
    assert_eq!((answer.code().as_str(), answer.header("retry-after")), ("rate_limit_exceeded", Some("60")));
}

/// SPEC W1: what we need and do not get is a 503, and the sender's next try is not lost.
#[tokio::test]
async fn what_fails_closes_the_door_until_it_works_again() {
    for operation in ["UpdateItem", "PutItem", "SendMessage", "GetSecretValue"] {
        for fault in [Fault::Throttle, Fault::Status500, Fault::AnswerLost] {
            let world = World::new().await;
            // The log key is read first, and is no reason to refuse.
            let times = if operation == "GetSecretValue" { 2 } else { 1 };
            world.aws.fault_next(operation, fault, times);
            let answer = world.ask(&good(Sender::Generic, "One")).await;
            assert_eq!(
                (answer.status(), answer.code().as_str()),
                (503, "unavailable"),
                "{operation} {fault:?}"
            );
            world.queued().await;
            let again = World::ask_of(&world.app_after(11), &good(Sender::Generic, "One")).await;
            assert_eq!(again.status(), 204, "{operation} {fault:?}");
            let handed_on = world.queued().await.len();
            assert_eq!(handed_on, 1, "{operation} {fault:?}");
        }
    }
}

/// The queue has it, and only the mark is missing: it comes twice, with the same delivery.
#[tokio::test]
async fn dying_after_the_queue_has_it_hands_it_on_twice_and_never_not_at_all() {
    let world = World::new().await;
    world.aws.fault_next("SendMessage", Fault::AnswerLost, 1);
    assert_eq!(world.ask(&good(Sender::Twitch, "One")).await.status(), 503);
    assert_eq!(world.ask(&good(Sender::Twitch, "One")).await.status(), 204);
    let queued = world.queued().await;
    assert_eq!((queued.len(), &queued[0]["delivery"]), (2, &queued[1]["delivery"]));
    assert_eq!(world.ask(&good(Sender::Twitch, "One")).await.status(), 204);
    assert_eq!(world.queued().await.len(), 0);
}

#[tokio::test]
async fn a_sender_never_waits_for_long() {
    let world = World::new().await;
    let app = world.app_within(Duration::from_secs(2));
    assert_eq!(
        World::ask_of(&app, &Post::unsigned("generic", "")).await.status(),
        401,
        "the log key is read"
    );
    for operation in ["UpdateItem", "PutItem", "SendMessage"] {
        world.aws.fault_next(operation, Fault::Hang, 1);
        let begin = Instant::now();
        let answer = World::ask_of(&app, &good(Sender::Generic, operation)).await;
        assert_eq!(answer.status(), 503, "{operation}");
        assert!(begin.elapsed() < Duration::from_secs(20), "{operation}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn nobody_comes_from_nowhere() {
    let world = World::new().await;
    let answer = world.ask(&Post { source_ip: None, ..good(Sender::Generic, "One") }).await;
    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn a_field_that_is_wrong_is_named() {
    let world = World::new().await;
    let body = json!({ "type": "announcement", "title": "a", "ping": true }).to_string();
    let post = Post::unsigned("generic", &body).signed(Sender::Generic, COMMITTED_SECRET, "", COMMITTED_AT);
    let answer = world.ask(&post).await;
    assert_eq!((answer.status(), answer.code().as_str()), (400, "invalid_input"));
    let error: Value = serde_json::from_str(answer.body()).unwrap();
    assert!(error["error"]["fields"]["ping"].is_string(), "{error}");
    let slack =
        Post::unsigned("slack", "payload=%7B%7D").signed(Sender::Slack, COMMITTED_SECRET, "", COMMITTED_AT);
    assert_eq!(world.ask(&slack).await.code(), "invalid_input");
}
