use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use jiff::ToSpan as _;
use serde_json::Value;
use shared::ids::UserId;
use shared::messages::{PrivacyAction, RetentionRun};
use shared::privacy::{CaseState, Place};
use shared::security::checkpoint::Checkpoint;
use shared::security::erasure_receipt::ErasureReceipt;
use shared::signing::Signer;
use zip::ZipArchive;

use super::scan::{Person, rows, tables_with, told};
use super::seed::{seed, together};
use super::support::{BASE, KEY};
use super::world::{World, noon, request};

const ADA: Person = Person { user: UserId::new(911_700_000_000_000_001), word: "canaryada" };
const BEN: Person = Person { user: UserId::new(911_700_000_000_000_002), word: "canaryben" };

/// Tables that hold something of whoever does anything.
const TABLES: [&str; 12] = [
    "account-links",
    "api-keys",
    "deferred",
    "flags",
    "guild-access",
    "guild-queues",
    "guild-state",
    "playlists",
    "rate-limits",
    "replay",
    "roles",
    "sessions",
];

async fn world() -> World {
    let words = [ADA, BEN].map(|one| [one.user.to_string(), one.word.to_owned()]).concat();
    let world = World::new(&words).await;
    seed(&world, ADA, 1).await;
    seed(&world, BEN, 2).await;
    together(&world, ADA, BEN).await;
    world
}

/// The files of an archive, by name.
fn opened(zip: &[u8]) -> BTreeMap<String, String> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    names.iter().map(|name| (name.clone(), read(name))).collect()
}

#[tokio::test]
async fn an_export_has_something_of_each_store_and_no_secret() {
    let world = world().await;
    assert_eq!(tables_with(ADA, &rows(&world).await), TABLES, "the canary is everywhere");
    let (case, _) = world.finish(&request(1, ADA.user, PrivacyAction::Export), noon()).await;
    let CaseState::Exported { key, .. } = case.state else { panic!("{:?}", case.state) };
    let [(stored, zip)] = <[_; 1]>::try_from(world.exports().await).unwrap();
    assert_eq!(stored, key);
    let files = opened(&zip);
    for place in Place::ALL.into_iter().filter(|place| *place != Place::Exports) {
        let list: Value = serde_json::from_str(&files[&format!("{place}.json")]).unwrap();
        assert!(!list.as_array().unwrap().is_empty(), "nothing of {place}");
    }
    let all: String = files.values().cloned().collect();
    for own in ["list of canaryada", "the song of canaryada", "script of canaryada"] {
        assert!(all.contains(own), "{own}");
    }
    for secret in ["test_access_", "test_refresh_", "test_token_"] {
        assert!(!all.contains(secret), "{secret}");
    }
    for own in ["list of canaryben", "the song of canaryben", "script of canaryben"] {
        assert!(!all.contains(own), "{own}");
    }
}

#[tokio::test]
async fn an_erasure_leaves_nothing_of_one_and_everything_of_the_other() {
    let world = world().await;
    for (seed, person) in [(1, ADA), (2, BEN)] {
        world.finish(&request(seed, person.user, PrivacyAction::Export), noon()).await;
    }
    let before = rows(&world).await;
    let of_ben = |rows: &[_]| {
        let own = rows.iter().filter(|(_, item)| BEN.is_in_row(item) && !ADA.is_in_row(item));
        told(&own.cloned().collect::<Vec<_>>())
    };
    let (exports, tokens) = (world.exports().await, world.tokens().await);
    assert_eq!((exports.len(), tokens.len()), (2, 2));

    let erase = request(3, ADA.user, PrivacyAction::Erase);
    let (case, at) = world.finish(&erase, noon() + 1.minute()).await;
    assert!(matches!(case.state, CaseState::Erased { .. }), "{:?}", case.state);
    let after = rows(&world).await;
    // Two rows stay for a quarter of an hour, lest what they stand against is good again.
    assert_eq!(tables_with(ADA, &after), ["replay", "sessions", "tombstones"]);
    assert_eq!(tables_with(BEN, &after), tables_with(BEN, &before));
    for row in of_ben(&before) {
        assert!(of_ben(&after).contains(&row), "it was touched: {row:?}");
    }
    let of_others =
        |all: Vec<(String, String)>| all.into_iter().filter(|(name, _)| !ADA.is_in(name)).collect::<Vec<_>>();
    assert_eq!(world.tokens().await, of_others(tokens));
    let CaseState::Exported { key, .. } =
        world.case(&request(2, BEN.user, PrivacyAction::Export), at).await.state
    else {
        panic!("no export")
    };
    let left: Vec<_> = exports.into_iter().filter(|(other, _)| *other == key).collect();
    assert_eq!(world.exports().await, left);

    world.invoke(serde_json::to_value(RetentionRun::new(false)).unwrap(), at + 3.hours()).await.unwrap();
    assert_eq!(tables_with(ADA, &rows(&world).await), ["tombstones"], "which keep it from coming back");
}

#[tokio::test]
async fn erasing_again_does_nothing() {
    let world = world().await;
    let erase = request(3, ADA.user, PrivacyAction::Erase);
    let (first, at) = world.finish(&erase, noon()).await;
    let (before, tokens) = (told(&rows(&world).await), world.tokens().await);
    let (again, _) = world.finish(&erase, at + 1.minute()).await;
    assert_eq!(again, first);
    assert_eq!((told(&rows(&world).await), world.tokens().await), (before, tokens));
    let (other, _) = world.finish(&request(4, ADA.user, PrivacyAction::Erase), at + 1.minute()).await;
    let CaseState::Erased { receipt, .. } = other.state else { panic!("{:?}", other.state) };
    let signer = Signer::new(world.aws.sdk_config(), KEY, Checkpoint::origin(BASE).unwrap());
    let keys = [signer.key().await.unwrap().clone()];
    let receipt = ErasureReceipt::open(&receipt, &keys).unwrap();
    // What stays for a quarter of an hour may be over by now.
    let over = |place: &Place| matches!(place, Place::Replay | Place::Sessions);
    assert!(receipt.counts.iter().all(|(place, count)| *count == 0 || over(place)), "{receipt:?}");
    let CaseState::Erased { receipt, .. } = first.state else { panic!("{:?}", first.state) };
    let receipt = ErasureReceipt::open(&receipt, &keys).unwrap();
    for place in
        [Place::AccountLinks, Place::ApiKeys, Place::GuildQueues, Place::Playlists, Place::UserSecrets]
    {
        assert!(receipt.counts[&place] > 0, "{place}");
    }
}
