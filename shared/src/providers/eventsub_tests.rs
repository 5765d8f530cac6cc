use jiff::ToSpan as _;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const CALLBACK: &str = "https://bot.example.org/webhooks/twitch";

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn ada() -> Subject {
    "141981764".parse().unwrap()
}

fn callback() -> Url {
    CALLBACK.parse().unwrap()
}

fn told(id: &str, topic: Topic, status: &str) -> Value {
    json!({
        "id": id, "status": status, "type": topic.kind(), "version": "1", "cost": 0,
        "condition": { "broadcaster_user_id": "141981764", "user_id": "141981764" },
        "created_at": "2026-01-01T12:00:00.634234626Z",
        "transport": { "method": "webhook", "callback": CALLBACK },
    })
}

fn listed(told: &[Value]) -> Vec<Subscription> {
    let body = json!({ "total": told.len(), "data": told, "total_cost": 0, "max_total_cost": 10000, "pagination": {} });
    read_list(body.to_string().as_bytes()).unwrap().subscriptions
}

fn planned(told: &[Value], wanted: &[Topic]) -> Vec<Step> {
    plan(&listed(told), wanted, &ada(), &callback(), noon())
}

fn deleted(id: &str) -> Step {
    Step::Delete(id.to_owned())
}

#[test]
fn each_call_is_the_documented_one() {
    let secret = Secret::new("s3cre77890ab");
    let shown = |ask: HelixAsk| match ask.method {
        HelixMethod::Post(body) => {
            format!("POST {}\n{}", ask.url, String::from_utf8(body.expose().to_vec()).unwrap())
        }
        method => format!("{method:?} {}", ask.url),
    };
    let calls = [
        list(&ada(), None, None).unwrap(),
        list(&ada(), Some("eyJiIjpudWxsLCJhIjp7IkN1cnNvciI6ImV5"), None).unwrap(),
        create(Topic::Redemption, &ada(), &callback(), &secret, None).unwrap(),
        create(Topic::Chat, &ada(), &callback(), &secret, None).unwrap(),
        delete("26b1c993-bfcf-44d9-b876-379dacafe75a", None).unwrap(),
        delete("a&b", Some(&"http://127.0.0.1:9/twitch".parse().unwrap())).unwrap(),
    ];
    insta::assert_snapshot!(calls.map(shown).join("\n"), @r#"
    Get https://api.twitch.tv/helix/eventsub/subscriptions?user_id=141981764
    Get https://api.twitch.tv/helix/eventsub/subscriptions?user_id=141981764&after=eyJiIjpudWxsLCJhIjp7IkN1cnNvciI6ImV5
    POST https://api.twitch.tv/helix/eventsub/subscriptions
    {"type":"channel.channel_points_custom_reward_redemption.add","version":"1","condition":{"broadcaster_user_id":"141981764"},"transport":{"method":"webhook","callback":"https://bot.example.org/webhooks/twitch","secret":"s3cre77890ab"}}
    POST https://api.twitch.tv/helix/eventsub/subscriptions
    {"type":"channel.chat.message","version":"1","condition":{"broadcaster_user_id":"141981764","user_id":"141981764"},"transport":{"method":"webhook","callback":"https://bot.example.org/webhooks/twitch","secret":"s3cre77890ab"}}
    Delete https://api.twitch.tv/helix/eventsub/subscriptions?id=26b1c993-bfcf-44d9-b876-379dacafe75a
    Delete http://127.0.0.1:9/twitch/helix/eventsub/subscriptions?id=a%26b
    "#);
}

#[test]
fn a_secret_that_twitch_does_not_take_is_not_sent() {
    for bad in ["123456789", "", "with a space", "umlaut ä long", &"x".repeat(101)] {
        let asked = create(Topic::Chat, &ada(), &callback(), &Secret::new(bad), None);
        assert_eq!(asked, Err(NotAsked::Secret), "{bad}");
    }
    let shown =
        format!("{:?}", create(Topic::Chat, &ada(), &callback(), &Secret::new("hunter2hunter2"), None));
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_list_reads_as_documented_and_its_end_is_seen() {
    let other = json!({
        "id": "c", "status": "enabled", "type": "user.update", "version": "1", "condition": { "user_id": "1" },
        "created_at": "2026-01-01T12:00:00Z", "transport": { "method": "websocket", "session_id": "s" }, "cost": 1,
    });
    let all = listed(&[
        told("a", Topic::Chat, "enabled"),
        told("b", Topic::Redemption, "authorization_revoked"),
        told("p", Topic::Chat, "webhook_callback_verification_pending"),
        other,
    ]);
    let seen: Vec<_> = all.iter().map(|one| (one.topic, one.standing, one.callback.is_some())).collect();
    let expected = [
        (Some(Topic::Chat), Standing::Enabled, true),
        (Some(Topic::Redemption), Standing::Ended, true),
        (Some(Topic::Chat), Standing::Pending, true),
        (None, Standing::Enabled, false),
    ];
    assert_eq!(seen, expected);
    let next = |pagination: Value| {
        read_list(json!({ "data": [], "pagination": pagination }).to_string().as_bytes()).unwrap().next
    };
    assert_eq!(
        (next(json!({ "cursor": "x" })), next(json!({ "cursor": "" })), next(json!({}))),
        (Some("x".into()), None, None)
    );
    assert_eq!(
        read_created(json!({ "data": [told("a", Topic::Chat, "enabled")] }).to_string().as_bytes()),
        Ok(Standing::Enabled)
    );
    let nameless = told("", Topic::Chat, "enabled");
    for odd in [json!({}), json!({ "data": [{}] }), json!({ "data": [nameless] }), json!([])] {
        assert_eq!(read_list(odd.to_string().as_bytes()), Err(Malformed), "{odd}");
    }
    assert_eq!(read_created(br#"{"data":[]}"#), Err(Malformed));
}

#[test]
fn what_is_missing_is_made_and_what_has_ended_is_made_anew() {
    let both = Topic::ALL.map(Step::Create).to_vec();
    assert_eq!(planned(&[], &Topic::ALL), both);
    let whole = [
        told("a", Topic::Redemption, "enabled"),
        told("b", Topic::Chat, "webhook_callback_verification_pending"),
    ];
    assert_eq!(planned(&whole, &Topic::ALL), []);
    let half =
        [told("a", Topic::Redemption, "enabled"), told("b", Topic::Chat, "notification_failures_exceeded")];
    assert_eq!(planned(&half, &Topic::ALL), [deleted("b"), Step::Create(Topic::Chat)]);
}

#[test]
fn what_is_not_wanted_or_there_twice_ends() {
    let twice = [told("a", Topic::Chat, "enabled"), told("b", Topic::Chat, "enabled")];
    assert_eq!(planned(&twice, &[Topic::Chat]), [deleted("b")]);
    assert_eq!(planned(&twice, &[]), [deleted("a"), deleted("b")]);
}

#[test]
fn what_others_hear_is_left_alone() {
    let mut elsewhere = told("a", Topic::Chat, "enabled");
    elsewhere["transport"]["callback"] = json!("https://dev.example.org/webhooks/twitch");
    let mut of_grace = told("b", Topic::Chat, "enabled");
    of_grace["condition"] = json!({ "broadcaster_user_id": "73904428", "user_id": "141981764" });
    let mut follows = told("c", Topic::Chat, "enabled");
    follows["type"] = json!("channel.follow");
    assert_eq!(planned(&[elsewhere, of_grace, follows], &[]), []);
}

#[test]
fn an_old_one_is_made_anew_with_the_secret_of_today() {
    let subscriptions = listed(&[told("a", Topic::Chat, "enabled")]);
    let at = |hours: i64| {
        plan(&subscriptions, &[Topic::Chat], &ada(), &callback(), noon() - 24.hours() + hours.hours())
    };
    assert_eq!(at(71), []);
    assert_eq!(at(73), [deleted("a"), Step::Create(Topic::Chat)]);
}

fn any_subscription() -> impl Strategy<Value = Subscription> {
    let topic = prop_oneof![Just(None), Just(Some(Topic::Redemption)), Just(Some(Topic::Chat))];
    let standing = prop_oneof![Just(Standing::Enabled), Just(Standing::Pending), Just(Standing::Ended)];
    ("[a-z]{8}", topic, any::<bool>(), any::<bool>(), standing, 0_i64..200).prop_map(
        |(id, topic, own, here, standing, hours)| Subscription {
            id,
            topic,
            broadcaster: Some(if own { "141981764" } else { "7" }.to_owned()),
            callback: Some(if here { CALLBACK } else { "https://else.example" }.to_owned()),
            standing,
            created_at: noon() - hours.hours(),
        },
    )
}

proptest! {
    /// Once the steps are done, every wanted topic is heard once and nothing else is; doing it again does nothing.
    #[test]
    fn one_plan_is_enough(
        existing in proptest::collection::vec(any_subscription(), 0..12),
        wanted in proptest::sample::subsequence(Topic::ALL.to_vec(), 0..=2),
    ) {
        let mut after = existing.clone();
        for step in plan(&existing, &wanted, &ada(), &callback(), noon()) {
            match step {
                Step::Delete(id) => {
                    let at = after.iter().position(|one| one.id == id);
                    let gone = after.remove(at.unwrap());
                    prop_assert_eq!((gone.callback.as_deref(), gone.broadcaster.as_deref()), (Some(CALLBACK), Some("141981764")));
                }
                Step::Create(topic) => after.push(Subscription {
                    id: format!("{topic:?}"),
                    topic: Some(topic),
                    broadcaster: Some("141981764".to_owned()),
                    callback: Some(CALLBACK.to_owned()),
                    standing: Standing::Pending,
                    created_at: noon(),
                }),
            }
        }
        prop_assert_eq!(plan(&after, &wanted, &ada(), &callback(), noon()), vec![]);
        let ours = after.iter().filter(|one| one.topic.is_some() && one.callback.as_deref() == Some(CALLBACK) && one.broadcaster.as_deref() == Some("141981764"));
        prop_assert_eq!(ours.count(), wanted.len());
    }

    #[test]
    fn no_answer_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (read_list(&body), read_created(&body));
    }
}
