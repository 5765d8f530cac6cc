//! What a lost voice connection means (Discord, "Voice Close Event Codes").

use songbird::events::context_data::{DisconnectKind as Songbirds, DisconnectReason};

/// What broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectKind {
    /// The first connection was never made.
    Connect,
    /// A connection was not made again.
    Reconnect,
    /// A connection ended.
    Runtime,
}

impl From<Songbirds> for DisconnectKind {
    fn from(kind: Songbirds) -> Self {
        match kind {
            Songbirds::Connect => Self::Connect,
            Songbirds::Reconnect => Self::Reconnect,
            // The enum may grow; what is lost at run time is the rule.
            _ => Self::Runtime,
        }
    }
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The player joins again by itself, with the session that it has; the track goes on where it stopped.
    Rejoins,
    /// The session is over: ask the gateway for a new one (op 4) and connect with it.
    NewSession,
    /// Kicked, moved, or the channel is gone: look at the voice state, it says which.
    LookAtVoiceState,
    /// It was asked for.
    Nothing,
    /// Not to be tried again now: the request was wrong, or there were too many.
    GiveUp,
}

/// What helps against this. `tries` is how often the player has joined again since the last success. Who asked for a
/// first connection has the answer in their hand, and nothing is tried behind their back.
pub fn remedy(kind: DisconnectKind, reason: Option<DisconnectReason>, tries: u32) -> Remedy {
    use songbird::model::CloseCode as Code;
    let first = kind == DisconnectKind::Connect && tries == 0;
    let again = if tries < TRIES && !first { Remedy::Rejoins } else { Remedy::NewSession };
    match reason {
        None | Some(DisconnectReason::Requested | DisconnectReason::AttemptDiscarded) => Remedy::Nothing,
        Some(DisconnectReason::WsClosed(Some(code))) => match code {
            Code::VoiceServerCrash => again,
            // A close code that no client of ours provokes: a fresh session starts over.
            Code::SessionInvalid | Code::SessionTimeout | Code::ServerNotFound | Code::NotAuthenticated => {
                Remedy::NewSession
            }
            Code::Disconnected | Code::CallTerminated => Remedy::LookAtVoiceState,
            _ => Remedy::GiveUp,
        },
        Some(DisconnectReason::ProtocolViolation) => Remedy::NewSession,
        // The network, a time-out, a close without a reason.
        Some(_) => again,
    }
}

/// Times that the same session is tried.
const TRIES: u32 = 3;

/// The close code's number.
pub(super) fn code_of(reason: Option<DisconnectReason>) -> Option<u16> {
    match reason? {
        DisconnectReason::WsClosed(Some(code)) => Some(code as u16),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use songbird::model::{CloseCode, FromPrimitive};

    use super::*;

    fn closed(code: u16) -> DisconnectReason {
        DisconnectReason::WsClosed(Some(CloseCode::from_u16(code).unwrap()))
    }

    #[test]
    fn each_close_code_has_its_remedy() {
        for (code, expected) in [
            (4001, Remedy::GiveUp),
            (4004, Remedy::GiveUp),
            (4006, Remedy::NewSession),
            (4009, Remedy::NewSession),
            (4011, Remedy::NewSession),
            (4014, Remedy::LookAtVoiceState),
            (4015, Remedy::Rejoins),
            (4016, Remedy::GiveUp),
            (4017, Remedy::GiveUp),
            (4021, Remedy::GiveUp),
            (4022, Remedy::LookAtVoiceState),
        ] {
            assert_eq!(remedy(DisconnectKind::Runtime, Some(closed(code)), 0), expected, "{code}");
            assert_eq!(code_of(Some(closed(code))), Some(code));
        }
    }

    #[test]
    fn what_the_network_does_is_tried_again_a_few_times() {
        for reason in [DisconnectReason::Io, DisconnectReason::TimedOut, DisconnectReason::WsClosed(None)] {
            assert_eq!(remedy(DisconnectKind::Runtime, Some(reason), 0), Remedy::Rejoins);
            assert_eq!(remedy(DisconnectKind::Connect, Some(reason), 1), Remedy::Rejoins);
            assert_eq!(remedy(DisconnectKind::Connect, Some(reason), 0), Remedy::NewSession);
            assert_eq!(remedy(DisconnectKind::Reconnect, Some(reason), TRIES), Remedy::NewSession);
            assert_eq!(code_of(Some(reason)), None);
        }
        assert_eq!(remedy(DisconnectKind::Runtime, Some(closed(4015)), TRIES), Remedy::NewSession);
    }

    #[test]
    fn leaving_on_purpose_is_no_loss() {
        assert_eq!(remedy(DisconnectKind::Runtime, None, 0), Remedy::Nothing);
        let asked = Some(DisconnectReason::Requested);
        assert_eq!(remedy(DisconnectKind::Runtime, asked, 0), Remedy::Nothing);
    }
}
