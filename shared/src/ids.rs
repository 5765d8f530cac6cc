//! Discord's ids, as twilight types them; said once, so that nobody passes a user where a guild belongs.
//!
//! A snowflake is a non-zero `u64`; on the wire it is a decimal string
//! (<https://discord.com/developers/docs/reference#snowflakes>). Parsing refuses zero, signs and overflow.

use twilight_model::id::{Id, marker};

/// A guild, which is our tenant (SPEC W17).
pub type GuildId = Id<marker::GuildMarker>;
/// A Discord user.
pub type UserId = Id<marker::UserMarker>;
/// A channel of any kind.
pub type ChannelId = Id<marker::ChannelMarker>;
/// A role of a guild.
pub type RoleId = Id<marker::RoleMarker>;
/// A message.
pub type MessageId = Id<marker::MessageMarker>;
/// An interaction; the idempotency key of everything that the interaction changes.
pub type InteractionId = Id<marker::InteractionMarker>;
/// Our application.
pub type ApplicationId = Id<marker::ApplicationMarker>;
