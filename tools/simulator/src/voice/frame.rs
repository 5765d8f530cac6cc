//! What clients send to a voice server (Discord: "Voice Opcodes"; <https://daveprotocol.com/#voice-gateway-opcodes>).

use serde::Deserialize;
use serde_json::Value;

use super::{CipherMode, Close};
use crate::ids::{GuildId, UserId};

/// A frame, parsed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Frame {
    Identify(Identify),
    SelectProtocol(CipherMode),
    Heartbeat {
        /// To be sent back as it is.
        nonce: Value,
        /// The last message that was seen, from version 8.
        seq_ack: Option<i64>,
    },
    Speaking(u64),
    Resume(Resume),
    KeyPackage(Vec<u8>),
    CommitWelcome(Vec<u8>),
    TransitionReady(u16),
    /// A commit or welcome could not be read; a new key package follows.
    InvalidCommitWelcome,
    /// Video, flags, and what else does not concern sound.
    Ignored,
}

/// Op 0.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Identify {
    pub(super) server_id: GuildId,
    pub(super) user_id: UserId,
    pub(super) session_id: String,
    pub(super) token: String,
    #[serde(default)]
    pub(super) max_dave_protocol_version: u16,
}

/// Op 7.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Resume {
    pub(super) server_id: GuildId,
    pub(super) session_id: String,
    pub(super) token: String,
    #[serde(default)]
    pub(super) seq_ack: Option<i64>,
}

#[derive(Deserialize)]
struct Envelope {
    op: u8,
    #[serde(default)]
    d: Value,
}

#[derive(Deserialize)]
struct Select {
    protocol: String,
    data: Selected,
}

#[derive(Deserialize)]
struct Selected {
    mode: Value,
}

#[derive(Deserialize)]
struct Transition {
    transition_id: u16,
}

impl Frame {
    /// A JSON message.
    pub(super) fn parse(text: &str) -> Result<Self, Close> {
        let Envelope { op, d } = serde_json::from_str(text).map_err(|_| Close::DecodeError)?;
        match op {
            0 => data(d).map(Self::Identify),
            1 => select(d),
            3 => Ok(heartbeat(d)),
            5 => Ok(Self::Speaking(d.get("speaking").and_then(Value::as_u64).unwrap_or_default())),
            7 => data(d).map(Self::Resume),
            23 => data::<Transition>(d).map(|one| Self::TransitionReady(one.transition_id)),
            31 => Ok(Self::InvalidCommitWelcome),
            10 | 12 | 14 | 15 | 16 | 18 | 20 => Ok(Self::Ignored),
            _ => Err(Close::UnknownOpcode),
        }
    }

    /// A binary message: the opcode, and bytes of MLS.
    pub(super) fn parse_binary(bytes: &[u8]) -> Result<Self, Close> {
        match bytes.split_first() {
            Some((26, rest)) => Ok(Self::KeyPackage(rest.to_vec())),
            Some((28, rest)) => Ok(Self::CommitWelcome(rest.to_vec())),
            Some(_) => Err(Close::UnknownOpcode),
            None => Err(Close::DecodeError),
        }
    }
}

fn data<T: for<'de> Deserialize<'de>>(d: Value) -> Result<T, Close> {
    serde_json::from_value(d).map_err(|_| Close::DecodeError)
}

fn select(d: Value) -> Result<Frame, Close> {
    let Select { protocol, data: Selected { mode } } = data(d)?;
    if protocol != "udp" {
        return Err(Close::UnknownProtocol);
    }
    serde_json::from_value(mode).map(Frame::SelectProtocol).map_err(|_| Close::UnknownEncryption)
}

/// A bare nonce until version 7; `{t, seq_ack}` from version 8.
fn heartbeat(d: Value) -> Frame {
    match d {
        Value::Object(mut object) => Frame::Heartbeat {
            nonce: object.remove("t").unwrap_or_default(),
            seq_ack: object.get("seq_ack").and_then(Value::as_i64),
        },
        nonce => Frame::Heartbeat { nonce, seq_ack: None },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn parse(value: &Value) -> Result<Frame, Close> {
        Frame::parse(&value.to_string())
    }

    #[test]
    fn identify_is_read_with_ids_in_either_spelling() {
        let identify = parse(&json!({ "op": 0, "d": {
            "server_id": "1000", "user_id": 9001, "session_id": "s", "token": "t", "max_dave_protocol_version": 1,
        }}));
        let Ok(Frame::Identify(identify)) = identify else { panic!("{identify:?}") };
        assert_eq!((identify.server_id.get(), identify.user_id.get()), (1000, 9001));
        assert_eq!(identify.max_dave_protocol_version, 1);
    }

    #[test]
    fn select_protocol_names_a_known_cipher_over_udp() {
        let select = |protocol: &str, mode: &str| {
            parse(
                &json!({ "op": 1, "d": { "protocol": protocol, "data": { "address": "1.1.1.1", "port": 1, "mode": mode } } }),
            )
        };
        assert_eq!(
            select("udp", "aead_aes256_gcm_rtpsize"),
            Ok(Frame::SelectProtocol(CipherMode::Aes256Gcm))
        );
        assert_eq!(select("udp", "xsalsa20_poly1305"), Err(Close::UnknownEncryption));
        assert_eq!(select("webrtc", "aead_aes256_gcm_rtpsize"), Err(Close::UnknownProtocol));
    }

    #[test]
    fn heartbeats_of_both_versions() {
        assert_eq!(
            parse(&json!({ "op": 3, "d": 12 })),
            Ok(Frame::Heartbeat { nonce: json!(12), seq_ack: None })
        );
        let eight = parse(&json!({ "op": 3, "d": { "t": 12, "seq_ack": 4 } }));
        assert_eq!(eight, Ok(Frame::Heartbeat { nonce: json!(12), seq_ack: Some(4) }));
    }

    #[test]
    fn mls_travels_in_binary() {
        assert_eq!(Frame::parse_binary(&[26, 1, 2]), Ok(Frame::KeyPackage(vec![1, 2])));
        assert_eq!(Frame::parse_binary(&[28]), Ok(Frame::CommitWelcome(vec![])));
        assert_eq!(Frame::parse_binary(&[27, 1]), Err(Close::UnknownOpcode));
        assert_eq!(Frame::parse_binary(&[]), Err(Close::DecodeError));
    }

    #[test]
    fn what_cannot_be_read_names_its_code() {
        assert_eq!(Frame::parse("{"), Err(Close::DecodeError));
        assert_eq!(parse(&json!({ "op": 0, "d": {} })), Err(Close::DecodeError));
        assert_eq!(parse(&json!({ "op": 99 })), Err(Close::UnknownOpcode));
    }

    proptest! {
        #[test]
        fn no_text_and_no_bytes_panic(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..50)) {
            let _ = Frame::parse(&text);
            let _ = Frame::parse_binary(&bytes);
        }
    }
}
