//! What a deployment lets its worker fetch, and how long it waits.

use core::time::Duration;

use shared::security::track_url::UrlPolicy;

use super::PrivateHosts;

/// The rules of the guarded connector.
#[derive(Clone, Debug)]
pub struct NetPolicy {
    /// Which schemes.
    pub urls: UrlPolicy,
    /// Private hosts that the operator has named; none by default.
    pub private_hosts: PrivateHosts,
    /// How long is waited for what.
    pub timeouts: Timeouts,
    /// Most bytes of one file. A decoder reads as a stream: this bounds time and traffic, memory is bounded anyway.
    pub size_max: u64,
}

/// Limits against servers that are slow on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the name to a connection with TLS.
    pub connect: Duration,
    /// From the request to the answer's headers.
    pub first_byte: Duration,
    /// Between two pieces of the body.
    pub idle: Duration,
    /// A whole small document: a playlist, a key, an API's answer.
    pub document: Duration,
    /// Over this much waiting, [`Timeouts::pace_bytes`] have to have come.
    pub pace_window: Duration,
    /// See [`Timeouts::pace_window`]: a byte a second keeps no idle limit waiting.
    pub pace_bytes: u64,
}

impl Timeouts {
    /// What every deployment uses. 16 kbit/s is below any music.
    pub const STANDARD: Self = Self {
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        document: Duration::from_secs(15),
        pace_window: Duration::from_secs(10),
        pace_bytes: 20 * 1024,
    };
}

impl NetPolicy {
    /// https and public addresses only; files up to 2 GiB.
    pub const STRICT: Self = Self {
        urls: UrlPolicy::HTTPS_ONLY,
        private_hosts: PrivateHosts::NONE,
        timeouts: Timeouts::STANDARD,
        size_max: 2 * 1024 * 1024 * 1024,
    };
}
