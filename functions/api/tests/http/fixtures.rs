//! The committed events: one for each route, as API Gateway writes them; each gets past the gate and is answered as the
//! description says.

use std::collections::BTreeSet;

use serde_json::Value;
use shared::security::permissions::Role;
use testkit::workspace_root;

use super::world::{BASE, BEN, GUILD, OLGA, Said, World};

/// What stands in them for a token that is good.
const PLACE: &str = "TEST_ACCESS_TOKEN";

fn events() -> Vec<(String, Value)> {
    let folder = workspace_root().join("events/api");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let read = files.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    });
    read.collect()
}

/// `list-keys` as `listKeys`.
fn operation(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

#[tokio::test]
async fn each_route_has_an_event_that_is_answered_as_described() {
    let document = api::openapi_document(BASE);
    let mut described: BTreeSet<String> = BTreeSet::new();
    let mut statuses = std::collections::BTreeMap::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for one in methods.as_object().unwrap().values() {
            let name = one["operationId"].as_str().unwrap().to_owned();
            let codes: Vec<String> = one["responses"].as_object().unwrap().keys().cloned().collect();
            statuses.insert(name.clone(), codes);
            described.insert(name);
        }
    }
    let events = events();
    assert_eq!(events.iter().map(|(name, _)| operation(name)).collect::<BTreeSet<_>>(), described);
    for (name, event) in events {
        let world = World::new().await.approved(GUILD).await.with_role(BEN, GUILD, Role::Moderator).await;
        let token = world.sign_in(OLGA).await.access;
        let event = event.to_string().replace(PLACE, &token);
        let said = Said(api::handle(&world.app, &serde_json::from_str(&event).unwrap()).await);
        let status = said.status().to_string();
        assert!(statuses[&operation(&name)].contains(&status), "{name}: {status}");
        let past = ["begin-session", "refresh-session"].contains(&name.as_str())
            || !["400", "401", "403", "429", "503"].contains(&status.as_str());
        assert!(past, "{name}: {:?}", said.0);
    }
}
