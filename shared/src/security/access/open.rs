/// Where a command was used, and what the signed payload says about the caller there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a guild that has the app.
    Guild {
        /// Whether the caller has `MANAGE_GUILD` there.
        manage_guild: bool,
    },
    /// In a direct message, or anywhere with an app that only the user installed.
    Dm,
}

/// To whom a command is open without an approved guild.
#[derive(Clone, Copy, Debug)]
enum Open {
    /// Anybody, anywhere: rights over one's own data, and help.
    Anybody,
    /// Those who manage the guild that it is about.
    Managers,
    /// Operators, anywhere.
    Operators,
    /// Anybody in a direct message; in a guild it needs the approval.
    InDm,
}

/// Everything that works without an approved guild (SPEC T15): command, subcommand (`None` is any), to whom.
const TABLE: [(&str, Option<&str>, Open); 7] = [
    ("admin", Some("request"), Open::Managers),
    ("admin", None, Open::Operators),
    ("privacy", None, Open::Anybody),
    ("unlink", None, Open::Anybody),
    ("accounts", None, Open::Anybody),
    ("help", None, Open::Anybody),
    ("link", None, Open::InDm),
];

/// Whether a command works although the guild is not approved, is banned, or cannot be read.
pub fn works_without_approval(command: &str, subcommand: Option<&str>, place: Place, operator: bool) -> bool {
    TABLE
        .iter()
        .filter(|(name, sub, _)| *name == command && (sub.is_none() || *sub == subcommand))
        .any(|(_, _, open)| open.to(place, operator))
}

impl Open {
    const fn to(self, place: Place, operator: bool) -> bool {
        match self {
            Self::Anybody => true,
            Self::Managers => matches!(place, Place::Guild { manage_guild: true }),
            Self::Operators => operator,
            Self::InDm => matches!(place, Place::Dm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBER: Place = Place::Guild { manage_guild: false };
    const MANAGER: Place = Place::Guild { manage_guild: true };

    /// Columns: member, manager, direct message; then the same three as an operator.
    fn row(command: &str, subcommand: Option<&str>) -> [bool; 6] {
        let people = [false, true].map(|operator| {
            [MEMBER, MANAGER, Place::Dm]
                .map(|place| works_without_approval(command, subcommand, place, operator))
        });
        [people[0][0], people[0][1], people[0][2], people[1][0], people[1][1], people[1][2]]
    }

    #[test]
    fn the_whole_matrix() {
        let all = [true; 6];
        let none = [false; 6];
        let operators = [false, false, false, true, true, true];
        assert_eq!(row("admin", Some("request")), [false, true, false, true, true, true]);
        for sub in [
            None,
            Some("approve"),
            Some("deny"),
            Some("revoke"),
            Some("list"),
            Some("lockdown"),
            Some("audit"),
        ] {
            assert_eq!(row("admin", sub), operators, "{sub:?}");
        }
        for command in ["privacy", "unlink", "accounts", "help"] {
            for sub in [None, Some("export"), Some("request")] {
                assert_eq!(row(command, sub), all, "{command}");
            }
        }
        assert_eq!(row("link", None), [false, false, true, false, false, true]);
        for command in [
            "play",
            "pause",
            "resume",
            "skip",
            "stop",
            "queue",
            "nowplaying",
            "remove",
            "move",
            "shuffle",
            "loop",
            "seek",
            "volume",
            "clear",
            "previous",
            "replay",
            "join",
            "leave",
            "voteskip",
            "history",
            "playlist",
            "settings",
            "ping",
            "Play this",
        ] {
            assert_eq!(row(command, None), none, "{command}");
            assert_eq!(row(command, Some("request")), none, "{command}");
        }
    }

    #[test]
    fn names_are_compared_whole() {
        for command in ["", "Help", "help ", "helpx", "admin request", "hel"] {
            assert_eq!(row(command, Some("request")), [false; 6], "{command}");
        }
        assert_eq!(row("admin", Some("requests")), [false, false, false, true, true, true]);
    }
}
