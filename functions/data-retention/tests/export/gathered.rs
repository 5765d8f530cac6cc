//! What is in an export, and what is not.

use serde_json::json;
use shared::privacy::{CaseState, DataSubject, Place};
use shared::store::Item;

use super::rows::{SECRETS, field, fill, n, put, s, share};
use super::world::{ADA, GRACE, GUILD, World, everything, export, file, list, now, of};

#[tokio::test]
async fn everything_about_somebody_is_in_it_and_nothing_that_opens_anything() {
    let world = World::new().await;
    fill(&world, ADA, "ada").await;
    fill(&world, GRACE, "grace").await;
    share(&world, GUILD, &[GRACE, ADA]).await;
    assert!(world.run(&export(ADA, 1)).await);
    let zip = world.object(1).await.unwrap();
    let all = everything(&zip);
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret}");
    }
    assert!(!all.contains("grace") && !all.contains(&GRACE.to_string()), "another's data");
    // Flags name operators, exports came before this one: of both there is nothing.
    for place in Place::ALL.into_iter().filter(|place| !matches!(place, Place::Flags | Place::Exports)) {
        let rows = list(&zip, place.as_str());
        assert!(!rows.is_empty(), "{place}");
    }
    assert_eq!(field(&list(&zip, "account-links"), "subject"), [&json!("ada-account")]);
    assert_eq!(field(&list(&zip, "api-keys"), "name"), [&json!("ada")]);
    let queue = list(&zip, "guild-queues");
    assert_eq!(queue[0]["slots"], json!(["00000000000000020000"]));
    let lists = list(&zip, "playlists");
    assert_eq!((lists.len(), &lists[1]["name"]), (2, &json!("Liste ada")));
    assert!(lists[1]["tracks"].to_string().contains("ada song"), "{lists:?}");
    let services = list(&zip, "users");
    assert_eq!((&services[0]["provider"], &services[0]["can_be_renewed"]), (&json!("spotify"), &json!(true)));
    assert!(file(&zip, "README.txt").contains(&ADA.to_string()));
    let map: serde_json::Value = serde_json::from_str(&file(&zip, "data-map.json")).unwrap();
    assert!(map["stores"].as_array().is_some_and(|stores| stores.len() > Place::ALL.len()));
}

#[tokio::test]
async fn whoever_has_nothing_here_gets_empty_lists() {
    let world = World::new().await;
    fill(&world, GRACE, "grace").await;
    assert!(world.run(&export(ADA, 1)).await);
    let zip = world.object(1).await.unwrap();
    for place in Place::ALL.into_iter().filter(|place| *place != Place::Tombstones) {
        assert_eq!(list(&zip, place.as_str()), [] as [serde_json::Value; 0], "{place}");
    }
    assert_eq!(list(&zip, "tombstones").len(), 2, "the request itself, and that it is the day's");
    assert!(!everything(&zip).contains("grace"));
}

#[tokio::test]
async fn a_community_is_given_what_its_rows_hold_and_no_other_communitys() {
    let world = World::new().await;
    share(&world, GUILD, &[ADA, GRACE]).await;
    let other = shared::ids::GuildId::new(GUILD.get() + 1);
    share(&world, other, &[ADA]).await;
    assert!(world.run(&of(DataSubject::Guild(GUILD), 1)).await);
    let zip = world.object(1).await.unwrap();
    assert!(!everything(&zip).contains(&other.to_string()));
    let slots = &list(&zip, "guild-queues")[0]["slots"];
    assert_eq!(
        field(slots.as_array().unwrap(), "requester"),
        [&json!(ADA.to_string()), &json!(GRACE.to_string())]
    );
    assert_eq!(list(&zip, "guild-state").len(), 2);
}

#[tokio::test]
async fn ten_thousand_rows_come_out_of_as_little_memory_as_ten() {
    let world = World::new().await;
    let end = now().as_second() + 900;
    let table = format!("{}-replay", world.aws.prefix());
    for chunk in (0..10_000_u64).collect::<Vec<_>>().chunks(25) {
        let puts = chunk.iter().map(|number| {
            let row = [
                ("tenant", s(format!("dm#{ADA}"))),
                ("sk", s(format!("interaction#{number}"))),
                ("expires_at", n(end)),
            ];
            let item: Item = row.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let put = aws_sdk_dynamodb::types::PutRequest::builder().set_item(Some(item)).build().unwrap();
            aws_sdk_dynamodb::types::WriteRequest::builder().put_request(put).build()
        });
        let write = world.aws.dynamodb().batch_write_item().request_items(&table, puts.collect());
        write.send().await.unwrap();
    }
    world.aws.record_calls();
    assert!(world.run(&export(ADA, 1)).await);
    // A page at a time: each is some hundred rows, and nothing is read twice.
    let pages = world.aws.take_calls().iter().filter(|call| call.operation == "Scan").count();
    assert!((20..60).contains(&pages), "{pages}");
    let zip = world.object(1).await.unwrap();
    assert_eq!(list(&zip, "replay").len(), 10_000);
}

#[tokio::test]
async fn an_export_that_is_still_there_is_named_in_the_next_one() {
    let world = World::new().await;
    assert!(world.run(&export(ADA, 1)).await);
    world.cases().return_turn(DataSubject::User(ADA), super::world::id(1)).await.unwrap();
    assert!(world.run(&export(ADA, 2)).await);
    let zip = world.object(2).await.unwrap();
    assert_eq!(field(&list(&zip, "exports"), "request"), [&json!(super::world::id(1))]);
    let state = world.case(ADA, 2).await.unwrap().state;
    assert!(matches!(state, CaseState::Exported { .. }), "{state:?}");
    put(
        &world,
        "flags",
        &[
            ("flag", s("containment")),
            ("containment_level", n(1)),
            ("version", n(1)),
            ("raised_by", s(ADA)),
            ("raised_at", n(5)),
            ("reason", s("leak")),
        ],
    )
    .await;
    world.cases().return_turn(DataSubject::User(ADA), super::world::id(2)).await.unwrap();
    assert!(world.run(&export(ADA, 3)).await);
    let zip = world.object(3).await.unwrap();
    assert_eq!(field(&list(&zip, "flags"), "reason"), [&json!("leak")]);
}
