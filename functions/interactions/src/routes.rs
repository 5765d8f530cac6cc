//! One row a command: what it needs, what it touches, how often it may be used (SPEC W14, W26, T33). A command that
//! has no row here does not run.

use shared::domain::containment::Touch;
use shared::security::custom_id::{Action, IncidentDeed};
use shared::security::permissions::Permission;
use shared::security::rate_limit::CommandLimits;

/// A command's row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    /// The command as registered; also the limiter's name for it.
    pub(crate) command: &'static str,
    /// The subcommand; `None` is any that has no row of its own.
    pub(crate) subcommand: Option<&'static str>,
    /// The least that every use needs; a command may ask for more where it depends on its options.
    pub(crate) permission: Permission,
    /// Whether it changes anything; what changes nothing goes on longer when the flag cannot be read.
    pub(crate) touch: Touch,
    /// How often.
    pub(crate) limits: CommandLimits,
    /// Whether the queue is read in the first wave, because the command needs it anyway.
    pub(crate) queue: bool,
}

const fn music(command: &'static str, permission: Permission, touch: Touch) -> Route {
    Route { command, subcommand: None, permission, touch, limits: CommandLimits::MUSIC, queue: true }
}

const fn plain(command: &'static str, permission: Permission, touch: Touch) -> Route {
    Route { queue: false, ..music(command, permission, touch) }
}

const fn guarded(command: &'static str, permission: Permission, touch: Touch) -> Route {
    Route { limits: CommandLimits::GUARDED, ..plain(command, permission, touch) }
}

impl Route {
    const fn sub(self, subcommand: &'static str) -> Self {
        Self { subcommand: Some(subcommand), ..self }
    }
}

/// What stands in for a command or a button that we do not know: it is judged like any other, then refused.
pub(crate) const UNKNOWN: Route = plain("unknown", Permission::ProfileView, Reads);

use Permission as P;
use Touch::{Changes, Operates, Reads};

pub(crate) const ROUTES: &[Route] = &[
    music("play", P::QueueAdd, Changes),
    music("Play this", P::QueueAdd, Changes),
    music("pause", P::PlaybackControl, Changes),
    music("resume", P::PlaybackControl, Changes),
    // Whoever asked for a track may always skip or remove it; the command looks at whose it is.
    music("skip", P::QueueAdd, Changes),
    music("remove", P::QueueAdd, Changes),
    music("stop", P::PlaybackControl, Changes),
    music("queue", P::QueueView, Reads),
    music("nowplaying", P::QueueView, Reads),
    music("move", P::QueueEdit, Changes),
    music("shuffle", P::QueueEdit, Changes),
    music("loop", P::PlaybackControl, Changes),
    music("seek", P::PlaybackControl, Changes),
    music("volume", P::PlaybackControl, Changes),
    music("clear", P::QueueEdit, Changes),
    music("previous", P::PlaybackControl, Changes),
    music("replay", P::PlaybackControl, Changes),
    music("jump", P::PlaybackControl, Changes),
    music("join", P::QueueAdd, Changes),
    music("leave", P::PlaybackControl, Changes),
    music("voteskip", P::PlaybackVote, Changes),
    music("history", P::QueueView, Reads),
    plain("playlist", P::PlaylistView, Reads).sub("list"),
    music("playlist", P::QueueAdd, Changes).sub("load"),
    music("playlist", P::PlaylistEdit, Changes).sub("save"),
    plain("playlist", P::PlaylistEdit, Changes),
    plain("settings", P::SettingsView, Reads).sub("view"),
    guarded("settings", P::SettingsEdit, Changes),
    plain("ping", P::ProfileView, Reads),
    plain("help", P::ProfileView, Reads),
    guarded("link", P::ProfileEdit, Changes),
    guarded("unlink", P::ProfileEdit, Changes),
    guarded("accounts", P::ProfileView, Reads),
    // A right over one's own data waits for no lockdown; at the API it is the same.
    guarded("privacy", P::ProfileView, Operates),
    guarded("admin", P::CommunityRequest, Changes).sub("request"),
    guarded("admin", P::AccessReview, Operates).sub("list"),
    guarded("admin", P::ContainmentSet, Operates).sub("lockdown"),
    guarded("admin", P::AuditRead, Operates).sub("audit"),
    guarded("admin", P::IncidentRead, Operates).sub("incidents"),
    // No command: what the buttons of an incident's card do.
    guarded("admin", P::IncidentManage, Operates).sub("incident"),
    guarded("admin", P::AccessReview, Operates),
];

/// The row of a command: its subcommand's own, else the command's.
pub(crate) fn route(command: &str, subcommand: Option<&str>) -> Option<&'static Route> {
    let of =
        |sub: Option<&str>| ROUTES.iter().find(move |row| row.command == command && row.subcommand == sub);
    subcommand.and_then(|sub| of(Some(sub))).or_else(|| of(None))
}

/// The row of what a button does: the same as of the command that does it.
pub(crate) fn of_action(action: Action) -> Option<&'static Route> {
    let (command, subcommand) = match action {
        Action::Pause => ("pause", None),
        Action::Resume => ("resume", None),
        Action::Skip => ("skip", None),
        Action::Previous => ("previous", None),
        Action::Shuffle => ("shuffle", None),
        Action::Loop(_) => ("loop", None),
        Action::VolumeUp | Action::VolumeDown => ("volume", None),
        Action::QueuePage(_) => ("queue", None),
        Action::HistoryPage(_) => ("history", None),
        Action::HelpPage(_) | Action::Cancel => ("help", None),
        Action::PlaylistPage(_) => ("playlist", Some("list")),
        Action::AdminPage(_) => ("admin", Some("list")),
        Action::AuditPage(_) => ("admin", Some("audit")),
        Action::Remove(_) => ("remove", None),
        Action::PlayNext(_) => ("move", None),
        Action::ClearConfirm => ("clear", None),
        Action::SettingsReset => ("settings", Some("reset")),
        Action::PlaylistDelete(_) => ("playlist", Some("delete")),
        Action::AdminApprove(_) => ("admin", Some("approve")),
        Action::AdminDeny(_) => ("admin", Some("deny")),
        Action::Erase(_) | Action::EraseNot => ("privacy", Some("delete")),
        Action::IncidentsPage(_) => ("admin", Some("incidents")),
        // Containing is what `/admin lockdown` does.
        Action::Incident(IncidentDeed::Contain, _) => ("admin", Some("lockdown")),
        Action::Incident(..) => ("admin", Some("incident")),
    };
    route(command, subcommand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subcommand_has_its_own_row_or_its_commands() {
        assert_eq!(route("settings", Some("view")).unwrap().permission, P::SettingsView);
        assert_eq!(route("settings", Some("volume")).unwrap().permission, P::SettingsEdit);
        assert_eq!(route("play", None).unwrap().permission, P::QueueAdd);
        assert!(route("teleport", None).is_none() && route("Play", None).is_none());
    }

    #[test]
    fn what_concerns_authority_fails_closed() {
        use shared::security::rate_limit::OnFailure;
        for row in ROUTES {
            let own = ["admin", "link", "unlink", "accounts", "privacy"].contains(&row.command);
            let guarded = own || (row.command == "settings" && row.permission == P::SettingsEdit);
            assert_eq!(row.limits.on_failure == OnFailure::Refuse, guarded, "{}", row.command);
        }
    }

    #[test]
    fn operators_commands_need_what_only_operators_hold() {
        for row in ROUTES.iter().filter(|row| row.command == "admin" && row.subcommand != Some("request")) {
            let held_by_owner = ["access", "containment", "audit", "incident"];
            assert!(held_by_owner.contains(&row.permission.parts().0), "{:?}", row.subcommand);
        }
    }
}
