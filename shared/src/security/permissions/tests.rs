use proptest::prelude::*;

use super::*;

const DJ: RoleId = RoleId::new(11);
const MODERATOR: RoleId = RoleId::new(22);

fn member(permissions: Permissions, roles: &[RoleId], dj: Option<RoleId>) -> Holder {
    Holder::member(permissions, roles, GuildRoles { dj, moderators: &[MODERATOR] })
}

/// The whole matrix, written out: a permission moves between roles only by changing this table.
#[test]
fn the_matrix_of_roles_and_permissions() {
    use Permission as P;
    let least = |permission| match permission {
        P::ProfileView
        | P::ProfileEdit
        | P::QueueView
        | P::QueueAdd
        | P::PlaybackVote
        | P::PlaylistView
        | P::PlaylistEdit
        | P::SettingsView => Role::User,
        P::QueueEdit | P::PlaybackControl | P::PlaylistManage | P::CommunityModerate | P::UserManage => {
            Role::Moderator
        }
        P::CommunityRequest | P::SettingsEdit | P::KeyManage | P::ModuleInstall | P::ModuleConfigure => {
            Role::CommunityOwner
        }
        P::AccessReview | P::ContainmentSet | P::AuditRead | P::IncidentRead | P::IncidentManage => {
            Role::Admin
        }
    };
    for role in Role::ALL {
        for permission in Permission::ALL {
            let holder = Holder { role, dj: false };
            assert_eq!(holder.may(permission), role >= least(permission), "{role:?} {permission}");
        }
    }
}

#[test]
fn each_role_contains_the_one_below() {
    for role in Role::ALL {
        let Some(parent) = role.inherits() else { continue };
        assert!(parent < role);
        for permission in Permission::ALL {
            assert!(!parent.may(permission) || role.may(permission));
        }
    }
}

#[test]
fn discord_rights_map_to_roles() {
    assert_eq!(member(Permissions::empty(), &[], None).role(), Role::User);
    assert_eq!(member(Permissions::empty(), &[MODERATOR], None).role(), Role::Moderator);
    assert_eq!(member(Permissions::MANAGE_GUILD, &[], None).role(), Role::CommunityOwner);
    assert_eq!(member(Permissions::ADMINISTRATOR, &[MODERATOR], None).role(), Role::CommunityOwner);
    assert_eq!(member(Permissions::MANAGE_MESSAGES, &[], None).role(), Role::User);
}

#[test]
fn nobody_becomes_admin_through_discord() {
    assert!(!member(Permissions::all(), &[MODERATOR, DJ], None).may(Permission::AccessReview));
    assert!(Holder::operator().may(Permission::AccessReview));
}

#[test]
fn without_a_dj_role_everybody_controls_the_music() {
    assert!(member(Permissions::empty(), &[], None).authorize::<ControlPlayback>().is_ok());
}

#[test]
fn with_a_dj_role_only_djs_and_moderators_do() {
    let plain = member(Permissions::empty(), &[], Some(DJ));
    assert_eq!(
        plain.authorize::<ControlPlayback>().unwrap_err(),
        Denied { needs: Permission::PlaybackControl }
    );
    assert!(plain.may(Permission::QueueAdd));
    assert!(member(Permissions::empty(), &[DJ], Some(DJ)).authorize::<EditQueue>().is_ok());
    assert!(member(Permissions::empty(), &[MODERATOR], Some(DJ)).authorize::<EditQueue>().is_ok());
    assert!(!member(Permissions::empty(), &[DJ], Some(DJ)).may(Permission::SettingsEdit));
}

#[test]
fn outside_of_a_guild_there_is_no_music_to_control() {
    assert!(!Holder::outside().may(Permission::PlaybackControl));
    assert!(Holder::outside().may(Permission::ProfileEdit));
}

#[test]
fn permissions_read_back() {
    for permission in Permission::ALL {
        assert_eq!(permission.to_string().parse(), Ok(permission));
        assert_eq!(permission.to_string().parse(), Ok(Grant::One(permission)));
    }
}

#[test]
fn a_requirement_has_no_wildcard() {
    for text in
        ["*", "queue:*", "*:*", "*:view", "", ":", "queue:", ":view", "queue", "queue:view:x", "Queue:view"]
    {
        assert_eq!(text.parse::<Permission>(), Err(UnknownPermission), "{text}");
    }
}

#[test]
fn a_wildcard_grant_covers_its_resource_only() {
    let grant: Grant = "queue:*".parse().unwrap();
    assert!(grant.covers(Permission::QueueEdit));
    assert!(!grant.covers(Permission::PlaybackControl));
    assert_eq!("nothing:*".parse::<Grant>(), Err(UnknownPermission));
    assert!("*".parse::<Grant>().unwrap().covers(Permission::ContainmentSet));
}

proptest! {
    #[test]
    fn odd_text_grants_nothing_and_never_panics(text in "\\PC*") {
        prop_assume!(text != "*");
        if let Ok(grant) = text.parse::<Grant>() {
            let known = Permission::ALL.iter().any(|p| p.to_string() == text || format!("{}:*", p.parts().0) == text);
            prop_assert!(known, "{text} became {grant:?}");
        }
    }
}
