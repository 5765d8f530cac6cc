//! Over the emulator's secrets and leases, with a service that answers as documented.

use axum::http::StatusCode;
use serde_json::json;
use testkit::Fault;

use super::super::tests::{ADA, DISCORD, Scene, account, now, ok, tokens};
use super::*;
use crate::fake_http::Answer;
use crate::store::token_leases::Taken;

const REVOKE: &str = "POST /discord/api/oauth2/token/revoke";

fn nobody() -> BTreeSet<Provider> {
    BTreeSet::new()
}

async fn linked(answers: impl IntoIterator<Item = Answer>) -> Scene {
    let scene = Scene::new([tokens(1), account("803")].into_iter().chain(answers)).await;
    scene.link(ADA, 10).await.unwrap();
    scene
}

#[tokio::test]
async fn a_service_is_told_and_nothing_is_deleted() {
    let scene = linked([ok(&json!({}))]).await;
    let told = scene.linker.tell_all(ADA, &nobody()).await;
    assert_eq!(told, Ok(BTreeMap::from([(DISCORD, Told::Done)])));
    assert_eq!(scene.asked()[2..], [REVOKE]);
    assert!(scene.access(ADA).await.is_some() && scene.status(ADA).await.is_some());
    let lease = scene.linker.leases.take(ADA, "next", now()).await.unwrap();
    assert!(matches!(lease, Taken::Mine(_)), "it was given back");
}

#[tokio::test]
async fn whoever_was_told_is_not_told_again_and_nobody_is_told_of_nothing() {
    let scene = linked([ok(&json!({}))]).await;
    assert_eq!(scene.linker.tell_all(ADA, &BTreeSet::from([DISCORD])).await, Ok(BTreeMap::new()));
    scene.aws.record_calls();
    let stranger = UserId::new(5009);
    assert_eq!(scene.linker.tell_all(stranger, &nobody()).await, Ok(BTreeMap::new()));
    let written = scene.aws.take_calls().into_iter().filter(|call| call.operation != "GetSecretValue");
    assert_eq!(written.count(), 0, "who has nothing gets no row");
    assert_eq!(scene.asked().len(), 2);
}

#[tokio::test]
async fn a_service_that_is_down_is_told_later() {
    let scene = linked([Answer::json(StatusCode::BAD_GATEWAY, &json!({})), ok(&json!({}))]).await;
    let told = scene.linker.tell_all(ADA, &nobody()).await.unwrap();
    assert!(matches!(told[&DISCORD], Told::Later { .. }), "{told:?}");
    assert_eq!(scene.linker.tell_all(ADA, &nobody()).await, Ok(BTreeMap::from([(DISCORD, Told::Done)])));
}

#[tokio::test]
async fn without_a_client_of_ours_nobody_can_be_told() {
    let scene = linked([]).await;
    let delete = scene.aws.secrets().delete_secret().secret_id("/timmybot/oauth-clients/discord");
    delete.force_delete_without_recovery(true).send().await.unwrap();
    let told = scene.another(now()).tell_all(ADA, &nobody()).await;
    assert_eq!(told, Ok(BTreeMap::from([(DISCORD, Told::Never { code: "client" })])));
}

#[tokio::test]
async fn a_refresh_on_its_way_and_a_vault_that_fails_are_waited_for() {
    let scene = linked([ok(&json!({}))]).await;
    let held = scene.linker.leases.take(ADA, "refresh", now()).await.unwrap();
    let busy = scene.linker.tell_all(ADA, &nobody()).await;
    assert_eq!(busy, Err(NotUnlinked::Unavailable { code: "lease".to_owned() }));
    let Taken::Mine(lease) = held else { panic!("{held:?}") };
    scene.linker.leases.release(lease).await.unwrap();
    // Before the lease is taken, and under it.
    for passed in [0, 2] {
        scene.aws.fault_next("GetSecretValue", Fault::None, passed);
        scene.aws.fault_next("GetSecretValue", Fault::Throttle, 1);
        let failed = scene.linker.tell_all(ADA, &nobody()).await;
        assert!(matches!(failed, Err(NotUnlinked::Unavailable { .. })), "{failed:?}");
    }
    assert!(scene.linker.tell_all(ADA, &nobody()).await.unwrap().contains_key(&DISCORD));
}
