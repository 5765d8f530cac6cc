//! The function's rights: those of its role and those that it lists are the same, and nothing is called without one
//! (SPEC T13).

use std::collections::BTreeSet;

use security_alarms::grants::{GRANTS, GRANTS_OF_THE_EVENT_SOURCE};
use shared::domain::incident::Alert;
use shared::grant::Grant;
use shared::messages::Order;
use testkit::iam::{Actions, allowed, listed, needed};

use super::world::{ANN, World, alarm, fixture, raise};

fn own() -> Actions {
    listed(GRANTS.iter().copied().flatten().map(Grant::parts))
}

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    let all = GRANTS.iter().copied().flatten().chain(GRANTS_OF_THE_EVENT_SOURCE).map(Grant::parts);
    assert_eq!(allowed("SecurityAlarmsRole").unwrap(), listed(all));
}

/// What containment does from L2 on is in the tests next to it.
#[tokio::test]
async fn nothing_is_called_without_a_grant() {
    let world = World::new().await;
    world.aws.record_calls();
    world.invoke(0, alarm("UnderAttack", "ALARM", -1)).await.unwrap();
    world.invoke(0, alarm("AuthFailures", "ALARM", -1)).await.unwrap();
    world.invoke(0, alarm("DeadLetters-webhooks", "ALARM", -1)).await.unwrap();
    assert!(world.order(0, raise(Alert::GuildBanned)).await);
    assert!(world.order(0, raise(Alert::SigningKeyAge)).await);
    for incident in world.all().await {
        let id = incident.id;
        world.order(31, Order::Flush { incident: id }).await;
        world.order(40, Order::Acknowledge { incident: id, by: ANN.to_owned() }).await;
        world.order(50, Order::Resolve { incident: id, by: ANN.to_owned() }).await;
    }
    world.tick(300).await.unwrap();
    world.invoke(600, fixture("watch")).await.unwrap();
    let called = needed(world.aws.take_calls());
    let own = own();
    for (resource, actions) in &called {
        let granted = own.get(resource).cloned().unwrap_or_default();
        let missing: BTreeSet<_> = actions.difference(&granted).collect();
        assert!(missing.is_empty(), "{resource}: {missing:?}");
    }
    for (resource, action) in [
        ("table/incidents", "dynamodb:PutItem"),
        ("table/incidents", "dynamodb:DeleteItem"),
        ("table/flags", "dynamodb:PutItem"),
        ("table/audit", "dynamodb:PutItem"),
        ("table/rate-limits", "dynamodb:Query"),
        ("queue/control", "sqs:SendMessage"),
        ("rule/incidents", "events:EnableRule"),
        ("rule/incidents", "events:DisableRule"),
        ("topic/alerts-p0", "sns:Publish"),
        ("topic/alerts-p3", "sns:Publish"),
        ("bucket/evidence", "s3:PutObject"),
        ("bucket/status", "s3:PutObject"),
    ] {
        assert!(called.get(resource).is_some_and(|actions| actions.contains(action)), "{resource} {action}");
    }
}
