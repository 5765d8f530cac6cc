//! What an interaction asks for, read before the gate so that the gate knows which row of the route table to judge.
//! Nothing is done with it before it has passed.

use shared::discord::envelope::{CommandData, CommandKind, Data, Interaction, Kind, ModalData};
use shared::security::custom_id::{Action, CustomIds, INCIDENTS_TENANT};

use crate::refused::Refused;
use crate::routes::{self, Route};

/// The request, with its route.
#[derive(Debug)]
pub(crate) enum Ask<'a> {
    /// A slash command or a message command.
    Command(&'static Route, &'a CommandData),
    /// A keystroke in an option.
    Complete(&'static Route, &'a CommandData),
    /// A button of ours.
    Press(&'static Route, Action),
    /// A modal of ours.
    Submit(&'static Route, Action, &'a ModalData),
    /// Nothing that we know. It passes the gate like anything else, and is then refused.
    Unknown(Refused),
}

impl<'a> Ask<'a> {
    /// Reads it; custom ids are checked against the keys and the tenant that Discord signed.
    pub(crate) fn read(interaction: &'a Interaction, custom_ids: Option<&CustomIds>) -> Self {
        match (interaction.kind, interaction.data.as_ref()) {
            (Kind::Command, Some(Data::Command(command))) => Self::command(command, Self::Command),
            (Kind::Autocomplete, Some(Data::Command(command))) => Self::command(command, Self::Complete),
            (Kind::Component, Some(Data::Component(component))) => {
                Self::action(interaction, custom_ids, &component.custom_id, Self::Press)
            }
            (Kind::Modal, Some(Data::Modal(modal))) => {
                Self::action(interaction, custom_ids, &modal.custom_id, |route, action| {
                    Self::Submit(route, action, modal)
                })
            }
            _ => Self::Unknown(Refused::UnknownCommand),
        }
    }

    /// The row to judge.
    pub(crate) const fn route(&self) -> &'static Route {
        match self {
            Self::Command(route, _)
            | Self::Complete(route, _)
            | Self::Press(route, _)
            | Self::Submit(route, _, _) => route,
            Self::Unknown(_) => &routes::UNKNOWN,
        }
    }

    /// The subcommand, for the table of what works without an approved guild.
    pub(crate) fn subcommand(&self) -> Option<&'a str> {
        match self {
            Self::Command(_, command) | Self::Complete(_, command) => first_subcommand(command),
            Self::Press(route, _) | Self::Submit(route, _, _) => route.subcommand,
            Self::Unknown(_) => None,
        }
    }

    fn command(command: &'a CommandData, make: impl Fn(&'static Route, &'a CommandData) -> Self) -> Self {
        if !matches!(command.kind, CommandKind::Chat | CommandKind::Message) {
            return Self::Unknown(Refused::UnknownCommand);
        }
        let route = routes::route(&command.name, first_subcommand(command));
        route.map_or(Self::Unknown(Refused::UnknownCommand), |route| make(route, command))
    }

    fn action(
        interaction: &Interaction,
        custom_ids: Option<&CustomIds>,
        text: &str,
        make: impl Fn(&'static Route, Action) -> Self,
    ) -> Self {
        let tenant = interaction.tenant().map(|tenant| tenant.to_string());
        let action = custom_ids.zip(tenant).and_then(|(ids, tenant)| signed(ids, text, &tenant));
        let routed = action.and_then(|action| Some((routes::of_action(action)?, action)));
        routed.map_or(Self::Unknown(Refused::ComponentExpired), |(route, action)| make(route, action))
    }
}

/// What we signed for this tenant, or the button of an incident's card: those belong to no tenant, and to nobody else.
fn signed(ids: &CustomIds, text: &str, tenant: &str) -> Option<Action> {
    let of_incident = |action: &Action| matches!(action, Action::Incident(..));
    let own = ids.parse(text, tenant).ok().filter(|action| !of_incident(action));
    own.or_else(|| ids.parse(text, INCIDENTS_TENANT).ok().filter(of_incident))
}

/// The first level: for `/admin lockdown on` it is `lockdown`.
fn first_subcommand(command: &CommandData) -> Option<&str> {
    command.subcommands().first().copied()
}
