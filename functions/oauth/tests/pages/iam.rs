//! The function's rights: those of its role, those that it lists and those that it needs are the same (SPEC T13).

use oauth::grants::GRANTS;
use oauth::handle;
use serde_json::json;
use shared::domain::accounts::Provider;
use shared::grant::Grant;
use shared::store::deferred::Purpose;
use testkit::iam::{allowed, listed, needed};

use super::world::{ADA, GUILD, World};

#[test]
fn the_role_allows_what_the_code_lists_and_nothing_else() {
    assert_eq!(allowed("OauthRole").unwrap(), listed(GRANTS.iter().map(Grant::parts)));
}

#[tokio::test]
async fn each_grant_is_used_and_nothing_is_called_without_one() {
    let world = World::replicated("eu-north-1").await;
    let link = world.offer(ADA, Provider::Spotify).await;
    let (job, unlink) = (
        world
            .defer(1, {
                let config = simulator::AccountsConfig::default();
                let spotify = super::world::service(Provider::Spotify);
                let account = config.accounts.iter().find(|account| account.service == spotify).unwrap();
                let address = format!("spotify:{}", account.playlists[0].id).parse().unwrap();
                Purpose::Import { guild: GUILD, address, name: Some("Mix".parse().unwrap()) }
            })
            .await,
        world.defer(2, Purpose::Unlink { provider: Provider::Spotify }).await,
    );
    let create = world.aws.secrets().create_secret().name("/timmybot/webhooks/twitch");
    create.secret_string("a-secret-that-twitch-signs-with").send().await.unwrap();
    let connect = world.defer(3, Purpose::Channel { guild: GUILD, on: true }).await;
    world.aws.record_calls();
    let (at, cookies) = world.begin(&link).await;
    let back = world.consent(&at, &World::person(Provider::Spotify, 0)).await;
    assert_eq!(world.come_back(&back, &cookies).await.status(), 200);
    assert_eq!(world.link(ADA, Provider::Twitch).await.status(), 200);
    handle(&world.app, job.clone(), "r").await.unwrap();
    // A second delivery looks whether the playlist is its own.
    let again =
        json!({ "type": "account_job", "version": 1, "user": ADA.to_string(), "interaction_id": "1" });
    handle(&world.app, again, "r").await.unwrap();
    handle(&world.app, unlink, "r").await.unwrap();
    handle(&world.app, connect, "r").await.unwrap();
    super::sign_in::come_back(&world, "").await;
    let mut needed = needed(world.aws.take_calls());
    // Only a second delivery of an import reads playlists; `jobs.rs` has it.
    needed.entry("table/playlists".to_owned()).or_default().insert("dynamodb:GetItem".to_owned());
    needed.entry("table/playlists".to_owned()).or_default().insert("dynamodb:Query".to_owned());
    assert_eq!(needed, listed(GRANTS.iter().map(Grant::parts)));
}
