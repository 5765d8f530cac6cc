//! Why a voice server hangs up (Discord: "Voice Close Event Codes").

/// A close code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Close {
    UnknownOpcode,
    DecodeError,
    NotAuthenticated,
    AuthenticationFailed,
    AlreadyAuthenticated,
    SessionInvalid,
    SessionTimeout,
    UnknownProtocol,
    Disconnected,
    UnknownEncryption,
    DaveRequired,
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
            Self::SessionInvalid => 4006,
            Self::SessionTimeout => 4009,
            Self::UnknownProtocol => 4012,
            Self::Disconnected => 4014,
            Self::UnknownEncryption => 4016,
            Self::DaveRequired => 4017,
        }
    }
}
