//! Every committed event against its snapshot, each in a world of its own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::testing::World;

fn events() -> PathBuf {
    testkit::workspace_root().join("events/interactions")
}

fn snapshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/snapshots")
}

fn names(folder: &Path, prefix: &str, suffix: &str) -> BTreeSet<String> {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.filter_map(|name| Some(name.strip_prefix(prefix)?.strip_suffix(suffix)?.to_owned())).collect()
}

#[tokio::test]
async fn every_event_gets_its_answer() {
    for name in names(&events(), "", ".json") {
        let event: Value =
            serde_json::from_str(&fs::read_to_string(events().join(format!("{name}.json"))).unwrap())
                .unwrap();
        let world = World::furnished_with_voice().await;
        let said = world.raw(&event).await;
        let shown = format!("{}\n{}", said.status, serde_json::to_string_pretty(&said.json).unwrap());
        insta::with_settings!({prepend_module_to_snapshot => false, snapshot_suffix => ""}, {
            insta::assert_snapshot!(format!("event-{name}"), shown);
        });
        world.nothing_personal_was_logged(&event);
    }
}

#[test]
fn events_and_snapshots_are_the_same_set() {
    let events = names(&events(), "", ".json");
    assert!(events.len() >= 40, "only {} events", events.len());
    assert_eq!(events, names(&snapshots(), "event-", ".snap"));
}
