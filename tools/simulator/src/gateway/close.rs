//! Why the gateway hangs up (Discord: "Gateway Close Event Codes").

/// A close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    UnknownOpcode,
    DecodeError,
    NotAuthenticated,
    AuthenticationFailed,
    AlreadyAuthenticated,
    SessionTimedOut,
    InvalidIntents,
    DisallowedIntents,
}

impl Close {
    /// Its number.
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::UnknownOpcode => 4001,
            Self::DecodeError => 4002,
            Self::NotAuthenticated => 4003,
            Self::AuthenticationFailed => 4004,
            Self::AlreadyAuthenticated => 4005,
            Self::SessionTimedOut => 4009,
            Self::InvalidIntents => 4013,
            Self::DisallowedIntents => 4014,
        }
    }
}
