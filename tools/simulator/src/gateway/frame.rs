//! What clients send (Discord: "Gateway Opcodes").

use serde::Deserialize;
use serde_json::Value;

use super::Close;
use crate::ids::{ChannelId, GuildId};

/// Discord hangs up on larger frames.
const LARGEST: usize = 4096;

/// A frame, parsed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Frame {
    Heartbeat,
    Identify(Identify),
    Voice(VoiceRequest),
    Resume(Resume),
    /// Presence, member and soundboard requests: nothing here answers them.
    Ignored,
}

/// Op 2.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Identify {
    pub(super) token: String,
    pub(super) intents: u64,
}

/// Op 4: the bot wants to be in a voice channel, or in none.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct VoiceRequest {
    pub(crate) guild_id: GuildId,
    pub(crate) channel_id: Option<ChannelId>,
    #[serde(default)]
    pub(crate) self_mute: bool,
    #[serde(default)]
    pub(crate) self_deaf: bool,
}

/// Op 6.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Resume {
    pub(super) token: String,
    pub(super) session_id: String,
    pub(super) seq: u64,
}

#[derive(Deserialize)]
struct Envelope {
    op: u8,
    #[serde(default)]
    d: Value,
}

impl Frame {
    pub(super) fn parse(text: &str) -> Result<Self, Close> {
        if text.len() > LARGEST {
            return Err(Close::DecodeError);
        }
        let Envelope { op, d } = serde_json::from_str(text).map_err(|_| Close::DecodeError)?;
        match op {
            1 => Ok(Self::Heartbeat),
            2 => data(d).map(Self::Identify),
            4 => data(d).map(Self::Voice),
            6 => data(d).map(Self::Resume),
            3 | 8 | 31 => Ok(Self::Ignored),
            _ => Err(Close::UnknownOpcode),
        }
    }
}

fn data<T: for<'de> Deserialize<'de>>(d: Value) -> Result<T, Close> {
    serde_json::from_value(d).map_err(|_| Close::DecodeError)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn frames_are_read() {
        assert_eq!(Frame::parse(r#"{"op":1,"d":251}"#), Ok(Frame::Heartbeat));
        let voice = Frame::parse(r#"{"op":4,"d":{"guild_id":"1000","channel_id":null,"self_deaf":true}}"#);
        let Ok(Frame::Voice(voice)) = voice else { panic!("{voice:?}") };
        assert_eq!((voice.channel_id, voice.self_deaf, voice.self_mute), (None, true, false));
        let resume = Frame::parse(r#"{"op":6,"d":{"token":"t","session_id":"s","seq":7}}"#);
        assert!(matches!(resume, Ok(Frame::Resume(Resume { seq: 7, .. }))));
    }

    #[test]
    fn what_cannot_be_read_names_its_code() {
        assert_eq!(Frame::parse("{"), Err(Close::DecodeError));
        assert_eq!(Frame::parse(r#"{"op":2,"d":{}}"#), Err(Close::DecodeError));
        assert_eq!(Frame::parse(r#"{"op":77,"d":{}}"#), Err(Close::UnknownOpcode));
        let long = format!(r#"{{"op":1,"d":"{}"}}"#, "x".repeat(LARGEST));
        assert_eq!(Frame::parse(&long), Err(Close::DecodeError));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,200}") {
            let _ = Frame::parse(&text);
        }
    }
}
