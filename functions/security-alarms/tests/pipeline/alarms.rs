//! From the lines that functions write to a paused bot: the template's alarms over EMF, the topic, this function.

use serde_json::Value;
use shared::clock::Clock;
use shared::domain::containment::Level;
use shared::domain::incident::Alert;
use shared::security::event::Platform;
use shared::telemetry::{AuthFailure, Metric, Sink, Telemetry};
use testkit::Heard;

use super::world::{World, at};

const ATTACK: &str = "TimmyBot-UnderAttack";

/// Eleven refusals and twenty-one forgeries, as interactions writes them.
fn written(second: i64) -> Vec<String> {
    let (sink, captured) = Sink::memory();
    let log = Telemetry::new(sink, "interactions", Clock::fixed(at(second)));
    let forged = Metric::AuthFailures { platform: Platform::Discord, reason: AuthFailure::BadSignature };
    for (metric, times) in [(Metric::UnauthorizedAccess, 11), (forged, 21)] {
        (0..times).for_each(|_| log.count(metric));
    }
    captured.writes()
}

/// The event about the attack, under the alarm's name in prod and in the account of the other tests; one for each alarm that
/// began comes before it.
async fn told_of_the_attack(heard: &Heard) -> Value {
    loop {
        let event = heard.next().await.to_string();
        if event.contains(ATTACK) && event.contains("\\\"NewStateValue\\\":\\\"ALARM\\\"") {
            let event = event.replace(&format!("{ATTACK}-timmybot"), ATTACK);
            return serde_json::from_str(&event.replace(aws_local::ACCOUNT, "123456789012")).unwrap();
        }
    }
}

#[tokio::test]
async fn what_functions_write_becomes_an_incident_and_pauses_the_bot() {
    let world = World::new().await;
    let heard = world.aws.listen_as("timmybot-security-alarms");
    world.aws.cloudwatch().evaluate(at(0));
    for line in written(1) {
        world.aws.cloudwatch().hear(&line);
    }
    let changes = world.aws.cloudwatch().evaluate(at(2));
    assert_eq!(changes.len(), 3, "two alarms and what they are together: {changes:?}");
    let event = told_of_the_attack(&heard).await;
    world.invoke(3, event).await.unwrap();
    let incident = world.only().await;
    assert_eq!((incident.alert, incident.contained), (Alert::UnderAttack, Level::L1));
    assert!(incident.detail.is_some_and(|detail| detail.as_str().contains("transitioned to ALARM")));
    assert_eq!(world.level().await, Level::L1);
    assert!(!world.told("p0").is_empty(), "people are told");
}
