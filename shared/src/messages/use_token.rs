//! "Do this at a service in a user's name": what others ask of the oauth function, and what they get (SPEC W13).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BadMessage, Version};
use crate::domain::accounts::Subject;
use crate::domain::playlist_address::PlaylistAddress;
use crate::domain::track::Track;
use crate::ids::UserId;

/// An invocation that waits for its answer. Only who may invoke the function by IAM can ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseToken {
    #[serde(rename = "type")]
    kind: Kind,
    version: Version,
    user: UserId,
    call: Call,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "use_token")]
    UseToken,
}

/// What is done with a user's token. There is no call that only hands one out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// What is on a playlist that the user may see.
    Playlist {
        /// Which one.
        address: PlaylistAddress,
    },
    /// Twitch tells us what viewers do in the user's channel (SPEC P11). Doing it again makes whole what is missing.
    HearChannel,
    /// Twitch does not tell it any more. The account need not be linked any longer.
    LeaveChannel {
        /// Whose channel.
        broadcaster: Subject,
    },
}

/// What came of it. It never holds a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Used {
    /// A playlist.
    Playlist {
        /// What it is called there. Untrusted.
        title: String,
        /// What is on it and can be looked for here, in order, as many as a playlist of ours takes.
        tracks: Vec<Track>,
        /// Whether there was more.
        more: bool,
    },
    /// A channel, as it stands now.
    Channel {
        /// Whose.
        broadcaster: Subject,
        /// How.
        state: ChannelState,
    },
    /// The user has not linked this service, or has to link it again.
    NotLinked,
    /// There is no such thing, or the user may not see it.
    NotFound,
    /// It may work later.
    Later,
}

/// Whether Twitch tells us of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelState {
    /// It does.
    On,
    /// It will, once it has asked our address whether it is wanted there.
    Pending,
    /// It does not.
    Off,
    /// It does not: the link has less scopes than that takes. Linking again gives them.
    MissingScopes,
}

impl UseToken {
    /// The value of `type`.
    pub const TYPE: &str = "use_token";

    /// In the name of this user.
    pub const fn new(user: UserId, call: Call) -> Self {
        Self { kind: Kind::UseToken, version: Version, user, call }
    }

    /// In whose name.
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// What.
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// Reads an event.
    pub fn parse(event: &Value) -> Result<Self, BadMessage> {
        Self::deserialize(event).map_err(|_| BadMessage)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_reads_as_it_was_written() {
        let call = Call::Playlist { address: "spotify:abc".parse().unwrap() };
        let message = UseToken::new(UserId::new(7), call);
        let event = serde_json::to_value(&message).unwrap();
        let expected = json!({
            "type": "use_token", "version": 1, "user": "7", "call": { "call": "playlist", "address": "spotify:abc" },
        });
        assert_eq!((&event, UseToken::parse(&event)), (&expected, Ok(message)));
    }

    #[test]
    fn a_channel_is_heard_and_left() {
        for (call, expected) in [
            (Call::HearChannel, json!({ "call": "hear_channel" })),
            (
                Call::LeaveChannel { broadcaster: "12826".parse().unwrap() },
                json!({ "call": "leave_channel", "broadcaster": "12826" }),
            ),
        ] {
            let event = serde_json::to_value(UseToken::new(UserId::new(7), call.clone())).unwrap();
            assert_eq!((&event["call"], UseToken::parse(&event).unwrap().call()), (&expected, &call));
        }
    }

    #[test]
    fn nobody_can_ask_for_a_token_or_for_what_is_not_known() {
        let ask = |call: Value| json!({ "type": "use_token", "version": 1, "user": "7", "call": call });
        for event in [
            ask(json!({ "call": "token", "provider": "spotify" })),
            ask(json!({ "call": "playlist", "address": "twitch:abc" })),
            ask(json!({ "call": "playlist", "address": "spotify:a/../b" })),
            ask(json!({ "call": "playlist", "address": "spotify:abc", "also": "token" })),
            ask(json!({ "call": "leave_channel" })),
            ask(json!({ "call": "leave_channel", "broadcaster": "a b" })),
            json!({ "type": "use_token", "version": 1, "user": "x", "call": { "call": "playlist", "address": "spotify:a" } }),
        ] {
            assert_eq!(UseToken::parse(&event), Err(BadMessage), "{event}");
        }
    }

    #[test]
    fn an_answer_reads_as_it_was_written() {
        for used in [
            Used::Playlist { title: "Mix".into(), tracks: Vec::new(), more: true },
            Used::Channel { broadcaster: "12826".parse().unwrap(), state: ChannelState::Pending },
            Used::NotLinked,
            Used::NotFound,
            Used::Later,
        ] {
            let text = serde_json::to_string(&used).unwrap();
            assert_eq!(serde_json::from_str::<Used>(&text).unwrap(), used, "{text}");
        }
    }
}
