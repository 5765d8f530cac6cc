//! What operators see and decide, driven through the whole function (SPEC P10, T37, W23).

use serde_json::{Value, json};
use shared::domain::access::Step;
use shared::ids::GuildId;

use crate::testing::{From, GUILD, OPERATOR, OPERATOR_2, OWNER, PENDING, Said, World, now, operator};

fn second_operator() -> From {
    From { user: OPERATOR_2, ..operator() }
}

fn sub(name: &str, options: &[Value]) -> Value {
    json!([{"name": name, "type": 1, "options": options}])
}

fn text(name: &str, value: &str) -> Value {
    json!({"name": name, "type": 3, "value": value})
}

/// Guilds that wait or were refused, far from those of the world.
async fn crowd(world: &World, count: u64, deny: bool) -> Vec<GuildId> {
    let first = if deny { 900 } else { 100 };
    let guilds: Vec<_> = (first..first + count).map(GuildId::new).collect();
    for guild in &guilds {
        world.app.access.take(*guild, &Step::Request { by: OWNER }, now()).await.unwrap();
        if deny {
            let step = Step::Deny { by: OPERATOR, reason: "no".parse().unwrap() };
            world.app.access.take(*guild, &step, now()).await.unwrap();
        }
    }
    guilds
}

fn shown(said: &Said, guilds: &[GuildId]) -> usize {
    guilds.iter().filter(|guild| said.text.contains(&format!("`{guild}`"))).count()
}

#[tokio::test]
async fn a_list_of_one_state_keeps_to_it_on_its_second_page() {
    let mut world = World::empty().await;
    let (waiting, refused) = (crowd(&world, 6, false).await, crowd(&world, 6, true).await);
    let said = world.command(operator(), "admin", sub("list", &[text("status", "denied")])).await;
    assert!(shown(&said, &refused) >= 4 && shown(&said, &waiting) == 0, "{said:?}");
    let second = world.press(operator(), &said.button("More")).await;
    assert!(shown(&second, &refused) >= 1 && shown(&second, &waiting) == 0, "{second:?}");
    let first = world.press(operator(), &second.button("Back")).await;
    assert_eq!(first.text, said.text);
    let everybody = world.command(operator(), "admin", sub("list", &[])).await;
    let second = world.press(operator(), &everybody.button("More")).await;
    assert!(shown(&second, &waiting) >= 1, "{second:?}");
}

/// Each look is a row of the guild's chain; the lockdown is one of the operators'.
#[tokio::test]
async fn an_audit_of_one_server_keeps_to_it_on_its_second_page() {
    let mut world = World::empty().await;
    let about = [text("server", &GUILD.to_string()), json!({"name": "hours", "type": 4, "value": 5})];
    for _ in 0..5 {
        world.command(operator(), "admin", sub("audit", &about)).await;
    }
    let reason = text("reason", "a drill");
    let on = json!([{"name": "lockdown", "type": 2, "options": sub("on", &[reason])}]);
    world.command(operator(), "admin", on).await;
    for _ in 0..6 {
        world.command(second_operator(), "admin", sub("audit", &about)).await;
    }
    let said = world.command(second_operator(), "admin", sub("audit", &about)).await;
    let second = world.press(second_operator(), &said.button("More")).await;
    assert!(second.text.contains("audit.read") && !second.text.contains("containment.raise"), "{second:?}");
}

async fn premium(world: &World, guild: GuildId) -> Option<bool> {
    world.app.access.read(guild).await.unwrap().guild.access.map(|access| access.premium())
}

#[tokio::test]
async fn an_approval_sets_premium_and_another_one_changes_it() {
    let mut world = World::empty().await;
    let approve = |premium: Option<bool>| {
        let premium = premium.map(|value| json!({"name": "premium", "type": 5, "value": value}));
        sub("approve", &[text("server", &PENDING.to_string())].into_iter().chain(premium).collect::<Vec<_>>())
    };
    let said = world.command(operator(), "admin", approve(Some(true))).await;
    assert!(said.text.contains("premium limits"), "{said:?}");
    assert_eq!(premium(&world, PENDING).await, Some(true));
    let said = world.command(operator(), "admin", approve(Some(false))).await;
    assert!(said.text.contains("usual limits"), "{said:?}");
    assert_eq!(premium(&world, PENDING).await, Some(false));
    let again = world.command(operator(), "admin", approve(None)).await;
    assert!(again.text.contains("does not fit"), "{again:?}");
    let rows = world.app.audit.latest(&PENDING.to_string(), 20, None, now()).await.unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row.event.action()).collect();
    assert_eq!(actions, ["guild.approve_standard", "guild.approve_premium"]);
}
