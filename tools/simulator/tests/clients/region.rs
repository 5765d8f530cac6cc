//! A move to another voice server.

use std::time::Duration;

use simulator::{ChannelId, Config, Fault, GuildId, Simulator, UserId};

use super::role;
use super::songbird_bot;
use super::tone::TONE;

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn another_region_and_a_moderators_hand_are_followed() {
    match role::child() {
        Some(role) => songbird_bot::run(&role),
        None => tokio::runtime::Runtime::new().unwrap().block_on(followed()),
    }
}

async fn followed() {
    let simulator = Simulator::start(Config::default()).unwrap();
    let (guild, bot) = (GuildId::new(1000), UserId::new(9001));
    let ada = simulator.join(UserId::new(5001), ChannelId::new(1002)).unwrap();
    let _client = role::start("region::another_region_and_a_moderators_hand_are_followed", &simulator, "aes");
    ada.wait_tone(TONE, PATIENCE).await.unwrap();

    assert!(simulator.fault(Fault::MoveRegion { guild, bot }).unwrap());
    ada.reset();
    let (_, heard) = ada.wait_tone(TONE, PATIENCE).await.unwrap();
    assert_eq!(heard.undecryptable, 0, "{heard:?}");
}
