//! Rule: who may do what is decided by typed permissions `resource:action`; a grant may be `resource:*` or `*`, a
//! requirement never is; what is unknown is denied (SPEC W14, W15).
//! Threat: privilege escalation by an odd string, a wildcard where none belongs, or a role that inherits by accident.
//! Refusal: no [`Authorized`] value, and what destroys asks for one.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use twilight_model::guild::Permissions;

use crate::ids::RoleId;

/// Something that can be required. The list is closed: a permission that is not here cannot be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// See one's own data.
    ProfileView,
    /// Change or erase one's own data.
    ProfileEdit,
    /// See the queue and what is playing.
    QueueView,
    /// Add tracks.
    QueueAdd,
    /// Reorder, or remove other people's tracks.
    QueueEdit,
    /// Pause, skip, seek, volume, loop.
    PlaybackControl,
    /// Vote to skip.
    PlaybackVote,
    /// See and load playlists.
    PlaylistView,
    /// Save playlists and delete one's own.
    PlaylistEdit,
    /// Delete other people's playlists.
    PlaylistManage,
    /// See the guild's settings.
    SettingsView,
    /// Change the guild's settings.
    SettingsEdit,
    /// Moderate the community's content.
    CommunityModerate,
    /// Ask for the guild's approval.
    CommunityRequest,
    /// Manage members of the community.
    UserManage,
    /// Make, list and revoke API keys.
    KeyManage,
    /// Install a module.
    ModuleInstall,
    /// Configure a module.
    ModuleConfigure,
    /// Approve, deny and revoke guilds.
    AccessReview,
    /// Lock the bot down, and resume it.
    ContainmentSet,
    /// Read the audit trail.
    AuditRead,
    /// Read incidents.
    IncidentRead,
    /// Take, close and silence incidents.
    IncidentManage,
}

impl Permission {
    /// Every permission there is.
    pub const ALL: [Self; 23] = [
        Self::ProfileView,
        Self::ProfileEdit,
        Self::QueueView,
        Self::QueueAdd,
        Self::QueueEdit,
        Self::PlaybackControl,
        Self::PlaybackVote,
        Self::PlaylistView,
        Self::PlaylistEdit,
        Self::PlaylistManage,
        Self::SettingsView,
        Self::SettingsEdit,
        Self::CommunityModerate,
        Self::CommunityRequest,
        Self::UserManage,
        Self::KeyManage,
        Self::ModuleInstall,
        Self::ModuleConfigure,
        Self::AccessReview,
        Self::ContainmentSet,
        Self::AuditRead,
        Self::IncidentRead,
        Self::IncidentManage,
    ];

    /// `resource` and `action`.
    pub const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::ProfileView => ("profile", "view"),
            Self::ProfileEdit => ("profile", "edit"),
            Self::QueueView => ("queue", "view"),
            Self::QueueAdd => ("queue", "add"),
            Self::QueueEdit => ("queue", "edit"),
            Self::PlaybackControl => ("playback", "control"),
            Self::PlaybackVote => ("playback", "vote"),
            Self::PlaylistView => ("playlist", "view"),
            Self::PlaylistEdit => ("playlist", "edit"),
            Self::PlaylistManage => ("playlist", "manage"),
            Self::SettingsView => ("settings", "view"),
            Self::SettingsEdit => ("settings", "edit"),
            Self::CommunityModerate => ("community", "moderate"),
            Self::CommunityRequest => ("community", "request"),
            Self::UserManage => ("user", "manage"),
            Self::KeyManage => ("key", "manage"),
            Self::ModuleInstall => ("module", "install"),
            Self::ModuleConfigure => ("module", "configure"),
            Self::AccessReview => ("access", "review"),
            Self::ContainmentSet => ("containment", "set"),
            Self::AuditRead => ("audit", "read"),
            Self::IncidentRead => ("incident", "read"),
            Self::IncidentManage => ("incident", "manage"),
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (resource, action) = self.parts();
        write!(f, "{resource}:{action}")
    }
}

/// Not a permission: unknown, a wildcard where none belongs, or malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a permission; write resource:action")]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        let (resource, action) = text.split_once(':').ok_or(UnknownPermission)?;
        Self::ALL.into_iter().find(|known| known.parts() == (resource, action)).ok_or(UnknownPermission)
    }
}

/// What a role or a key may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `*`: everything.
    All,
    /// `resource:*`: every action on one resource.
    Resource(&'static str),
    /// Exactly this.
    One(Permission),
}

impl Grant {
    /// Whether holding this is enough for `required`.
    pub fn covers(self, required: Permission) -> bool {
        match self {
            Self::All => true,
            Self::Resource(resource) => resource == required.parts().0,
            Self::One(held) => held == required,
        }
    }
}

impl FromStr for Grant {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        if text == "*" {
            return Ok(Self::All);
        }
        let Some(resource) = text.strip_suffix(":*") else { return text.parse().map(Self::One) };
        let known = Permission::ALL.into_iter().find(|known| known.parts().0 == resource);
        known.map(|known| Self::Resource(known.parts().0)).ok_or(UnknownPermission)
    }
}

/// The four roles, each of which contains the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Anybody in an approved guild.
    User,
    /// A member with one of the guild's moderator roles.
    Moderator,
    /// A member with Discord's Manage Server.
    CommunityOwner,
    /// An operator of this deployment.
    Admin,
}

impl Role {
    /// From the least to the most.
    pub const ALL: [Self; 4] = [Self::User, Self::Moderator, Self::CommunityOwner, Self::Admin];

    /// What this role adds to the one that it inherits from.
    pub const fn own_grants(self) -> &'static [Grant] {
        use Grant::{All, One, Resource};
        match self {
            Self::User => &[
                One(Permission::ProfileView),
                One(Permission::ProfileEdit),
                One(Permission::QueueView),
                One(Permission::QueueAdd),
                One(Permission::PlaybackVote),
                One(Permission::PlaylistView),
                One(Permission::PlaylistEdit),
                One(Permission::SettingsView),
            ],
            Self::Moderator => &[
                One(Permission::CommunityModerate),
                One(Permission::UserManage),
                Resource("queue"),
                Resource("playback"),
                Resource("playlist"),
            ],
            Self::CommunityOwner => &[
                Resource("community"),
                Resource("key"),
                One(Permission::ModuleInstall),
                One(Permission::ModuleConfigure),
                Resource("settings"),
            ],
            Self::Admin => &[All],
        }
    }

    /// The role whose grants this one contains.
    pub const fn inherits(self) -> Option<Self> {
        match self {
            Self::User => None,
            Self::Moderator => Some(Self::User),
            Self::CommunityOwner => Some(Self::Moderator),
            Self::Admin => Some(Self::CommunityOwner),
        }
    }

    /// Whether the role may, by itself or by those that it contains.
    pub fn may(self, required: Permission) -> bool {
        let own = self.own_grants().iter().any(|grant| grant.covers(required));
        own || self.inherits().is_some_and(|parent| parent.may(required))
    }
}

/// What a DJ may do besides a user: the guild's DJ role, or everybody where none is set.
const DJ_GRANTS: [Permission; 2] = [Permission::QueueEdit, Permission::PlaybackControl];

/// The roles of one guild that mean something to us, from its settings.
#[derive(Clone, Copy, Debug)]
pub struct GuildRoles<'a> {
    /// Who controls the music; `None` is everybody.
    pub dj: Option<RoleId>,
    /// Who moderates.
    pub moderators: &'a [RoleId],
}

/// Who is asking, from the signed payload and the operator's configuration; never from anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    role: Role,
    dj: bool,
}

impl Holder {
    /// An operator, wherever they are.
    pub const fn operator() -> Self {
        Self { role: Role::Admin, dj: true }
    }

    /// Somebody outside of a guild: their own profile and nothing else is theirs to touch.
    pub const fn outside() -> Self {
        Self { role: Role::User, dj: false }
    }

    /// A member of a guild: `permissions` and `roles` as Discord signed them.
    pub fn member(permissions: Permissions, roles: &[RoleId], guild: GuildRoles<'_>) -> Self {
        let owner = permissions.intersects(Permissions::MANAGE_GUILD | Permissions::ADMINISTRATOR);
        let moderator = guild.moderators.iter().any(|role| roles.contains(role));
        let role = match (owner, moderator) {
            (true, _) => Role::CommunityOwner,
            (false, true) => Role::Moderator,
            (false, false) => Role::User,
        };
        Self { role, dj: guild.dj.is_none_or(|dj| roles.contains(&dj)) }
    }

    /// The highest of the four roles that they hold.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether they may.
    pub fn may(&self, required: Permission) -> bool {
        self.role.may(required) || (self.dj && DJ_GRANTS.contains(&required))
    }

    /// The proof that they may, to hand to what asks for it.
    pub fn authorize<R: Right>(&self) -> Result<Authorized<R>, Denied> {
        if self.may(R::NEEDS) { Ok(Authorized(PhantomData)) } else { Err(Denied { needs: R::NEEDS }) }
    }
}

/// The caller may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("needs {needs}")]
pub struct Denied {
    /// What they would need.
    pub needs: Permission,
}

/// Something that is done only with a permission.
pub trait Right {
    /// The permission.
    const NEEDS: Permission;
}

/// Proof that the caller may do `R`. Made by [`Holder::authorize`] alone.
#[derive(Clone, Copy, Debug)]
pub struct Authorized<R>(PhantomData<R>);

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident => $needs:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl Right for $name {
            const NEEDS: Permission = Permission::$needs;
        }
    )*};
}

rights! {
    /// Reorder the queue, or remove what others added.
    EditQueue => QueueEdit;
    /// Pause, skip, seek, change the volume or the loop.
    ControlPlayback => PlaybackControl;
    /// Delete a playlist of somebody else.
    ManagePlaylists => PlaylistManage;
    /// Change the guild's settings.
    EditSettings => SettingsEdit;
    /// Approve, deny or revoke a guild.
    ReviewAccess => AccessReview;
    /// Lock down or resume.
    SetContainment => ContainmentSet;
    /// Read the audit trail.
    ReadAudit => AuditRead;
    /// Take, close or silence an incident.
    ManageIncidents => IncidentManage;
}

#[cfg(test)]
mod tests;
