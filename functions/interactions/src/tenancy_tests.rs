//! No guild sees or touches another's things, whatever it asks for (SPEC W17).

use proptest::prelude::*;
use serde_json::{Value, json};
use shared::domain::access::Step;
use shared::ids::{GuildId, InteractionId};

use crate::testing::{From, GUILD, OPERATOR, OWNER, World, envelope, member, now, owner};

const NEIGHBOUR: GuildId = GuildId::new(290_926_798_626_359_999);

/// What a guild may ask; each either reads or changes its own queue, settings or playlists.
fn anything() -> impl Strategy<Value = (&'static str, Value)> {
    let position = |name: &'static str| json!([{"name": name, "type": 4, "value": 1}]);
    prop_oneof![
        Just(("queue", json!([]))),
        Just(("nowplaying", json!([]))),
        Just(("history", json!([]))),
        Just(("skip", json!([]))),
        Just(("shuffle", json!([]))),
        Just(("previous", json!([]))),
        Just(("stop", json!([]))),
        Just(("remove", position("position"))),
        Just(("jump", position("position"))),
        Just(("playlist", json!([{"name": "list", "type": 1, "options": []}]))),
        Just((
            "playlist",
            json!([{"name": "load", "type": 1, "options": [{"name": "name", "type": 3, "value": "Road Trip"}]}])
        )),
        Just((
            "playlist",
            json!([{"name": "delete", "type": 1, "options": [{"name": "name", "type": 3, "value": "Road Trip"}]}])
        )),
        Just(("play", json!([{"name": "query", "type": 3, "value": "entry:00000000000003ea0000"}]))),
        Just(("settings", json!([{"name": "view", "type": 1, "options": []}]))),
    ]
}

const OURS: [&str; 5] = ["Blue Monday", "Don't Stop", "R&B classics", "Guns N' Roses", "First song"];

async fn visible(world: &mut World, from: From) -> String {
    world.command(from, "queue", json!([])).await.text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_neighbour_sees_and_changes_nothing_of_ours(asked in proptest::collection::vec(anything(), 1..6)) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut world = World::furnished().await;
            let reason = "a neighbour".parse().unwrap();
            for step in [Step::Request { by: OWNER }, Step::Approve { by: OPERATOR, reason }] {
                world.app.access.take(NEIGHBOUR, &step, now()).await.unwrap();
            }
            let before = visible(&mut world, member()).await;
            for (name, options) in asked {
                let said = world.command(owner().at(NEIGHBOUR), name, options).await;
                assert_eq!(said.status, 200);
                for ours in OURS {
                    assert!(!said.text.contains(ours), "{name} shows {ours}: {}", said.text);
                }
            }
            assert_eq!(visible(&mut world, From { user: OWNER, ..member() }).await, before);
        });
    }
}

#[tokio::test]
async fn a_button_of_ours_is_nothing_to_a_neighbour() {
    let mut world = World::furnished().await;
    let clear = world.command(owner(), "clear", json!([])).await.button("Remove all");
    let reason = "a neighbour".parse().unwrap();
    for step in [Step::Request { by: OWNER }, Step::Approve { by: OPERATOR, reason }] {
        world.app.access.take(NEIGHBOUR, &step, now()).await.unwrap();
    }
    let said = world.press(owner().at(NEIGHBOUR), &clear).await;
    assert!(said.text.contains("another server"), "{said:?}");
    assert!(world.press(owner(), &clear).await.text.contains("Removed 2 tracks"));
    assert_eq!(GUILD.to_string().len(), 18);
}

/// The same interaction twice, even side by side, changes the queue once.
#[tokio::test]
async fn an_interaction_counts_once() {
    let world = World::empty().await;
    let data = json!({"id": "1", "name": "play", "type": 1, "options": [{"name": "query", "type": 3, "value": "once"}]});
    let body = envelope(member(), 2, data, InteractionId::new(55).get());
    let (one, two) = tokio::join!(world.send(&body), world.send(&body));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}
