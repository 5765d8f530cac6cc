//! Every committed event, freshly signed, through the process: answered once, and refused in every altered form.

use std::collections::BTreeSet;

use aws_local::lambda::Function;
use serde_json::Value;
use testkit::iam::needed;
use testkit::signing::{COMMITTED_AT, DiscordKey};
use testkit::{Fixture, fixtures};

use crate::grants::{beyond, of_the_code};
use crate::log::{is_private, personal};
use crate::world::{Answer, World, now};

/// Events that one process takes, one after the other. With more the limits of a minute would answer.
const AT_A_TIME: usize = 5;

/// What shuts the others out comes last.
fn events() -> Vec<Fixture> {
    let mut events = fixtures("interactions").unwrap();
    let shuts = |event: &Fixture| event.name.contains("lockdown") || event.name.contains("revoke");
    events.sort_by_key(shuts);
    events
}

fn signed(event: &Value, at: i64) -> Value {
    let mut event = event.clone();
    DiscordKey::committed().sign_event(&mut event, at);
    event
}

/// The same with another byte in its body, which stays JSON.
fn altered(event: &Value) -> Value {
    let body = event["body"].as_str().unwrap();
    let at = body.find(r#""token":""#).unwrap() + r#""token":""#.len();
    let other = if body.as_bytes()[at] == b'x' { "y" } else { "x" };
    let mut event = event.clone();
    event["body"] = [&body[..at], other, &body[at + 1..]].concat().into();
    event
}

async fn ask(function: &Function, event: &Value) -> Answer {
    Answer::read(&function.invoke(event).await.unwrap())
}

/// A PING and what cannot be read change nothing and leave nothing that could be remembered.
fn is_remembered(event: &Value, answer: &Answer) -> bool {
    let body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    body["type"] != 1 && answer.status == 200
}

async fn comes_in_once(function: &Function, Fixture { name, event, .. }: &Fixture) {
    let fresh = signed(event, now().as_second());
    let answer = ask(function, &fresh).await;
    assert!([200, 400].contains(&answer.status) && answer.json.is_object(), "{name}: {answer:?}");
    let again = ask(function, &fresh).await;
    assert_eq!(again.is_refusal(), is_remembered(&fresh, &answer), "{name} again: {again:?}");
    for (what, refused) in [("altered", altered(&fresh)), ("stale", signed(event, COMMITTED_AT))] {
        let answer = ask(function, &refused).await;
        assert!(answer.is_refusal(), "{name} {what}: {answer:?}");
    }
}

#[tokio::test]
async fn every_event_comes_in_once_and_leaves_nothing_personal_in_the_log() {
    let (mut secrets, mut lines, mut calls) = (BTreeSet::new(), Vec::new(), Vec::new());
    for events in events().chunks(AT_A_TIME) {
        let world = World::at(now()).await;
        world.aws.record_calls();
        let function = world.function();
        for event in events {
            comes_in_once(&function, event).await;
            personal(&event.event, &mut secrets);
        }
        lines.extend(function.finish());
        calls.extend(world.aws.take_calls());
    }
    assert_eq!(beyond(needed(calls), &of_the_code()), [""; 0], "called and not granted");
    is_private(&lines, &secrets);
    let says = |word: &str| lines.iter().any(|line| line.contains(word));
    assert!(
        ["bad_signature", "stale", "replayed"].iter().all(|reason| says(reason)),
        "each refusal has its reason"
    );
    assert!(
        !says("RATE_LIMITED") && !says("store_failures"),
        "something else than the events was answered to"
    );
}

/// How long it takes is told and not judged: that is for the benchmarks.
#[tokio::test]
async fn it_starts() {
    let world = World::at(now()).await;
    let function = world.function();
    println!("from its start to the first poll: {:?}", function.ready().await.unwrap());
}

#[tokio::test]
async fn without_its_configuration_it_does_not_start_and_says_what_is_missing() {
    let world = World::at(now()).await;
    let mut environment = world.environment();
    environment.remove("DISCORD_PUBLIC_KEYS");
    let function = World::function_with(environment);
    assert!(function.ready().await.is_err());
    let said = function.finish().join("\n");
    assert!(said.contains("DISCORD_PUBLIC_KEYS"), "{said}");
}
