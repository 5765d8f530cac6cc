//! The audit trail (SPEC T36, T37).

use serde_json::{Value, json};
use shared::clock::Clock;
use shared::security::permissions::Role;

use super::world::{ADA, As, BEN, GUILD, OLGA, World};

async fn some_actions() -> (World, String) {
    let world = World::new().await.approved(GUILD).await;
    let olga = world.sign_in(OLGA).await.access;
    for role in ["moderator", "community_owner", "moderator"] {
        let path = format!("/api/v1/roles/{BEN}");
        let body = json!({ "role": role });
        world.send("PUT", &path, &As::Token(&olga), Some(GUILD), Some(&body)).await.is(200);
    }
    (world, olga)
}

async fn trail(world: &World, token: &str, query: &str) -> Value {
    world.get(&format!("/api/v1/audit{query}"), &As::Token(token), Some(GUILD)).await.is(200).json()
}

fn actions(trail: &Value) -> Vec<&str> {
    trail["actions"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn looking_is_itself_in_the_trail() {
    let (world, olga) = some_actions().await;
    assert_eq!(
        actions(&trail(&world, &olga, "").await),
        ["audit.read", "role.give", "role.give", "role.give"]
    );
    assert_eq!(actions(&trail(&world, &olga, "").await)[..2], ["audit.read", "audit.read"]);
    let own = world.get("/api/v1/audit", &As::Token(&olga), None).await.is(200).json();
    assert_eq!(actions(&own), ["audit.read"], "the deployment's own chain is another");
}

#[tokio::test]
async fn it_is_searched_by_time_by_whom_and_by_what() {
    let (world, olga) = some_actions().await;
    let now = Clock::system().now();
    let (hour_ago, in_an_hour) =
        (now - jiff::SignedDuration::from_hours(1), now + jiff::SignedDuration::from_hours(1));
    let count = async |query: String| actions(&trail(&world, &olga, &query).await).len();
    assert_eq!(count("?action=role.give".into()).await, 3);
    assert_eq!(count("?action=key.create".into()).await, 0);
    assert_eq!(count(format!("?action=role.give&from={hour_ago}")).await, 3);
    assert_eq!(count(format!("?action=role.give&to={hour_ago}")).await, 0);
    assert_eq!(count(format!("?from={in_an_hour}")).await, 0);
    assert_eq!(count(format!("?action=role.give&admin={OLGA}")).await, 3);
    assert_eq!(count(format!("?admin={ADA}")).await, 0);
    for bad in [
        "?limit=0",
        "?limit=101",
        "?limit=x",
        "?from=yesterday",
        "?admin=me",
        "?cursor=x",
        "?user=1",
        "?limit=1&limit=2",
    ] {
        let said = world.get(&format!("/api/v1/audit{bad}"), &As::Token(&olga), Some(GUILD)).await;
        assert_eq!(said.is(400).code(), "invalid_input", "{bad}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_a_gap() {
    let (world, olga) = some_actions().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = trail(&world, &olga, &format!("?limit=1&action=role.give{cursor}")).await;
        seen.extend(page["actions"].as_array().unwrap().iter().map(|one| one["seq"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        assert!(seen.len() < 10);
    }
    assert_eq!(seen, [3, 2, 1]);
}

#[tokio::test]
async fn a_trail_that_holds_says_so_and_one_that_was_touched_does_not() {
    let (world, olga) = some_actions().await;
    let verify =
        async || world.get("/api/v1/audit/verification", &As::Token(&olga), Some(GUILD)).await.is(200).json();
    let good = verify().await;
    assert_eq!((&good["holds"], &good["checked"], &good["head_seq"]), (&true.into(), &4.into(), &4.into()));
    let update = world.aws.dynamodb().update_item().table_name("timmybot-audit");
    let update = update
        .key("tenant", aws_sdk_dynamodb::types::AttributeValue::S(GUILD.to_string()))
        .key("seq", aws_sdk_dynamodb::types::AttributeValue::N("2".to_owned()))
        .update_expression("SET #action = :other")
        .expression_attribute_names("#action", "action")
        .expression_attribute_values(
            ":other",
            aws_sdk_dynamodb::types::AttributeValue::S("role.take".to_owned()),
        );
    update.send().await.unwrap();
    let bad = verify().await;
    assert_eq!(bad["holds"], false);
    assert!(bad["fault"].as_str().unwrap().contains("row 2"), "{bad}");
}

#[tokio::test]
async fn it_takes_the_right_to_read_it() {
    let (world, _) = some_actions().await;
    let world = world.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let ada = world.sign_in(ADA).await.access;
    for path in ["/api/v1/audit", "/api/v1/audit/verification"] {
        world.get(path, &As::Token(&ada), Some(GUILD)).await.is(403);
        world.get(path, &As::Token(&ada), None).await.is(403);
    }
}
