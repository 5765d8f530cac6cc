//! The API in each level of containment (SPEC T33).

use shared::clock::Clock;
use shared::domain::containment::{Act, Level};
use shared::ids::UserId;
use shared::security::api_key::KeyRole;
use shared::security::permissions::Role;
use shared::store::api_keys::KeyTenant;
use shared::store::flags::{FlagStore, Move};

use super::world::{ADA, As, GUILD, OLGA, World};

const OTTO: UserId = UserId::new(155_149_108_183_695_361);

fn act(by: UserId) -> Act {
    Act { by: by.into(), at: Clock::system().now() }
}

async fn raise(world: &World, level: Level) {
    let raise = Move::Raise(level, act(OLGA), "a drill".parse().unwrap());
    FlagStore::new(world.db()).make(&raise).await.unwrap();
}

/// Each with an instance of its own, since one believes the flag for four seconds.
#[tokio::test]
async fn it_stops_what_a_level_stops_and_answers_always() {
    for level in Level::ALL {
        let world =
            World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
        let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Core).await;
        if level > Level::L0 {
            raise(&world, level).await;
        }
        world.get("/api/v1/health", &As::Nobody, None).await.is(200);
        world.get("/api/v1/status", &As::Nobody, None).await.is(200);
        // From L4 on the key is none any more; below, it is one that has to wait.
        let by_key = world.get("/api/v1/queue", &As::Key(&key), None).await;
        let expected = match level {
            Level::L0 => 200,
            Level::L1 | Level::L2 | Level::L3 => 503,
            Level::L4 | Level::L5 => 401,
        };
        assert_eq!(by_key.status(), expected, "{level:?}");
        let token = world.sign_in(ADA).await.access;
        let queue = world.get("/api/v1/queue", &As::Token(&token), Some(GUILD)).await.status();
        assert_eq!(queue, if level == Level::L0 { 200 } else { 503 }, "{level:?}");
        // Who it is, and their rights over their own data, wait for nothing.
        world.get("/api/v1/me", &As::Token(&token), None).await.is(200);
    }
}

/// L4 is one-way: resuming brings neither keys nor sign-ins back.
#[tokio::test]
async fn what_was_given_before_credentials_were_locked_down_never_counts_again() {
    let world = World::new().await.approved(GUILD).await.with_role(ADA, GUILD, Role::CommunityOwner).await;
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Core).await;
    let token = world.sign_in(ADA).await.access;
    raise(&world, Level::L4).await;
    let flags = FlagStore::new(world.db());
    flags.make(&Move::RequestResume(act(OLGA))).await.unwrap();
    flags.make(&Move::ConfirmResume(act(OTTO))).await.unwrap();
    world.get("/api/v1/queue", &As::Key(&key), None).await.is(401);
    world.get("/api/v1/queue", &As::Token(&token), Some(GUILD)).await.is(401);
    let token = world.sign_in(ADA).await.access;
    world.get("/api/v1/queue", &As::Token(&token), Some(GUILD)).await.is(200);
    let key = world.key(KeyTenant::Guild(GUILD), KeyRole::Core).await;
    world.get("/api/v1/queue", &As::Key(&key), None).await.is(200);
}
