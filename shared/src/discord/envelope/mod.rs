//! An interaction as Discord sends it: our own thin structs, lenient where Discord may grow.
//!
//! Parsed only from bytes whose signature was checked (SPEC W20). Unknown fields, kinds, option types and
//! component types never fail; a known field of the wrong shape does. `serde_json` keeps its recursion limit.

mod data;
mod options;
mod resolved;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use twilight_model::guild::Permissions;

pub use data::{CommandData, CommandKind, ComponentData, Data, Focused, ModalData};
pub use options::{OptionError, Options};
pub use resolved::{Attachment, Resolved, ResolvedMessage};

pub use crate::domain::access::Tenant;

use crate::{
    ids::{ApplicationId, ChannelId, GuildId, InteractionId, MessageId, RoleId, UserId},
    security::secret::Secret,
};

/// One signed interaction.
#[derive(Debug)]
pub struct Interaction {
    /// Its id; the idempotency key of everything that it changes.
    pub id: InteractionId,
    /// The application that it was sent to.
    pub application_id: ApplicationId,
    /// What it is.
    pub kind: Kind,
    /// The right to answer it for 15 minutes.
    pub token: Secret,
    /// The guild, unless it came from a private channel.
    pub guild_id: Option<GuildId>,
    /// The channel.
    pub channel_id: Option<ChannelId>,
    /// Who did it, in a guild.
    pub member: Option<Member>,
    /// Who did it, in a private channel.
    pub user: Option<User>,
    /// The user's language, e.g. `pt-BR`.
    pub locale: Option<String>,
    /// The guild's language.
    pub guild_locale: Option<String>,
    /// What our application may do in the channel.
    pub app_permissions: Permissions,
    /// Where it was done.
    pub context: Option<Context>,
    /// Who installed the application.
    pub installed_by: Installation,
    /// The command, component or modal; `None` for pings and for kinds that we do not know.
    pub data: Option<Data>,
    /// The message that carries the component.
    pub message: Option<SourceMessage>,
}

/// The bytes are no interaction. The text is for the log: it names no value of the payload.
#[derive(Debug, thiserror::Error)]
#[error("not an interaction: line {line}, column {column}")]
pub struct EnvelopeError {
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for EnvelopeError {
    fn from(error: serde_json::Error) -> Self {
        Self { line: error.line(), column: error.column() }
    }
}

impl Interaction {
    /// Reads an interaction from the verified body.
    pub fn parse(body: &[u8]) -> Result<Self, EnvelopeError> {
        let wire: Wire<'_> = serde_json::from_slice(body)?;
        let data = wire.data.map(|raw| Data::parse(wire.kind, raw)).transpose()?.flatten();
        Ok(Self {
            id: wire.id,
            application_id: wire.application_id,
            kind: wire.kind,
            token: wire.token,
            guild_id: wire.guild_id,
            channel_id: wire.channel_id,
            member: wire.member,
            user: wire.user,
            locale: wire.locale,
            guild_locale: wire.guild_locale,
            app_permissions: wire.app_permissions.unwrap_or(Permissions::empty()),
            context: wire.context,
            installed_by: wire.authorizing_integration_owners.unwrap_or_default(),
            data,
            message: wire.message,
        })
    }

    /// Who did it; `None` only for pings.
    pub fn actor(&self) -> Option<&User> {
        self.member.as_ref().map(|member| &member.user).or(self.user.as_ref())
    }

    /// Whose data it touches: the signed payload decides, nothing else (SPEC W17).
    pub fn tenant(&self) -> Option<Tenant> {
        match (self.guild_id, self.actor()) {
            (Some(guild), _) => Some(Tenant::Guild(guild)),
            (None, Some(user)) => Some(Tenant::Dm(user.id)),
            (None, None) => None,
        }
    }

    /// What the member may do in the channel; nothing in a private channel.
    pub fn member_permissions(&self) -> Permissions {
        self.member.as_ref().and_then(|member| member.permissions).unwrap_or(Permissions::empty())
    }

    /// The command of a command or autocomplete interaction.
    pub fn command(&self) -> Option<&CommandData> {
        match &self.data {
            Some(Data::Command(command)) => Some(command),
            _ => None,
        }
    }
}

/// What an interaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "u8")]
pub enum Kind {
    /// Discord asks whether the address is alive.
    Ping,
    /// A slash, user or message command.
    Command,
    /// A button or a select.
    Component,
    /// A keystroke in an option with autocomplete.
    Autocomplete,
    /// A modal was sent off.
    Modal,
    /// Something that Discord added later.
    Other(u8),
}

impl From<u8> for Kind {
    fn from(kind: u8) -> Self {
        match kind {
            1 => Self::Ping,
            2 => Self::Command,
            3 => Self::Component,
            4 => Self::Autocomplete,
            5 => Self::Modal,
            other => Self::Other(other),
        }
    }
}

/// Where an interaction was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "u8")]
pub enum Context {
    /// In a guild.
    Guild,
    /// In a direct message with the bot.
    BotDm,
    /// In a group or another person's direct message.
    PrivateChannel,
    /// Something that Discord added later.
    Other(u8),
}

impl From<u8> for Context {
    fn from(context: u8) -> Self {
        match context {
            0 => Self::Guild,
            1 => Self::BotDm,
            2 => Self::PrivateChannel,
            other => Self::Other(other),
        }
    }
}

/// A member of the guild, as of the moment of the interaction.
#[derive(Clone, Debug, Deserialize)]
pub struct Member {
    /// The person.
    pub user: User,
    /// Their roles, without `@everyone`.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// What they may do in the channel, overwrites included.
    pub permissions: Option<Permissions>,
}

/// A person. Names are not read: we store none (SPEC T28).
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The name that they chose for everywhere. Untrusted.
    #[serde(default)]
    pub global_name: Option<String>,
    /// Their unique name. Untrusted.
    #[serde(default)]
    pub username: String,
    /// Whether it is another bot.
    #[serde(default)]
    pub bot: bool,
}

impl User {
    /// How they are called, as far as Discord says it. Untrusted.
    pub fn name(&self) -> &str {
        self.global_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.username)
    }
}

/// The message that carries a component.
#[derive(Clone, Debug, Deserialize)]
pub struct SourceMessage {
    /// Its id.
    pub id: MessageId,
    /// Its channel.
    pub channel_id: Option<ChannelId>,
}

/// Who installed the application, of those relevant here; Discord's map of installation type to id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Installation {
    /// The guild that added the bot; `"0"` when used in a direct message with the bot.
    #[serde(rename = "0")]
    guild: Option<String>,
    /// The user who added the application to their account.
    #[serde(rename = "1")]
    user: Option<String>,
}

impl Installation {
    /// Whether the guild itself added the bot; `false` where one user brought the application along.
    pub fn by_guild(&self) -> bool {
        self.guild.is_some()
    }

    /// Whether the user added the application to their account.
    pub fn by_user(&self) -> bool {
        self.user.is_some()
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    id: InteractionId,
    application_id: ApplicationId,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(deserialize_with = "secret")]
    token: Secret,
    guild_id: Option<GuildId>,
    channel_id: Option<ChannelId>,
    member: Option<Member>,
    user: Option<User>,
    locale: Option<String>,
    guild_locale: Option<String>,
    app_permissions: Option<Permissions>,
    context: Option<Context>,
    authorizing_integration_owners: Option<Installation>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    message: Option<SourceMessage>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::new)
}
