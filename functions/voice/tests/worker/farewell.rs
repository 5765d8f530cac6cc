//! Guilds that are there no more.

use shared::ids::GuildId;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacySource};
use shared::privacy::DataSubject;
use simulator::Fault;

use crate::PATIENCE;
use crate::stage::{ADA, GUILD, LOUNGE, Stage};

/// The next request about anybody's data.
async fn asked(stage: &Stage) -> PrivacyRequest {
    let receive = stage.aws.sqs().receive_message().queue_url(stage.aws.queue_url("privacy"));
    let look = async {
        loop {
            let received = receive.clone().wait_time_seconds(20).send().await.unwrap();
            if let Some(message) = received.messages.unwrap_or_default().pop() {
                return PrivacyRequest::parse(message.body().unwrap()).unwrap();
            }
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap()
}

/// The outage comes first: were it taken for a farewell, its request would be the first one, too.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_a_guild_goes_when_it_sends_the_bot_away_and_stays_in_an_outage() {
    let stage = Stage::start().await;
    let ada = stage.discord.join(ADA, LOUNGE).unwrap();
    let _worker = stage.worker(&[]);
    stage.play(1, &["440/60"]).await;
    ada.wait_tone(440.0, PATIENCE).await.unwrap();
    stage.discord.fault(Fault::GuildGone { guild: GuildId::new(77), outage: true }).unwrap();
    stage.discord.fault(Fault::GuildGone { guild: GUILD, outage: false }).unwrap();
    let request = asked(&stage).await;
    let expected = (DataSubject::Guild(GUILD), PrivacyAction::Erase, PrivacySource::Left);
    assert_eq!((request.subject(), request.action(), request.source()), expected);
}
