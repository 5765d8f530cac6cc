//! Discord's ids as twilight types them.

use twilight_model::id::Id;
use twilight_model::id::marker;

/// A guild.
pub type GuildId = Id<marker::GuildMarker>;
/// A channel, text or voice.
pub type ChannelId = Id<marker::ChannelMarker>;
/// A user; a bot's user too.
pub type UserId = Id<marker::UserMarker>;
/// An application. Its bot's user has the same number.
pub type ApplicationId = Id<marker::ApplicationMarker>;
/// A message.
pub type MessageId = Id<marker::MessageMarker>;
/// A role.
pub type RoleId = Id<marker::RoleMarker>;
/// An interaction.
pub type InteractionId = Id<marker::InteractionMarker>;
/// A command.
pub type CommandId = Id<marker::CommandMarker>;
