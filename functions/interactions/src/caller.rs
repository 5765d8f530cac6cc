//! Who is asking, from the signed payload and the operator's configuration; never from an option or a custom id.

use shared::discord::envelope::{Interaction, Tenant};
use shared::domain::settings::GuildSettings;
use shared::ids::{GuildId, UserId};
use shared::security::permissions::{GuildRoles, Holder};

/// The user behind an interaction, and where they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    user: UserId,
    tenant: Tenant,
    operator: bool,
    manage_guild: bool,
}

impl Caller {
    /// `None` where Discord names no user: nothing but a PING may come so.
    pub(crate) fn of(interaction: &Interaction, operators: &[UserId]) -> Option<Self> {
        let user = interaction.actor()?.id;
        Some(Self {
            user,
            tenant: interaction.tenant()?,
            operator: operators.contains(&user),
            manage_guild: manages_guild(interaction),
        })
    }

    /// The Discord user.
    pub(crate) const fn user(&self) -> UserId {
        self.user
    }

    /// The guild, or the user's own direct messages.
    pub(crate) const fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// The guild, where there is one.
    pub(crate) const fn guild(&self) -> Option<GuildId> {
        self.tenant.guild()
    }

    /// Whether the operator's configuration names them.
    pub(crate) const fn is_operator(&self) -> bool {
        self.operator
    }

    /// Whether Discord signed that they manage this guild.
    pub(crate) const fn manages_guild(&self) -> bool {
        self.manage_guild
    }

    /// What they hold in this guild.
    pub(crate) fn holder(&self, interaction: &Interaction, settings: &GuildSettings) -> Holder {
        if self.operator {
            return Holder::operator();
        }
        let Some(member) = interaction.member.as_ref().filter(|_| self.guild().is_some()) else {
            return Holder::outside();
        };
        let roles = GuildRoles { dj: settings.dj_role, moderators: settings.moderator_roles() };
        Holder::member(interaction.member_permissions(), &member.roles, roles)
    }
}

fn manages_guild(interaction: &Interaction) -> bool {
    Holder::member(interaction.member_permissions(), &[], GuildRoles { dj: None, moderators: &[] })
        .may(shared::security::permissions::Permission::CommunityRequest)
}
