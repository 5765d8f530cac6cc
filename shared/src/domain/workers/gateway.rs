//! What a worker needs to go on with Discord's gateway instead of identifying again (SPEC P12).

/// A gateway session that can be resumed
/// (<https://discord.com/developers/docs/events/gateway#resuming>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewaySession {
    /// `session_id` of READY.
    pub session_id: String,
    /// The number of the last event that was received.
    pub seq: u64,
    /// `resume_gateway_url` of READY.
    pub resume_url: String,
}
