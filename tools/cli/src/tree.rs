//! The commands as people see them: without those that are not for them.

use clap::Command;

/// The same command line without its hidden commands. What completes and documents is made from this one: the generators
/// would name hidden ones, too.
pub(crate) fn visible(command: &Command) -> Command {
    let mut shown = Command::new(command.get_name().to_owned());
    if let Some(version) = command.get_version() {
        shown = shown.version(version.to_owned());
    }
    if let Some(about) = command.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(about) = command.get_long_about() {
        shown = shown.long_about(about.clone());
    }
    let children = command.get_subcommands().filter(|child| !child.is_hide_set()).map(visible);
    shown.args(command.get_arguments().cloned()).groups(command.get_groups().cloned()).subcommands(children)
}

/// The names of all commands below this one, each as it is typed: `audit`, `audit verify`.
#[cfg(test)]
pub(crate) fn names(command: &Command) -> Vec<String> {
    let mut all = Vec::new();
    for child in command.get_subcommands() {
        all.push(child.get_name().to_owned());
        all.extend(names(child).into_iter().map(|name| format!("{} {name}", child.get_name())));
    }
    all
}

#[cfg(test)]
mod tests {
    use clap::{Arg, CommandFactory as _};

    use super::*;

    #[test]
    fn hidden_commands_are_left_out_at_any_depth_and_nothing_else() {
        let inner = Command::new("inner").subcommand(Command::new("secret").hide(true));
        let inner = inner.subcommand(Command::new("open").arg(Arg::new("word").long("word")));
        let outer = Command::new("outer").subcommand(inner).subcommand(Command::new("gone").hide(true));
        let shown = visible(&outer);
        assert_eq!(names(&shown), ["inner", "inner open"]);
        let open = shown.find_subcommand("inner").and_then(|inner| inner.find_subcommand("open"));
        assert!(open.unwrap().get_arguments().any(|argument| argument.get_long() == Some("word")));
    }

    #[test]
    fn the_worker_is_nobodys_command() {
        let all = crate::Cli::command();
        assert!(names(&all).contains(&"worker".to_owned()));
        let shown = visible(&all);
        assert!(!names(&shown).contains(&"worker".to_owned()));
        shown.debug_assert();
    }
}
