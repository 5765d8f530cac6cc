//! An unmodified twilight-gateway with an unmodified songbird: joins the first voice channel of the first guild and
//! plays a tone. What ends its voice session makes it join again, but for a kick (4014): whoever is shown the door stays
//! outside.

use std::num::NonZeroU64;
use std::sync::Arc;

use simulator::{GuildId, Info};
use songbird::driver::CryptoMode;
use songbird::events::context_data::DisconnectReason;
use songbird::events::{CoreEvent, Event as VoiceEvent, EventContext, EventHandler};
use songbird::input::Input;
use songbird::model::CloseCode;
use songbird::{Config as VoiceConfig, ConnectionInfo, Driver};
use tokio::sync::Notify;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt as _};

use super::role::Role;
use super::tone::packets;

/// Longer than any test.
const SECONDS: u16 = 60;

/// Plays until it is killed.
pub(crate) fn run(role: &Role) {
    let _ = aws_lc_rs::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { Bot::new(role).run().await });
}

struct Bot {
    info: Info,
    shard: Shard,
    driver: Driver,
    session: Option<String>,
    server: Option<(String, String)>,
    playing: bool,
    lost: Arc<Notify>,
}

/// Notices that the session is gone.
struct Lost(Arc<Notify>);

#[async_trait::async_trait]
impl EventHandler for Lost {
    async fn act(&self, context: &EventContext<'_>) -> Option<VoiceEvent> {
        let EventContext::DriverDisconnect(data) = context else { return None };
        if !matches!(data.reason, Some(DisconnectReason::WsClosed(Some(CloseCode::Disconnected)))) {
            self.0.notify_one();
        }
        None
    }
}

impl Bot {
    fn new(role: &Role) -> Self {
        let info = role.info.clone();
        let token = info.applications[0].token.clone();
        let config = ConfigBuilder::new(token, Intents::GUILDS | Intents::GUILD_VOICE_STATES)
            .proxy_url(info.gateway.clone())
            .build();
        let mode =
            if role.cipher == "xchacha" { CryptoMode::XChaCha20Poly1305 } else { CryptoMode::Aes256Gcm };
        let mut driver = Driver::new(VoiceConfig::default().crypto_mode(mode));
        let lost = Arc::new(Notify::new());
        driver.add_global_event(CoreEvent::DriverDisconnect.into(), Lost(Arc::clone(&lost)));
        let shard = Shard::with_config(ShardId::ONE, config);
        Self { info, shard, driver, session: None, server: None, playing: false, lost }
    }

    async fn run(mut self) {
        loop {
            tokio::select! {
                event = self.shard.next_event(EventTypeFlags::all()) => match event {
                    Some(Ok(event)) => self.handle(event).await,
                    Some(Err(_)) => {}
                    None => return,
                },
                () = self.lost.notified() => self.ask(),
            }
        }
    }

    async fn handle(&mut self, event: Event) {
        match event {
            Event::Ready(_) => self.ask(),
            Event::VoiceStateUpdate(state) if state.user_id == self.info.applications[0].id.cast() => {
                self.session = state.channel_id.map(|_| state.session_id.clone());
                self.connect().await;
            }
            Event::VoiceServerUpdate(server) => {
                self.server = server.endpoint.clone().map(|endpoint| (endpoint, server.token.clone()));
                self.connect().await;
            }
            _ => {}
        }
    }

    /// Op 4.
    fn ask(&self) {
        let request = serde_json::json!({ "op": 4, "d": {
            "guild_id": self.guild(), "channel_id": self.info.guilds[0].voice[0], "self_mute": false, "self_deaf": true,
        }});
        self.shard.send(request.to_string());
    }

    async fn connect(&mut self) {
        let (Some(session_id), Some((endpoint, token))) = (self.session.clone(), self.server.clone()) else {
            return;
        };
        self.server = None;
        let number = |id: u64| NonZeroU64::new(id).unwrap();
        let info = ConnectionInfo {
            channel_id: number(self.info.guilds[0].voice[0].get()).into(),
            endpoint,
            guild_id: number(self.guild().get()).into(),
            session_id,
            token,
            user_id: number(self.info.applications[0].id.get()).into(),
        };
        let connected = self.driver.connect(info).await;
        if connected.is_ok() && !self.playing {
            self.playing = true;
            self.driver.play_input(tone());
        }
    }

    fn guild(&self) -> GuildId {
        self.info.guilds[0].id
    }
}

/// The tone for as long as any test takes, as DCA (<https://github.com/bwmarrin/dca/wiki/DCA1-specification-draft>):
/// songbird's own container of Opus, which it passes through.
fn tone() -> Input {
    let metadata = r#"{"dca":{"version":1,"tool":{"name":"test","version":"1"}},
        "opus":{"mode":"music","sample_rate":48000,"frame_size":960,"vbr":true,"channels":2}}"#;
    let mut bytes = b"DCA1".to_vec();
    bytes.extend(u32::try_from(metadata.len()).unwrap().to_le_bytes());
    bytes.extend(metadata.as_bytes());
    let second: Vec<u8> = packets().iter().flat_map(|packet| framed(packet)).collect();
    (0..SECONDS).for_each(|_| bytes.extend(&second));
    bytes.into()
}

fn framed(packet: &[u8]) -> Vec<u8> {
    [&u16::try_from(packet.len()).unwrap().to_le_bytes(), packet].concat()
}
