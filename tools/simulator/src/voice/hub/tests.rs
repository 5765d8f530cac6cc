//! Who may open a session, and what ends it.

use tokio::sync::mpsc;

use super::*;
use crate::config::Dave;
use crate::voice::CipherMode;
use crate::voice::frame::{Identify, Resume};
use crate::voice::message::{Version, Wire};
use crate::voice::session::Out;

const GUILD: GuildId = GuildId::new(1000);
const LOUNGE: ChannelId = ChannelId::new(1002);
const STAGE: ChannelId = ChannelId::new(1003);
const BOT: UserId = UserId::new(9001);

fn hub(rules: VoiceRules) -> VoiceHub {
    let hub = VoiceHub::new(rules);
    hub.grant(GUILD, BOT, stay(LOUNGE));
    hub
}

fn stay(channel: ChannelId) -> Stay {
    Stay { channel, session_id: "s".into(), token: "t".into() }
}

fn identify() -> Identify {
    Identify {
        server_id: GUILD,
        user_id: BOT,
        session_id: "s".into(),
        token: "t".into(),
        max_dave_protocol_version: 1,
    }
}

fn opened(hub: &VoiceHub) -> (Opened, mpsc::Sender<Out>, mpsc::Receiver<Out>) {
    let (line, out) = mpsc::channel(64);
    (hub.identify(&identify(), Version::Eight, line.clone()).unwrap(), line, out)
}

#[test]
fn only_the_granted_secrets_open_a_session() {
    let hub = hub(VoiceRules::default());
    let refused = |identify: Identify| {
        let (line, _out) = mpsc::channel(64);
        hub.identify(&identify, Version::Four, line).unwrap_err()
    };
    assert_eq!(refused(Identify { session_id: "x".into(), ..identify() }), Close::SessionInvalid);
    assert_eq!(refused(Identify { token: "x".into(), ..identify() }), Close::AuthenticationFailed);
    assert_eq!(refused(Identify { user_id: UserId::new(5), ..identify() }), Close::SessionInvalid);
    assert_eq!(refused(Identify { max_dave_protocol_version: 0, ..identify() }), Close::DaveRequired);
}

#[test]
fn where_dave_is_only_offered_nobody_is_sent_away() {
    let hub = hub(VoiceRules { dave: Dave::Offered, ..VoiceRules::default() });
    let (line, _out) = mpsc::channel(64);
    let plain = Identify { max_dave_protocol_version: 0, ..identify() };
    assert!(hub.identify(&plain, Version::Four, line).is_ok());
}

#[test]
fn a_cipher_that_is_not_offered_is_refused() {
    let hub = hub(VoiceRules { modes: vec![CipherMode::Aes256Gcm], ..VoiceRules::default() });
    let (opened, _line, mut out) = opened(&hub);
    assert_eq!(hub.select(opened.key, CipherMode::XChaCha20Poly1305), Err(Close::UnknownEncryption));
    assert_eq!(hub.select(opened.key, CipherMode::Aes256Gcm), Ok(None));
    let Out::Wire(Wire::Text(text)) = out.try_recv().unwrap() else { panic!("no text") };
    let description: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(description["op"], 4);
    assert_eq!(description["d"]["dave_protocol_version"], 1);
    assert_eq!(description["d"]["secret_key"].as_array().unwrap().len(), 32);
}

#[test]
fn a_move_ends_the_session_and_a_new_region_does_not() {
    let hub = hub(VoiceRules::default());
    let (_, _line, mut out) = opened(&hub);
    hub.grant(GUILD, BOT, Stay { token: "new".into(), ..stay(LOUNGE) });
    assert!(hub.is_connected(GUILD, BOT));
    hub.grant(GUILD, BOT, stay(STAGE));
    assert_eq!(out.try_recv().unwrap(), Out::Close(4014));
    assert!(!hub.is_connected(GUILD, BOT));
}

#[test]
fn a_session_is_resumed_until_it_has_ended() {
    let hub = hub(VoiceRules::default());
    let (opened, line, _out) = opened(&hub);
    let resume = Resume { server_id: GUILD, session_id: "s".into(), token: "t".into(), seq_ack: Some(0) };
    assert!(hub.hang_up(GUILD, BOT, 4015));
    assert!(hub.disconnected(opened.key, &line));
    let (newer, mut out) = mpsc::channel(64);
    assert_eq!(hub.resume(&resume, Version::Eight, newer.clone()), Ok(opened.key));
    assert!(matches!(out.try_recv(), Ok(Out::Wire(_))));
    assert!(!hub.disconnected(opened.key, &line), "the old socket's end is not the session's");
    hub.expire(opened.key);
    assert!(hub.is_connected(GUILD, BOT));
    assert!(hub.hang_up(GUILD, BOT, 4006));
    assert_eq!(hub.resume(&resume, Version::Eight, newer), Err(Close::SessionInvalid));
}

#[test]
fn who_identifies_again_replaces_the_older_session() {
    let hub = hub(VoiceRules::default());
    let (first, _line, mut out) = opened(&hub);
    let (second, _other, _others) = opened(&hub);
    assert_eq!(out.try_recv().unwrap(), Out::Close(4006));
    assert_ne!(first.ssrc, second.ssrc);
}
