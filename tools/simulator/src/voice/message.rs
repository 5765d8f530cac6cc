//! What a voice server sends, and how each gateway version writes it.

use serde_json::{Value, json};

use crate::ids::UserId;

/// Which gateway the client asked for with `?v=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// 4 to 7: no sequence numbers.
    Four,
    /// 8 and later: a sequence number on every message that can be replayed.
    Eight,
}

impl Version {
    /// Of a request's query; without one Discord takes the oldest.
    pub(super) fn of_query(query: Option<&str>) -> Self {
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let asked = pairs.filter(|(key, _)| key == "v").find_map(|(_, value)| value.parse::<u8>().ok());
        if asked.is_some_and(|version| version >= 8) { Self::Eight } else { Self::Four }
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Message {
    /// Belongs to this connection only: hello, acknowledgements, resumed.
    Control(u8, Value),
    /// JSON that is replayed after a resume.
    Json(u8, Value),
    /// MLS that is replayed after a resume.
    Binary(u8, Vec<u8>),
}

/// As it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Text(String),
    Binary(Vec<u8>),
}

impl Message {
    pub(super) fn clients_connect(users: &[UserId]) -> Self {
        Self::Json(11, json!({ "user_ids": users }))
    }

    pub(super) fn client_disconnect(user: UserId) -> Self {
        Self::Json(13, json!({ "user_id": user }))
    }

    pub(super) fn speaking(user: UserId, ssrc: u32, speaking: u64) -> Self {
        Self::Json(5, json!({ "user_id": user, "ssrc": ssrc, "speaking": speaking, "delay": 0 }))
    }

    pub(super) fn prepare_epoch() -> Self {
        Self::Json(24, json!({ "protocol_version": 1, "epoch": 1 }))
    }

    pub(super) fn execute_transition(transition: u16) -> Self {
        Self::Json(22, json!({ "transition_id": transition }))
    }

    pub(super) fn external_sender(package: &[u8]) -> Self {
        Self::Binary(25, package.to_vec())
    }

    /// Proposals to append, which is what the 0 says.
    pub(super) fn proposals(proposals: &[u8]) -> Self {
        Self::Binary(27, [&[0], proposals].concat())
    }

    pub(super) fn announce_commit(transition: u16, commit: &[u8]) -> Self {
        Self::Binary(29, [&transition.to_be_bytes(), commit].concat())
    }

    pub(super) fn welcome(transition: u16, welcome: &[u8]) -> Self {
        Self::Binary(30, [&transition.to_be_bytes(), welcome].concat())
    }

    pub(super) fn is_replayed(&self) -> bool {
        !matches!(self, Self::Control(..))
    }

    /// In the words of a version; `seq` counts only from 8, and only for what is replayed.
    pub(super) fn encode(&self, version: Version, seq: u16) -> Wire {
        match (self, version) {
            (Self::Control(op, d), _) | (Self::Json(op, d), Version::Four) => {
                Wire::Text(json!({ "op": op, "d": d }).to_string())
            }
            (Self::Json(op, d), Version::Eight) => {
                Wire::Text(json!({ "op": op, "d": d, "seq": seq }).to_string())
            }
            (Self::Binary(op, bytes), Version::Four) => Wire::Binary([&[*op], bytes.as_slice()].concat()),
            (Self::Binary(op, bytes), Version::Eight) => {
                Wire::Binary([&seq.to_be_bytes(), [*op].as_slice(), bytes].concat())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_version_8_counts() {
        let proposals = Message::proposals(&[7]);
        assert_eq!(proposals.encode(Version::Four, 258), Wire::Binary(vec![27, 0, 7]));
        assert_eq!(proposals.encode(Version::Eight, 258), Wire::Binary(vec![1, 2, 27, 0, 7]));
        let Wire::Text(text) = Message::prepare_epoch().encode(Version::Eight, 3) else { panic!("binary") };
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["seq"], 3);
        let Wire::Text(text) = Message::Control(6, json!(1)).encode(Version::Eight, 3) else {
            panic!("binary")
        };
        assert_eq!(text, r#"{"d":1,"op":6}"#);
    }

    #[test]
    fn the_version_stands_in_the_query() {
        assert_eq!(Version::of_query(Some("encoding=json&v=8")), Version::Eight);
        assert_eq!(Version::of_query(Some("v=4")), Version::Four);
        assert_eq!(Version::of_query(None), Version::Four);
        assert_eq!(Version::of_query(Some("v=many")), Version::Four);
    }
}
