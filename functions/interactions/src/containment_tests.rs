//! The function in each level of containment, and how operators move it (SPEC T33).

use serde_json::{Value, json};
use shared::domain::containment::{Act, Level};
use shared::messages::{Control, Order};
use shared::store::flags::Move;
use testkit::Fault;
use testkit::signing::COMMITTED_AT;

use crate::testing::{From, OPERATOR, OPERATOR_2, World, envelope, event, member, now, operator};

/// What somebody reads who wants music meanwhile.
const PAUSED: [(&str, &str); 6] = [
    ("en-US", "paused for maintenance"),
    ("de", "wegen Wartung angehalten"),
    ("fr", "en pause"),
    ("es-ES", "en pausa por mantenimiento"),
    ("pt-BR", "em pausa"),
    ("ja", "停止"),
];

fn second() -> From {
    From { user: OPERATOR_2, ..operator() }
}

fn on(level: Option<i64>) -> Value {
    let level = level.map(|level| json!({"name": "level", "type": 4, "value": level}));
    let reason = json!({"name": "reason", "type": 3, "value": "drill"});
    let options: Vec<_> = [reason].into_iter().chain(level).collect();
    json!([{"name": "lockdown", "type": 2, "options": [{"name": "on", "type": 1, "options": options}]}])
}

fn resume() -> Value {
    json!([{"name": "lockdown", "type": 2, "options": [{"name": "resume", "type": 1, "options": []}]}])
}

async fn at(level: Level) -> World {
    let world = World::empty().await;
    if level > Level::L0 {
        let act = Act { by: OPERATOR.into(), at: now() };
        world.app.flags.make(&Move::Raise(level, act, "drill".parse().unwrap())).await.unwrap();
    }
    world
}

/// Everything that waits for security-alarms; each is received once.
async fn orders(world: &World) -> Vec<Order> {
    let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("control"));
    let received = receive.max_number_of_messages(10).send().await.unwrap().messages.unwrap_or_default();
    received.iter().map(|message| Control::parse(message.body().unwrap()).unwrap().order().clone()).collect()
}

/// Discord takes the address away from a bot that does not answer a ping, or that answers a forged request.
#[tokio::test]
async fn pings_are_answered_and_forgeries_refused_in_every_level() {
    for level in Level::ALL {
        let world = at(level).await;
        let ping = world.send(&envelope(member().in_dm(), 1, Value::Null, 901)).await;
        assert_eq!((ping.status, &ping.json), (200, &json!({"type": 1})), "{level:?}");
        let body = envelope(member(), 2, json!({"id": "1", "name": "queue", "type": 1}), 902);
        let mut forged = event(&body.to_string(), COMMITTED_AT);
        forged["headers"]["x-signature-ed25519"] = "00".repeat(64).into();
        assert_eq!(world.raw(&forged).await.status, 401, "{level:?}");
    }
}

#[tokio::test]
async fn music_says_that_it_is_paused_in_the_callers_language() {
    for level in Level::ALL.into_iter().skip(1) {
        let mut world = at(level).await;
        for (locale, words) in PAUSED {
            let said = world.command(member().speaking(locale), "queue", json!([])).await;
            assert!(said.ephemeral() && said.text.contains(words), "{level:?} {locale}: {said:?}");
        }
    }
    let calm = at(Level::L0).await.command(member(), "queue", json!([])).await;
    assert!(!calm.text.contains("maintenance"), "{calm:?}");
}

#[tokio::test]
async fn a_level_is_laid_and_the_account_told_to_follow() {
    for (level, laid, words) in [
        (None, Level::L1, "paused everywhere"),
        (Some(1), Level::L1, "paused everywhere"),
        (Some(2), Level::L2, "level 2"),
        (Some(3), Level::L3, "level 3"),
    ] {
        let mut world = World::empty().await;
        let said = world.command(operator(), "admin", on(level)).await;
        assert!(said.ephemeral() && said.text.contains(words), "{level:?}: {said:?}");
        assert_eq!(world.app.flags.level().await, Ok(laid));
        assert_eq!(orders(&world).await, [Order::Contain { incident: None }]);
    }
}

/// What cannot be taken back is not to be had by whoever holds an operator's Discord account.
#[tokio::test]
async fn the_levels_without_a_way_back_are_not_to_be_had_in_discord() {
    let mut world = World::empty().await;
    for level in [0, 4, 5, -1, 256 + 1] {
        let said = world.command(operator(), "admin", on(Some(level))).await;
        assert!(said.text.contains("between 1 and 3"), "{level}: {said:?}");
    }
    assert_eq!(world.app.flags.level().await, Ok(Level::L0));
    assert!(orders(&world).await.is_empty());
}

#[tokio::test]
async fn two_operators_lift_it_and_the_account_is_told_to_follow() {
    let mut world = World::empty().await;
    world.command(operator(), "admin", on(Some(2))).await;
    assert_eq!(orders(&world).await.len(), 1);
    let asked = world.command(operator(), "admin", resume()).await;
    assert!(asked.text.contains("second operator"), "{asked:?}");
    assert!(orders(&world).await.is_empty(), "nothing has moved");
    world.command(second(), "admin", resume()).await;
    assert_eq!(world.app.flags.level().await, Ok(Level::L0));
    assert_eq!(orders(&world).await, [Order::Contain { incident: None }]);
}

/// The flag is the truth: the order is only a doorbell.
#[tokio::test]
async fn an_order_that_is_lost_takes_nothing_back() {
    let mut world = World::empty().await;
    world.aws.fault_next("SendMessage", Fault::Status500, 3);
    let said = world.command(operator(), "admin", on(Some(3))).await;
    assert!(said.text.contains("level 3"), "{said:?}");
    assert_eq!(world.app.flags.level().await, Ok(Level::L3));
    assert!(orders(&world).await.is_empty());
}
