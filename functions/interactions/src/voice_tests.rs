//! What the voice worker is told, and what it owes (SPEC P1, P7, P8), driven through the whole function.

mod failures;

use core::future::Future as _;
use core::pin::pin;
use core::task::{Context, Poll};

use jiff::ToSpan as _;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::discord::words::{Locale, Message, Words};
use shared::domain::playback::Status;
use shared::domain::queue::{Command, EntryId};
use shared::domain::workers::{LeaseTimes, ShardId, WorkerId};
use shared::ids::InteractionId;
use shared::messages::Doorbell;
use shared::store::Db;
use shared::store::deferred::{DeferredReplies, DeferredReply, Purpose, ReplyKind};
use shared::store::leases::{Leases, Take};
use shared::store::votes::VoteStore;
use testkit::{Aws, Fault};

use crate::testing::{
    GUILD, MEMBER, OTHER, Said, UNKNOWN, World, envelope, event, member, now, operator, other, owner,
};

const THINKING: u64 = 5;

fn play(query: &str) -> Value {
    json!([{"name": "query", "type": 3, "value": query}])
}

fn db(aws: &Aws) -> Db {
    Db::new(aws.dynamodb(), aws.prefix())
}

async fn owed(world: &World) -> Vec<(InteractionId, DeferredReply)> {
    DeferredReplies::new(db(&world.aws)).open_of(GUILD, now()).await.unwrap()
}

/// The bells that have been rung since they were taken last.
async fn bells(world: &World) -> Vec<Doorbell> {
    let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("voice-0"));
    let received = receive.max_number_of_messages(10).wait_time_seconds(0).send().await.unwrap();
    let bodies = received.messages.unwrap_or_default().into_iter().filter_map(|message| message.body);
    bodies.map(|body| Doorbell::parse(&body).unwrap()).collect()
}

/// Every call, as `operation resource`.
fn calls(world: &World) -> Vec<String> {
    let calls = world.aws.take_calls().into_iter();
    calls
        .map(|call| {
            let on = call.needs.iter().next().map_or("", |need| need.resource.as_str()).to_owned();
            format!("{} {on}", call.operation)
        })
        .collect()
}

fn count(calls: &[String], what: &str) -> usize {
    calls.iter().filter(|call| *call == what).count()
}

async fn a_worker_is_there(world: &World) {
    let worker: WorkerId = "worker-1".parse().unwrap();
    let taken = Leases::new(db(&world.aws), LeaseTimes::DEFAULT).take(ShardId::new(0), &worker, now()).await;
    assert!(matches!(taken.unwrap(), Take::Mine(_)));
}

fn is_deferral(said: &Said, flags: u64) -> bool {
    said.json["type"] == THINKING && said.json["data"] == json!({ "flags": flags })
}

const RING: &str = "SendMessage queue/voice-0";
const SCHEDULE: &str = "SendMessage queue/reply-deadline";
const WAKE: &str = "Invoke function/voice-supervisor";
const LOOK: &str = "GetItem table/leases";
const OWE: &str = "PutItem table/deferred";

#[tokio::test]
async fn the_first_track_is_answered_by_the_worker() {
    let mut world = World::with_voice().await;
    let said = world.command(member().speaking("pt-BR"), "play", play("some song")).await;
    assert!(is_deferral(&said, 0), "{said:?}");
    let [(id, reply)] = owed(&world).await.try_into().unwrap();
    let entry = EntryId::new(id.get(), 0);
    assert_eq!((reply.caller(), reply.purpose().clone()), (MEMBER, Purpose::Play { entry }));
    assert_eq!((reply.kind(), reply.locale()), (ReplyKind::Public, "pt-BR"));
    assert_eq!(reply.deadline_at(), now() + 5.minutes());
    let queue = world.app.queue.view(GUILD, now()).await.unwrap();
    assert_eq!(queue.now().unwrap().slot.entry, entry);
    assert_eq!(bells(&world).await, [Doorbell::new(GUILD, queue.rev())]);
    assert_eq!(world.woken.next().await, json!({ "type": "wake", "version": 1, "shard": 0 }));
}

/// Whoever dies in between leaves a row that ends, or a change that is found.
#[tokio::test]
async fn what_is_owed_comes_before_the_change_and_the_bell_after_it() {
    let mut world = World::with_voice().await;
    world.aws.record_calls();
    world.command(member(), "play", play("some song")).await;
    let calls = calls(&world);
    let at = |what: &str| calls.iter().position(|call| call.starts_with(what)).unwrap();
    assert!(at(OWE).max(at(SCHEDULE)) < at("TransactWriteItems"), "{calls:?}");
    assert!(at("TransactWriteItems") < at(RING), "{calls:?}");
    assert_eq!(calls[calls.len() - 3..], [RING, LOOK, WAKE]);
}

/// Polls the function a number of times, then drops it, as a killed process does; `true` when it was done before.
async fn killed_after(world: &World, body: &Value, polls: usize) -> bool {
    let event = RawValue::from_string(event(&body.to_string(), now().as_second()).to_string()).unwrap();
    let mut running = pin!(crate::handle(&world.app, &event));
    let mut polled = 0;
    core::future::poll_fn(|context: &mut Context<'_>| {
        if running.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        polled += 1;
        if polled < polls { Poll::Pending } else { Poll::Ready(false) }
    })
    .await
}

#[tokio::test]
async fn killed_at_any_await_nothing_is_played_without_a_row_and_nothing_rung_without_a_change() {
    let data = json!({"id": "1", "name": "play", "type": 1, "options": play("some song")});
    for polls in 1.. {
        let world = World::with_voice().await;
        world.aws.record_calls();
        let done = killed_after(&world, &envelope(member(), 2, data.clone(), 55), polls).await;
        let rung = bells(&world).await;
        let playing = world.app.queue.view(GUILD, now()).await.unwrap().now().is_some();
        assert!(rung.is_empty() || playing, "after {polls} polls: a bell without a change");
        assert!(!playing || owed(&world).await.len() == 1, "after {polls} polls: a change without a row");
        assert!(
            !playing || count(&calls(&world), SCHEDULE) == 1,
            "after {polls} polls: a row without an end"
        );
        if done {
            assert!(playing && rung.len() == 1 && polls > 5, "{polls} polls");
            return;
        }
    }
}

#[tokio::test]
async fn a_track_that_waits_is_answered_at_once_and_owes_nothing() {
    let mut world = World::furnished_with_voice().await;
    a_worker_is_there(&world).await;
    world.aws.record_calls();
    let said = world.command(member(), "play", play("some song")).await;
    assert!(said.json["type"] == 4 && said.text.contains("some song"), "{said:?}");
    let calls = calls(&world);
    assert_eq!([RING, LOOK, WAKE, OWE, SCHEDULE].map(|what| count(&calls, what)), [1, 1, 0, 0, 0]);
}

/// Both see an idle queue; for one of them it is none any more.
#[tokio::test]
async fn of_two_first_tracks_at_once_one_is_owed_and_one_answered() {
    for first in (100_u64..).step_by(2).take(5) {
        let world = World::with_voice().await;
        let data = |title| json!({"id": "1", "name": "play", "type": 1, "options": play(title)});
        let one = envelope(member(), 2, data("first song"), first);
        let two = envelope(other(), 2, data("second song"), first + 1);
        let (one, two) = tokio::join!(world.send(&one), world.send(&two));
        let mut kinds = [&one, &two].map(|said| said.json["type"].as_u64().unwrap());
        kinds.sort_unstable();
        assert_eq!(kinds, [4, THINKING], "{one:?} {two:?}");
        let [(id, reply)] = owed(&world).await.try_into().unwrap();
        let current = world.app.queue.view(GUILD, now()).await.unwrap().now().unwrap().slot;
        assert_eq!(reply.purpose().clone(), Purpose::Play { entry: current.entry });
        assert_eq!((reply.caller(), EntryId::new(id.get(), 0)), (current.requester, current.entry));
    }
}

#[tokio::test]
async fn a_live_lease_is_rung_for_and_not_woken() {
    let mut world = World::furnished_with_voice().await;
    a_worker_is_there(&world).await;
    for name in ["pause", "resume", "shuffle", "stop"] {
        world.aws.record_calls();
        world.command(owner(), name, json!([])).await;
        let rev = world.app.queue.view(GUILD, now()).await.unwrap().rev();
        assert_eq!(bells(&world).await, [Doorbell::new(GUILD, rev)], "{name}");
        assert_eq!(count(&calls(&world), WAKE), 0, "{name}");
    }
    assert_eq!(owed(&world).await, []);
}

#[tokio::test]
async fn nobody_is_woken_for_silence() {
    let mut world = World::furnished_with_voice().await;
    for (name, woken) in [("pause", 0), ("shuffle", 0), ("resume", 1), ("stop", 0)] {
        world.aws.record_calls();
        world.command(owner(), name, json!([])).await;
        let calls = calls(&world);
        assert_eq!([RING, LOOK, WAKE].map(|what| count(&calls, what)), [1, 1, woken], "{name}");
    }
    world.aws.record_calls();
    world.command(owner(), "volume", json!([{"name": "percent", "type": 4, "value": 50}])).await;
    let calls = calls(&world);
    assert_eq!(
        [RING, LOOK, WAKE].map(|what| count(&calls, what)),
        [0, 0, 0],
        "an empty queue is nobody's news"
    );
}

#[tokio::test]
async fn a_denial_rings_nothing() {
    let mut world = World::furnished_with_voice().await;
    world.aws.record_calls();
    for (from, name, options) in [
        (member().at(UNKNOWN), "skip", json!([])),
        (owner(), "resume", json!([])),
        (owner(), "seek", json!([{"name": "time", "type": 3, "value": "soon"}])),
        (member(), "remove", json!([{"name": "position", "type": 4, "value": 99}])),
        (member(), "play", play("https://127.0.0.1/song.opus")),
    ] {
        let said = world.command(from, name, options).await;
        assert!(said.ephemeral(), "{name}: {said:?}");
    }
    let calls = calls(&world);
    assert_eq!([RING, LOOK, WAKE, OWE, SCHEDULE].map(|what| count(&calls, what)), [0; 5]);
}

#[tokio::test]
async fn join_is_answered_by_the_worker_and_wakes_it_on_an_empty_queue() {
    let mut world = World::with_voice().await;
    let said = world.command(member(), "join", json!([])).await;
    assert!(is_deferral(&said, 64), "{said:?}");
    let [(_, reply)] = owed(&world).await.try_into().unwrap();
    assert_eq!(
        (reply.caller(), reply.purpose().clone(), reply.kind()),
        (MEMBER, Purpose::Join, ReplyKind::Ephemeral)
    );
    assert_eq!(world.woken.next().await["type"], "wake");
    assert_eq!(bells(&world).await.len(), 1);
}

#[tokio::test]
async fn leave_holds_the_music_and_the_next_track_brings_it_back() {
    let mut world = World::furnished_with_voice().await;
    let said = world.command(owner(), "leave", json!([])).await;
    assert!(said.text.contains("leave the voice channel") && !said.ephemeral(), "{said:?}");
    let playback = world.app.queue.view(GUILD, now()).await.unwrap().playback();
    assert_eq!((playback.status(), playback.away()), (Status::Paused, true));
    let again = world.command(owner(), "leave", json!([])).await;
    assert!(again.text.contains("not in the voice channel") && again.ephemeral(), "{again:?}");
    world.aws.record_calls();
    world.command(owner(), "play", play("some song")).await;
    assert_eq!(count(&calls(&world), WAKE), 1);
    assert!(!world.app.queue.view(GUILD, now()).await.unwrap().playback().away());
}

#[tokio::test]
async fn a_vote_is_cast_and_counted_by_the_worker() {
    let mut world = World::furnished_with_voice().await;
    let now_playing = world.app.queue.view(GUILD, now()).await.unwrap().now().unwrap();
    for from in [member(), other(), member()] {
        let said = world.command(from, "voteskip", json!([])).await;
        assert!(is_deferral(&said, 0), "{said:?}");
    }
    let votes = VoteStore::new(db(&world.aws)).read(GUILD, now()).await.unwrap().unwrap();
    assert_eq!((votes.run, votes.voters), (now_playing.run, vec![MEMBER, OTHER]));
    let owed = owed(&world).await;
    let purpose = Purpose::VoteSkip { run: now_playing.run, entry: now_playing.slot.entry };
    assert_eq!(owed.iter().map(|(_, reply)| reply.purpose().clone()).collect::<Vec<_>>(), vec![purpose; 3]);
    assert_eq!(bells(&world).await.len(), 3);
}

#[tokio::test]
async fn nobody_votes_about_silence() {
    let mut world = World::with_voice().await;
    let said = world.command(member(), "voteskip", json!([])).await;
    assert!(said.text.contains("Nothing is playing") && said.ephemeral(), "{said:?}");
    assert_eq!((owed(&world).await, bells(&world).await), (vec![], vec![]));
}

#[tokio::test]
async fn a_vote_that_fails_owes_nothing() {
    let mut world = World::furnished_with_voice().await;
    // Three windows of the limiter come before.
    world.aws.fault_next("UpdateItem", Fault::None, 3);
    world.aws.fault_next("UpdateItem", Fault::Status500, 1);
    let said = world.command(member(), "voteskip", json!([])).await;
    assert!(said.text.contains("try again") && said.ephemeral(), "{said:?}");
    assert_eq!((owed(&world).await, bells(&world).await), (vec![], vec![]));
}

#[tokio::test]
async fn a_playlist_on_an_idle_queue_is_answered_by_the_worker() {
    let mut world = World::furnished_with_voice().await;
    world.queue(3_000, &Command::Stop).await;
    let name = json!([{"name": "name", "type": 3, "value": "Road Trip"}]);
    let said =
        world.command(owner(), "playlist", json!([{"name": "load", "type": 1, "options": name}])).await;
    assert!(is_deferral(&said, 0), "{said:?}");
    let current = world.app.queue.view(GUILD, now()).await.unwrap().now().unwrap().slot.entry;
    let [(_, reply)] = owed(&world).await.try_into().unwrap();
    assert_eq!(reply.purpose().clone(), Purpose::Play { entry: current });
}

#[tokio::test]
async fn without_voice_queues_are_kept_and_nobody_is_told() {
    let mut world = World::empty().await;
    world.aws.record_calls();
    for name in ["join", "leave", "voteskip"] {
        let said = world.command(owner(), name, json!([])).await;
        assert!(said.text.contains("not switched on") && said.ephemeral(), "{name}: {said:?}");
    }
    let said = world.command(operator(), "play", play("some song")).await;
    assert!(said.json["type"] == 4 && said.text.contains("some song"), "{said:?}");
    let calls = calls(&world);
    assert_eq!([RING, LOOK, WAKE, OWE, SCHEDULE].map(|what| count(&calls, what)), [0; 5]);
}

#[test]
fn the_new_answers_in_six_languages() {
    let messages = [Message::Left, Message::NotThere, Message::VoiceOff];
    let lines = Locale::ALL.iter().flat_map(|locale| {
        messages.iter().map(|message| format!("{}: {}\n", locale.code(), Words::new(*locale).say(message)))
    });
    let said: String = lines.collect();
    insta::assert_snapshot!("voice-answers", said);
}
