//! The worker asks for itself whether it may play, whatever was let into the queue (SPEC T15).

use shared::clock::Clock;
use shared::domain::access::Step;
use shared::store::Db;
use shared::store::access::AccessStore;
use shared::store::rate_limits::RateLimitStore;

use crate::PATIENCE;
use crate::stage::{ADA, BOT, GUILD, LOUNGE, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_loses_its_approval_is_left_in_the_middle_of_a_song() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/300"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    let db = Db::new(stage.aws.dynamodb(), stage.aws.prefix());
    let access = AccessStore::new(db.clone(), RateLimitStore::new(db), 50);
    let revoke = Step::Revoke { by: ADA, reason: "a test".parse().unwrap() };
    access.take(GUILD, &revoke, Clock::system().now()).await.unwrap();
    let gone =
        stage.discord.wait_for(PATIENCE, |discord| discord.voice_state(GUILD, BOT).is_none().then_some(()));
    gone.await.unwrap();
    stage.until_observed(|seen| seen.channel.is_none()).await;
}
