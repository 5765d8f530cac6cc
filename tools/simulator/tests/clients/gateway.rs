//! An unmodified twilight-gateway: login, voice, resume.

use std::time::Duration;

use simulator::{ChannelId, Config, Fault, GuildId, Simulator, UserId};
use tokio::time::timeout;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _};

const GUILD: GuildId = GuildId::new(1000);
const LOUNGE: ChannelId = ChannelId::new(1002);
const STAGE: ChannelId = ChannelId::new(1003);
const ADA: UserId = UserId::new(5001);
const BOT: UserId = UserId::new(9001);
const PATIENCE: Duration = Duration::from_secs(20);

fn shard(simulator: &Simulator, intents: Intents) -> Shard {
    let _ = aws_lc_rs::default_provider().install_default();
    let token = simulator.config().applications[0].token.clone();
    let config = ConfigBuilder::new(token, intents).proxy_url(simulator.gateway_url()).build();
    Shard::with_config(ShardId::ONE, config)
}

fn modest() -> Intents {
    Intents::GUILDS | Intents::GUILD_VOICE_STATES
}

/// The next event that `pick` takes.
async fn next<T>(shard: &mut Shard, mut pick: impl FnMut(Event) -> Option<T>) -> T {
    let found = timeout(PATIENCE, async {
        loop {
            if let Some(found) =
                shard.next_event(EventTypeFlags::all()).await.unwrap().ok().and_then(&mut pick)
            {
                return found;
            }
        }
    });
    found.await.unwrap()
}

fn channel_of(user: UserId) -> impl FnMut(Event) -> Option<Option<ChannelId>> {
    move |event| match event {
        Event::VoiceStateUpdate(state) if state.user_id == user => Some(state.channel_id),
        _ => None,
    }
}

fn voice(shard: &Shard, channel: Option<ChannelId>) {
    let request = serde_json::json!({ "op": 4, "d": {
        "guild_id": GUILD, "channel_id": channel, "self_mute": false, "self_deaf": true,
    }});
    shard.send(request.to_string());
}

#[tokio::test]
async fn login_guilds_voice_and_who_else_comes_and_goes() {
    let simulator = Simulator::start(Config::default()).unwrap();
    simulator.join(ADA, LOUNGE).unwrap();
    let mut shard = shard(&simulator, modest());
    let ready =
        next(&mut shard, |event| if let Event::Ready(ready) = event { Some(ready) } else { None }).await;
    assert_eq!((ready.user.id, ready.guilds.len()), (BOT, 2));
    let guild =
        next(&mut shard, |event| if let Event::GuildCreate(guild) = event { Some(guild) } else { None })
            .await;
    let twilight_gateway_guild = *guild;
    let text = serde_json::to_value(&twilight_gateway_guild).unwrap();
    assert_eq!(text["voice_states"][0]["user_id"], "5001");

    voice(&shard, Some(LOUNGE));
    assert_eq!(next(&mut shard, channel_of(BOT)).await, Some(LOUNGE));
    let endpoint =
        next(
            &mut shard,
            |event| if let Event::VoiceServerUpdate(one) = event { Some(one.endpoint) } else { None },
        );
    assert!(endpoint.await.unwrap().starts_with("127.0.0.1:"));
    assert_eq!(simulator.voice_state(GUILD, BOT).unwrap().channel, LOUNGE);

    simulator.join(ADA, STAGE).unwrap();
    assert_eq!(next(&mut shard, channel_of(ADA)).await, Some(STAGE));
    simulator.leave(ADA, GUILD);
    assert_eq!(next(&mut shard, channel_of(ADA)).await, None);

    simulator.move_bot(BOT, STAGE).unwrap();
    assert_eq!(next(&mut shard, channel_of(BOT)).await, Some(STAGE));
    simulator.fault(Fault::Kick { guild: GUILD, user: BOT }).unwrap();
    assert_eq!(next(&mut shard, channel_of(BOT)).await, None);
    simulator.stop().await;
}

#[tokio::test]
async fn what_was_missed_is_replayed_and_no_identify_is_spent() {
    let simulator = Simulator::start(Config::default()).unwrap();
    let mut shard = shard(&simulator, modest());
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
    simulator.fault(Fault::CloseGateway { code: 4000 }).unwrap();
    simulator.join(ADA, LOUNGE).unwrap();
    let mut joined = None;
    next(&mut shard, |event| match event {
        Event::VoiceStateUpdate(state) if state.user_id == ADA => {
            joined = state.channel_id;
            None
        }
        Event::Resumed => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(joined, Some(LOUNGE));
    assert_eq!(simulator.identified(), 1);
}

#[tokio::test]
async fn a_refused_resume_costs_an_identify() {
    let simulator = Simulator::start(Config::default()).unwrap();
    let mut shard = shard(&simulator, modest());
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
    simulator.fault(Fault::RefuseResume { on: true }).unwrap();
    simulator.fault(Fault::CloseGateway { code: 4000 }).unwrap();
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
    assert_eq!(simulator.identified(), 2);
}

#[tokio::test]
async fn a_guild_that_sends_the_bot_away_is_no_outage() {
    let simulator = Simulator::start(Config::default()).unwrap();
    let mut shard = shard(&simulator, modest());
    next(&mut shard, |event| matches!(event, Event::Ready(_)).then_some(())).await;
    for (outage, unavailable) in [(true, Some(true)), (false, None)] {
        simulator.fault(Fault::GuildGone { guild: GUILD, outage }).unwrap();
        let gone =
            next(&mut shard, |event| if let Event::GuildDelete(gone) = event { Some(gone) } else { None });
        let gone = gone.await;
        assert_eq!((gone.id.get(), gone.unavailable), (GUILD.get(), unavailable));
    }
}

#[tokio::test]
async fn privileged_intents_and_a_spent_budget_are_refused() {
    for (intents, fault, code) in [
        (modest() | Intents::MESSAGE_CONTENT, None, 4014),
        (modest(), Some(Fault::Identifies { left: 0 }), 4004),
    ] {
        let simulator = Simulator::start(Config::default()).unwrap();
        if let Some(fault) = fault {
            simulator.fault(fault).unwrap();
        }
        let mut shard = shard(&simulator, intents);
        let closed =
            next(&mut shard, |event| if let Event::GatewayClose(frame) = event { Some(frame) } else { None })
                .await;
        assert_eq!(closed.unwrap().code, code);
        assert!(!simulator.is_online(BOT));
    }
}
