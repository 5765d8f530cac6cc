//! What operators see of incidents, and what the buttons of an incident's card order (SPEC T16, T27, T33, T34).

use jiff::{SignedDuration, ToSpan as _};
use serde_json::json;
use shared::clock::Rng;
use shared::domain::containment::{Act, Level};
use shared::domain::incident::{Alert, Incident, IncidentId, Notice, Status};
use shared::messages::{Control, Order};
use shared::security::custom_id::{Action, CustomIds, INCIDENTS_TENANT, IncidentDeed};
use shared::security::key_set::KeySet;
use shared::security::secret::Secret;
use shared::store::flags::Move;
use testkit::Fault;

use crate::testing::{
    CUSTOM_ID_KEY, From, GUILD, OPERATOR, OPERATOR_2, Said, UNKNOWN, World, member, now, operator, other,
    owner,
};

fn incident(alert: Alert, minutes_ago: i64) -> Incident {
    let opened_at = now() - minutes_ago.minutes();
    let id = IncidentId::new(opened_at, Rng::system()).unwrap();
    let severity = alert.rule().severity;
    Incident {
        alert,
        severity,
        status: Status::Open,
        resolved_at: None,
        count: 1,
        ..Notice::test(id, opened_at).incident
    }
}

fn over(incident: Incident) -> Incident {
    Incident { status: Status::Resolved, resolved_at: Some(now()), ..incident }
}

async fn begin(world: &World, incident: &Incident) -> IncidentId {
    let cause = world.app.incidents.of_cause(incident.fingerprint(), now()).await.unwrap();
    world.app.incidents.begin(incident, &cause).await.unwrap().unwrap();
    incident.id
}

fn ids() -> CustomIds {
    CustomIds::from_key_set(&KeySet::parse(&Secret::new(CUSTOM_ID_KEY)).unwrap()).unwrap()
}

fn button(deed: IncidentDeed, incident: IncidentId) -> String {
    ids().sign(&Action::Incident(deed, incident), INCIDENTS_TENANT)
}

/// Everything that waits for security-alarms; each is received once.
async fn orders(world: &World) -> Vec<Order> {
    let receive = world.aws.sqs().receive_message().queue_url(world.aws.queue_url("control"));
    let received = receive.max_number_of_messages(10).send().await.unwrap().messages.unwrap_or_default();
    received.iter().map(|message| Control::parse(message.body().unwrap()).unwrap().order().clone()).collect()
}

/// The actions in the operators' chain, the latest first.
async fn trail(world: &World) -> Vec<String> {
    let rows = world.app.audit.latest("operators", 20, None, now()).await.unwrap();
    rows.iter().map(|row| row.event.action().to_owned()).collect()
}

async fn list(world: &mut World, from: From) -> Said {
    world.command(from, "admin", json!([{ "name": "incidents", "type": 1, "options": [] }])).await
}

fn second() -> From {
    From { user: OPERATOR_2, ..operator() }
}

#[tokio::test]
async fn what_goes_on_comes_first_and_the_most_urgent_of_it() {
    let mut world = World::empty().await;
    assert!(list(&mut world, operator()).await.text.contains("Nothing has happened"));
    for one in [
        incident(Alert::Budget, 1),
        over(incident(Alert::UnderAttack, 2)),
        incident(Alert::StoreFailures, 30),
        over(incident(Alert::Checkpoints, 3)),
    ] {
        begin(&world, &one).await;
    }
    let said = list(&mut world, operator()).await;
    let at = |text: &str| said.text.find(text).unwrap_or_else(|| panic!("{text} in {said:?}"));
    let order = [at("does not answer"), at("more than was agreed"), at("Under attack"), at("are not signed")];
    assert!(order.is_sorted() && said.ephemeral(), "{said:?}");
    assert!(list(&mut world, second().speaking("de")).await.text.contains("Eine Tabelle antwortet nicht"));
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let mut world = World::empty().await;
    for (at, alert) in Alert::ALL.into_iter().enumerate().take(12) {
        let minutes = i64::try_from(at).unwrap();
        begin(&world, &over(incident(alert, minutes))).await;
    }
    let first = list(&mut world, operator()).await;
    let second = world.press(operator(), &first.button("More")).await;
    assert_eq!((first.text.matches("`I-").count(), second.text.matches("`I-").count()), (10, 2));
    assert_eq!(second.json["type"], 7, "the message itself turns its page");
    let back = world.press(operator(), &second.button("Back")).await;
    assert_eq!(back.text, first.text);
}

#[tokio::test]
async fn nobody_but_operators_sees_them_or_touches_them() {
    let mut world = World::empty().await;
    let id = begin(&world, &incident(Alert::StoreFailures, 1)).await;
    for from in [member(), owner()] {
        let said = list(&mut world, from).await;
        assert!(said.text.contains("operator") && !said.text.contains("I-"), "{said:?}");
        for deed in IncidentDeed::ALL {
            let said = world.press(from, &button(deed, id)).await;
            assert!(said.ephemeral() && said.text.contains("operator"), "{deed}: {said:?}");
        }
    }
    assert!(orders(&world).await.is_empty() && trail(&world).await.is_empty());
    assert_eq!(world.app.flags.level().await, Ok(Level::L0));
}

/// Each press is a row of the trail and one order, in the name that the row has.
#[tokio::test]
async fn a_press_is_a_row_and_an_order() {
    for (deed, action, words) in [
        (IncidentDeed::Acknowledge, "incident.acknowledge", "you have it"),
        (IncidentDeed::Resolve, "incident.resolve", "Closed"),
        (IncidentDeed::Silence, "incident.silence", "Silenced"),
    ] {
        let mut world = World::empty().await;
        let incident = begin(&world, &incident(Alert::StoreFailures, 1)).await;
        let said = world.press(operator(), &button(deed, incident)).await;
        assert!(said.ephemeral() && said.json["type"] == 4 && said.text.contains(words), "{said:?}");
        let rows = world.app.audit.latest("operators", 20, None, now()).await.unwrap();
        let [row] = &rows[..] else { panic!("{rows:?}") };
        let by = row.event.admin().as_str().to_owned();
        assert!(by.starts_with("admin_") && row.event.action() == action);
        assert_eq!(serde_json::to_value(&row.event).unwrap()["details"]["incident"], incident.to_string());
        let expected = match deed {
            IncidentDeed::Acknowledge => Order::Acknowledge { incident, by },
            IncidentDeed::Resolve => Order::Resolve { incident, by },
            IncidentDeed::Silence | IncidentDeed::Contain => Order::Silence { incident, for_s: 3_600, by },
        };
        assert_eq!(orders(&world).await, [expected]);
        assert_eq!(
            world.log.lines().iter().filter(|line| line["event_type"] == "ADMINISTRATIVE_ACTION").count(),
            1
        );
    }
}

/// The card is in the operators' own server, which nobody has to have approved, and in direct messages; and when it is
/// needed the bot is locked down.
#[tokio::test]
async fn the_buttons_work_wherever_the_card_is_and_in_every_level() {
    let mut world = World::empty().await;
    let id = begin(&world, &incident(Alert::StoreFailures, 1)).await;
    let button = button(IncidentDeed::Acknowledge, id);
    for from in [operator().at(UNKNOWN), operator().in_dm()] {
        assert!(world.press(from, &button).await.text.contains("you have it"), "{from:?}");
    }
    for level in [Level::L1, Level::L3, Level::L5] {
        let act = Act { by: OPERATOR.into(), at: now() };
        world.app.flags.make(&Move::Raise(level, act, "a drill".parse().unwrap())).await.unwrap();
        world.app.standings.put_level(level, now());
        assert!(world.command(other(), "queue", json!([])).await.text.contains("paused"), "{level:?}");
        let said = world.press(second().at(GUILD), &button).await;
        assert!(said.text.contains("you have it"), "{level:?}: {said:?}");
    }
    assert_eq!(orders(&world).await.len(), 5);
}

#[tokio::test]
async fn the_answer_is_in_the_operators_own_language() {
    for (locale, words) in [
        ("de", "Du kümmerst dich"),
        ("fr", "tu t'en occupes"),
        ("es-ES", "te encargas"),
        ("pt-BR", "você cuida"),
        ("ja", "あなたの担当"),
    ] {
        let mut world = World::empty().await;
        let id = begin(&world, &incident(Alert::StoreFailures, 1)).await;
        let said = world.press(operator().speaking(locale), &button(IncidentDeed::Acknowledge, id)).await;
        assert!(said.text.contains(words), "{said:?}");
    }
}

#[tokio::test]
async fn containing_raises_the_flag_and_rings_once_for_each_press() {
    let mut world = World::empty().await;
    let incident = begin(&world, &incident(Alert::StoreFailures, 1)).await;
    let hold = button(IncidentDeed::Contain, incident);
    let said = world.press(operator(), &hold).await;
    assert!(said.ephemeral() && said.text.contains("because of this incident"), "{said:?}");
    let flag = world.app.flags.read().await.unwrap();
    let reason = flag.raised().unwrap().reason().as_str().to_owned();
    assert_eq!((flag.level(), reason), (Level::L1, format!("incident {}", incident.short())));
    assert!(world.command(other(), "queue", json!([])).await.text.contains("paused"));
    // A second press changes nothing, but rings again: the first may have died in between.
    assert!(world.press(second(), &hold).await.text.contains("paused already"));
    let ring = Order::Contain { incident: Some(incident) };
    assert_eq!(orders(&world).await, [ring.clone(), ring]);
    assert_eq!(trail(&world).await, ["containment.raise"]);
}

/// Neither a table of incidents that fails nor a queue that does keeps anybody from pausing the bot.
#[tokio::test]
async fn containing_waits_for_nothing_else() {
    let mut world = World::empty().await;
    let id = incident(Alert::StoreFailures, 1).id;
    world.aws.fault_next("SendMessage", Fault::Status500, 1);
    let said = world.press(operator(), &button(IncidentDeed::Contain, id)).await;
    assert!(said.text.contains("because of this incident"), "{said:?}");
    assert_eq!(world.app.flags.level().await, Ok(Level::L1));
    assert!(world.log.text().contains("control_queue"));
}

#[tokio::test]
async fn what_is_over_or_gone_is_said_to_be() {
    let mut world = World::empty().await;
    let ended = begin(&world, &over(incident(Alert::StoreFailures, 1))).await;
    let gone = incident(Alert::Budget, 1).id;
    for (id, words) in [(ended, "over already"), (gone, "no longer know")] {
        let said = world.press(operator(), &button(IncidentDeed::Silence, id)).await;
        assert!(said.ephemeral() && said.text.contains(words), "{said:?}");
    }
    assert!(orders(&world).await.is_empty() && trail(&world).await.is_empty());
}

/// Nothing is said to be done that nobody was told to do.
#[tokio::test]
async fn a_queue_that_fails_is_said() {
    let mut world = World::empty().await;
    let id = begin(&world, &incident(Alert::StoreFailures, 1)).await;
    let ack = button(IncidentDeed::Acknowledge, id);
    for fault in [Fault::Status500, Fault::Hang] {
        world.aws.fault_next("SendMessage", fault, 1);
        let said = world.press(operator(), &ack).await;
        assert!(said.ephemeral() && said.text.contains("try again"), "{fault:?}: {said:?}");
    }
    assert!(world.press(operator(), &ack).await.text.contains("you have it"));
    assert_eq!(trail(&world).await, ["incident.acknowledge"; 3], "each try is in the trail");
}

/// A button of an incident belongs to no tenant, and nothing else may be signed like it.
#[tokio::test]
async fn a_button_works_for_what_it_was_signed_for_alone() {
    let mut world = World::empty().await;
    let id = begin(&world, &incident(Alert::StoreFailures, 1)).await;
    let deed = Action::Incident(IncidentDeed::Acknowledge, id);
    let good = ids().sign(&deed, INCIDENTS_TENANT);
    let altered = good.replace(".ack.", ".hold.");
    for forged in [
        ids().sign(&deed, &GUILD.to_string()),
        ids().sign(&Action::AdminApprove(UNKNOWN), INCIDENTS_TENANT),
        ids().sign(&Action::Skip, INCIDENTS_TENANT),
        altered,
        format!("{good}x"),
    ] {
        let said = world.press(operator(), &forged).await;
        assert!(said.ephemeral() && said.text.contains("too old"), "{forged}: {said:?}");
    }
    assert!(orders(&world).await.is_empty() && trail(&world).await.is_empty());
}

/// SPEC T16: one alert for each ban, not for each attempt.
#[tokio::test]
async fn a_ban_is_told_to_the_alarms_once() {
    let mut world = World::empty().await;
    for _ in 0..14 {
        world.command(member().at(UNKNOWN), "queue", json!([])).await;
    }
    assert_eq!(orders(&world).await, [Order::Raise { alert: Alert::GuildBanned, label: None }]);
}

#[tokio::test]
async fn a_ban_stands_although_nobody_could_be_told() {
    let mut world = World::empty().await;
    for _ in 0..10 {
        world.command(member().at(UNKNOWN), "queue", json!([])).await;
    }
    world.aws.fault_next("SendMessage", Fault::Hang, 1);
    let began = tokio::time::Instant::now();
    let said = world.command(member().at(UNKNOWN), "queue", json!([])).await;
    assert!(said.text.contains("too many attempts"), "{said:?}");
    assert!(began.elapsed() < SignedDuration::from_millis(1_700).unsigned_abs());
    assert!(world.log.text().contains("control_queue"));
    assert!(world.command(member().at(UNKNOWN), "queue", json!([])).await.text.contains("too many attempts"));
}
