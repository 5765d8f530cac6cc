//! `timmy completions`: what a shell has to know to complete `timmy`'s commands.

use anyhow::{Context as _, Result};
use clap::{Command, ValueEnum};

use crate::say;
use crate::tree::visible;

/// For which shell.
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// The shells that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    /// Prints the script for this command line.
    pub(crate) fn run(&self, command: &Command) -> Result<()> {
        say::line(script(self.shell, command)?.trim_end());
        Ok(())
    }
}

fn script(shell: Shell, command: &Command) -> Result<String> {
    let (mut shown, mut bytes) = (visible(command), Vec::new());
    let name = command.get_name().to_owned();
    let shell = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    clap_complete::generate(shell, &mut shown, name, &mut bytes);
    String::from_utf8(bytes).context("a script is text")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::tree::names;

    #[test]
    fn each_shell_knows_every_command_that_people_see_and_no_other() {
        let command = crate::Cli::command();
        let shown = names(&visible(&command));
        assert!(shown.contains(&"audit verify".to_owned()), "{shown:?}");
        for shell in Shell::value_variants() {
            let script = script(*shell, &command).unwrap();
            for name in shown.iter().flat_map(|name| name.split(' ')) {
                assert!(script.contains(name), "{shell:?} does not know {name}");
            }
            let option = if matches!(shell, Shell::Fish) { "-l json" } else { "--json" };
            assert!(script.contains(option), "{shell:?} does not know options");
            for hidden in ["timmy,worker", "'worker:", "-a \"worker\""] {
                assert!(!script.contains(hidden), "{shell:?} tells of what is hidden");
            }
        }
    }
}
