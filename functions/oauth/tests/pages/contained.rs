//! Containment (SPEC T33): nothing new is linked, and nothing that was begun is ended. Who signs in or unlinks still may.

use shared::domain::accounts::Provider;
use shared::domain::containment::{Act, Level};
use shared::store::Db;
use shared::store::flags::{FlagStore, Move};
use testkit::Fault;

use super::world::{ADA, GRACE, World};

fn flags(world: &World) -> FlagStore {
    FlagStore::new(Db::new(world.aws.dynamodb(), world.aws.prefix()))
}

fn act(by: shared::ids::UserId) -> Act {
    Act { by: by.into(), at: "2026-01-02T03:04:05Z".parse().unwrap() }
}

async fn raise(world: &World, level: Level) {
    flags(world).make(&Move::Raise(level, act(ADA), "drill".parse().unwrap())).await.unwrap();
}

#[tokio::test]
async fn nothing_new_is_linked_in_any_level_and_what_was_begun_goes_on_later() {
    for level in Level::ALL.into_iter().skip(1) {
        let world = World::new().await;
        let (at, cookies) = world.begin(&world.offer(ADA, Provider::Spotify).await).await;
        let back = world.consent(&at, &World::person(Provider::Spotify, 0)).await;
        let offered = world.offer(GRACE, Provider::YouTube).await;
        let theirs = vec![world.get(&offered, &[]).await.cookie().unwrap()];
        raise(&world, level).await;
        let page = world.come_back(&back, &cookies).await;
        assert_eq!((page.status(), page.title()), (503, "Nothing was linked"), "{level:?}");
        assert!(page.body().contains("paused for maintenance"), "{}", page.body());
        assert_eq!(world.ask("POST", &offered, "", &theirs).await.status(), 503, "{level:?}");
        assert_eq!(world.links(ADA).await, []);
        flags(&world).make(&Move::RequestResume(act(ADA))).await.unwrap();
        flags(&world).make(&Move::ConfirmResume(act(GRACE))).await.unwrap();
        assert_eq!(world.ask("POST", &offered, "", &theirs).await.status(), 303, "it was not used up");
        assert_eq!(world.come_back(&back, &cookies).await.status(), 200, "nor was this one");
    }
}

/// Operators look at the API meanwhile, and they have to sign in for it.
#[tokio::test]
async fn who_signs_in_still_may() {
    let world = World::new().await;
    raise(&world, Level::L5).await;
    let (page, _) = super::sign_in::come_back(&world, "").await;
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn a_flag_that_cannot_be_read_is_as_good_as_raised() {
    let world = World::new().await;
    let link = world.offer(ADA, Provider::Spotify).await;
    let cookies = vec![world.get(&link, &[]).await.cookie().unwrap()];
    // The link's row is read first.
    world.aws.fault_next("GetItem", Fault::None, 1);
    world.aws.fault_next("GetItem", Fault::Status500, 1);
    assert_eq!(world.ask("POST", &link, "", &cookies).await.status(), 503);
    assert_eq!(world.ask("POST", &link, "", &cookies).await.status(), 303);
}
