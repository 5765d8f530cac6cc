//! `/privacy`: what a person reads, and what data-retention is asked for.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use serde_json::{Value, json};
use shared::clock::Clock;
use shared::discord::words::Locale;
use shared::ids::{InteractionId, UserId};
use shared::messages::{
    AccountJob, PrivacyAction, PrivacyMessage, PrivacyRequest, PrivacyRequestId, PrivacySource, PrivacyStatus,
};
use shared::privacy::DataSubject;
use shared::store::Db;
use shared::store::deferred::{DeferredReplies, Purpose, ReplyKind};
use testkit::signing::COMMITTED_AT;

use crate::testing::{
    BANNED, DENIED, From, GUILD, MEMBER, OTHER, PENDING, REVOKED, Said, UNKNOWN, World, app, envelope, event,
    member, now, operator, other, voice,
};

fn sub(name: &str) -> Value {
    json!([{ "name": name, "type": 1, "options": [] }])
}

fn status_of(request: &str) -> Value {
    json!([{ "name": "status", "type": 1, "options": [{ "name": "request", "type": 3, "value": request }] }])
}

/// Everything that waits for data-retention; each is received once.
async fn waiting(world: &World) -> Vec<PrivacyMessage> {
    let url = world.aws.queue_url("privacy");
    let receive = world.aws.sqs().receive_message().queue_url(url).max_number_of_messages(10);
    let messages = receive.send().await.unwrap().messages.unwrap_or_default();
    messages.iter().map(|message| PrivacyMessage::parse(message.body().unwrap()).unwrap()).collect()
}

/// The one request that waits.
async fn asked(world: &World) -> PrivacyRequest {
    match waiting(world).await[..] {
        [PrivacyMessage::Request(request)] => request,
        ref other => panic!("{other:?}"),
    }
}

fn is_thinking_in_private(said: &Said) -> bool {
    said.json["type"] == 5 && said.ephemeral()
}

#[tokio::test]
async fn a_copy_is_asked_for_and_its_number_is_said_to_nobody_else() {
    let mut world = World::empty().await;
    let said = world.command(member(), "privacy", sub("export")).await;
    let request = asked(&world).await;
    let expected = (DataSubject::User(MEMBER), PrivacyAction::Export, PrivacySource::Command);
    assert_eq!((request.subject(), request.action(), request.source()), expected);
    assert!(said.ephemeral() && said.text.contains(&request.id().to_string()), "{said:?}");
}

#[tokio::test]
async fn nothing_is_erased_before_the_question_is_answered_with_yes() {
    let mut world = World::empty().await;
    let question = world.command(member(), "privacy", sub("delete")).await;
    for said in ["400 days", "35 days", "40 days", "<t:1767355800:R>"] {
        assert!(question.ephemeral() && question.text.contains(said), "{said}: {question:?}");
    }
    let kept = world.press(member(), &question.button("Cancel")).await;
    assert!(kept.json["type"] == 7 && kept.text.contains("Nothing was deleted"), "{kept:?}");
    assert_eq!(waiting(&world).await, []);
    let said = world.press(member(), &question.button("Delete")).await;
    let request = asked(&world).await;
    let expected = (DataSubject::User(MEMBER), PrivacyAction::Erase, PrivacySource::Command);
    assert_eq!((request.subject(), request.action(), request.source()), expected);
    assert!(said.json["type"] == 7 && said.text.contains(&request.id().to_string()), "{said:?}");
}

#[tokio::test]
async fn two_presses_are_one_request_and_another_question_is_another() {
    let mut world = World::empty().await;
    let question = world.command(member(), "privacy", sub("delete")).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        world.press(member(), &question.button("Delete")).await;
        ids.push(asked(&world).await.id());
    }
    assert_eq!(ids[0], ids[1]);
    let theirs = world.command(other(), "privacy", sub("delete")).await;
    world.press(other(), &theirs.button("Delete")).await;
    let request = asked(&world).await;
    assert_eq!(request.subject(), DataSubject::User(OTHER));
    assert_ne!(request.id(), ids[0]);
}

/// A button says who was asked: in other hands it erases neither of the two.
#[tokio::test]
async fn somebody_elses_button_erases_nobody() {
    let mut world = World::empty().await;
    let question = world.command(member(), "privacy", sub("delete")).await;
    let said = world.press(other(), &question.button("Delete")).await;
    assert!(said.ephemeral() && said.text.contains("too old"), "{said:?}");
    let elsewhere = world.press(member().in_dm(), &question.button("Delete")).await;
    assert!(elsewhere.text.contains("only on a server"), "signed for one place: {elsewhere:?}");
    assert_eq!(waiting(&world).await, []);
}

#[tokio::test]
async fn an_old_question_is_no_question() {
    let mut world = World::empty().await;
    let question = world.command(member(), "privacy", sub("delete")).await;
    let delete = question.button("Delete");
    for (later, works) in [(599_i64, true), (600, false)] {
        (world.app, _) = app(&world.aws, Clock::fixed(now() + later.seconds()), BTreeMap::new());
        let pressed = json!({ "component_type": 2, "custom_id": delete });
        let body = envelope(member(), 3, pressed, 5_000 + later.unsigned_abs()).to_string();
        let said = world.raw(&event(&body, COMMITTED_AT + later)).await;
        assert_eq!(said.text.contains("is being deleted"), works, "{later}: {said:?}");
        assert_eq!(waiting(&world).await.len(), usize::from(works));
    }
}

#[tokio::test]
async fn how_far_it_is_is_owed_by_data_retention_and_seen_by_no_worker() {
    let mut world = World::with_voice().await;
    let id = PrivacyRequestId::of_digest(&[7; 32]);
    let typed = format!(" {} ", id.to_string().to_uppercase());
    for (options, request) in [(sub("status"), None), (status_of(&typed), Some(id))] {
        let said = world.command(member(), "privacy", options).await;
        assert!(is_thinking_in_private(&said), "{said:?}");
        let [PrivacyMessage::Status(look)] = waiting(&world).await[..] else { panic!("{said:?}") };
        assert_eq!(look.user(), MEMBER);
        let replies = DeferredReplies::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
        let tenant = AccountJob::tenant(look.user());
        let owed = replies.read(tenant, look.interaction_id(), now()).await.unwrap().unwrap();
        assert_eq!((owed.caller(), owed.kind()), (MEMBER, ReplyKind::Ephemeral));
        assert_eq!(*owed.purpose(), Purpose::PrivacyStatus { request });
        assert_eq!(replies.open_of(GUILD, now()).await.unwrap().len(), 0);
    }
    let odd = world.command(member(), "privacy", status_of("my export")).await;
    assert!(odd.ephemeral() && odd.text.contains("32 digits"), "{odd:?}");
    assert_eq!(waiting(&world).await, []);
}

#[tokio::test]
async fn if_data_retention_cannot_be_asked_nothing_is_owed_and_nothing_is_promised() {
    let mut world = World::configured(Clock::fixed(now()), |aws| {
        let mut env = voice(aws);
        env.insert("PRIVACY_QUEUE_URL", aws.queue_url("nobodys"));
        env
    })
    .await;
    let question = world.command(member(), "privacy", sub("delete")).await;
    for said in [
        world.command(member(), "privacy", sub("export")).await,
        world.press(member(), &question.button("Delete")).await,
        world.command(member(), "privacy", sub("status")).await,
    ] {
        assert!(said.ephemeral() && said.text.contains("try again"), "{said:?}");
    }
    let replies = DeferredReplies::new(Db::new(world.aws.dynamodb(), world.aws.prefix()));
    let last = InteractionId::new(1_456_000_000_000_000_004);
    let owed = replies.read(AccountJob::tenant(MEMBER), last, now()).await.unwrap();
    assert!(owed.is_none(), "a reply that nobody gives would be ended with an error");
}

/// A right needs no approval, and waits for nothing that its holder has not done.
#[tokio::test]
async fn it_works_wherever_somebody_is() {
    let mut world = World::empty().await;
    let everywhere = [GUILD, PENDING, REVOKED, UNKNOWN, BANNED, DENIED].map(|guild| member().at(guild));
    for from in everywhere.into_iter().chain([member().in_dm()]) {
        let said = world.command(from, "privacy", sub("what")).await;
        assert!(
            said.ephemeral() && said.text.contains("I know you by your Discord id"),
            "{from:?}: {said:?}"
        );
        let question = world.command(from, "privacy", sub("delete")).await;
        world.press(from, &question.button("Delete")).await;
        assert_eq!(asked(&world).await.subject(), DataSubject::User(MEMBER), "{from:?}");
    }
}

#[tokio::test]
async fn a_lockdown_holds_nobodys_rights_back() {
    let mut world = World::empty().await;
    let reason = json!([{ "name": "reason", "type": 3, "value": "drill" }]);
    let on = json!([{ "name": "on", "type": 1, "options": reason }]);
    let on = json!([{ "name": "lockdown", "type": 2, "options": on }]);
    world.command(operator(), "admin", on).await;
    assert!(world.command(member(), "queue", json!([])).await.text.contains("paused"));
    let said = world.command(member(), "privacy", sub("export")).await;
    assert!(said.text.contains(&asked(&world).await.id().to_string()), "{said:?}");
}

#[tokio::test]
async fn each_language_asks_before_and_says_the_number_after() {
    let mut world = World::empty().await;
    for (user, locale) in (5_001..).map(UserId::new).zip(Locale::ALL) {
        let from = From { user, ..member().speaking(locale.code()) };
        let question = world.command(from, "privacy", sub("delete")).await;
        let buttons = &question.json["data"]["components"][0]["components"][1]["components"];
        let delete = buttons[0]["custom_id"].as_str().unwrap().to_owned();
        let said = world.press(from, &delete).await;
        assert!(said.text.contains(&asked(&world).await.id().to_string()), "{locale:?}: {said:?}");
    }
}

#[test]
fn a_look_names_a_row_and_nothing_else() {
    let look = PrivacyStatus::new(MEMBER, InteractionId::new(7));
    assert_eq!(PrivacyMessage::parse(&look.to_body().unwrap()), Ok(PrivacyMessage::Status(look)));
}
