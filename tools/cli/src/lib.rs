//! `timmy`, the operator's and developer's tool. One module a command; [`Cli::run`] is the only place that joins them.

mod api;
mod audit;
mod channel;
mod completions;
mod cost;
mod data_map;
mod deploy;
mod dev;
mod doctor;
#[cfg(test)]
mod documented;
mod guild;
mod incidents;
mod local;
mod lockdown;
mod man;
mod no_account;
mod receipt;
mod register;
mod retention;
mod review;
mod rotate;
mod say;
mod stack;
mod status;
mod tree;
mod webhook;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// `TimmyBot`'s tool.
#[derive(Debug, Parser)]
#[command(name = "timmy", version, about = "Runs, checks and builds TimmyBot.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the whole bot on this machine, with no account anywhere.
    Up(local::up::Up),
    /// Plays with the local stack's bot in this terminal.
    Chat(local::chat::Chat),
    /// Uses the local stack's bot once and shows its answer.
    Send(local::send::Send),
    /// Keeps an interaction of the local stack as an event file.
    Record(local::record::Record),
    /// Does once more with the local stack what an event file says.
    Replay(local::replay::Replay),
    /// Hears what somebody in the local stack's voice channel hears: writes a WAV file, or plays it.
    Listen(local::listen::Listen),
    /// The voice worker, as a task of the local stack's ECS.
    #[command(hide = true)]
    Worker,
    /// Signs the events of `events/interactions` and `events/webhooks` again.
    SignEvents(local::sign_events::SignEvents),
    /// Prints the commands that are registered with Discord, as Discord takes them.
    Commands,
    /// Prints what is stored, why and for how long, as `docs/DATA-MAP.md` has it.
    DataMap(data_map::DataMap),
    /// Uses the API: keys, roles, communities, the queue, settings, the audit trail.
    Api(api::Api),
    /// Takes the audit trail out of the tables, and checks it anywhere.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Checks the receipt of an erasure.
    #[command(subcommand)]
    Receipt(receipt::Receipt),
    /// Makes credentials new, or says how: keys, the bot's token, clients at services, members' tokens.
    Rotate(rotate::Rotate),
    /// What goes on and what has been: incidents, and one with all that happened in it.
    Incidents(incidents::Incidents),
    /// How the bot does: what works, how far it is contained and why, and what goes on.
    Status(status::Status),
    /// Who is told of incidents: makes, lists, tests and removes channels.
    #[command(subcommand)]
    Channel(channel::Channel),
    /// Which servers may use the bot: approves, denies, revokes and lists.
    #[command(subcommand)]
    Guild(guild::Guild),
    /// What this month has cost so far; or what one costs, computed from what people do, and which limit is met next.
    Cost(cost::Cost),
    /// Looks at everything that could be wrong, here and with a deployment, and says how to mend it.
    Doctor(doctor::Doctor),
    /// Registers the commands with Discord, and says what that changes.
    Register(register::Register),
    /// Puts the bot into an AWS account, step by step, and says each step before.
    Deploy(deploy::Deploy),
    /// Lets go what has outlived its purpose, or says what would go.
    #[command(subcommand)]
    Retention(retention::Retention),
    /// Shuts the bot down to a level, or says what that would do.
    Lockdown(lockdown::Lockdown),
    /// Lets the bot run again; it takes two operators.
    Resume(lockdown::Resume),
    /// Sends the local stack what another service would: a redemption, a release, a challenge.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Checks everything: format, lints, tests, documents, template, dependencies, secrets.
    Test(dev::test::Args),
    /// Builds what is deployed and checks its size and what it needs of the machine.
    Build(dev::build::Args),
    /// Measures and attacks at length: release build, benchmarks, long fuzzing, advisories.
    Prove(dev::prove::Args),
    /// Prints what a shell needs to complete these commands.
    Completions(completions::Completions),
    /// Prints the manual's first page, or writes all of them.
    Man(man::Pages),
}

impl Cli {
    /// Runs the command; a failure is told and makes the exit code 1.
    pub fn run(self) -> ExitCode {
        let result = match self.command {
            Command::Up(args) => local::up(&args),
            Command::Chat(args) => local::chat(&args),
            Command::Send(args) => local::send(&args),
            Command::Record(args) => local::record(&args),
            Command::Replay(args) => local::replay(&args),
            Command::Listen(args) => local::listen(&args),
            Command::Worker => local::worker(),
            Command::SignEvents(args) => local::sign_events(&args),
            Command::Commands => local::commands(),
            Command::DataMap(args) => {
                args.run();
                Ok(())
            }
            Command::Api(args) => local::api(&args),
            Command::Audit(args) => local::audit(&args),
            Command::Receipt(args) => local::receipt(&args),
            Command::Rotate(args) => local::rotate(&args),
            Command::Channel(args) => local::channel(&args),
            Command::Incidents(args) => local::incidents(&args),
            Command::Status(args) => local::status(&args),
            Command::Guild(args) => local::guild(&args),
            Command::Cost(args) => local::cost(&args),
            Command::Doctor(args) => local::doctor(&args),
            Command::Register(args) => local::register_commands(&args),
            Command::Deploy(args) => args.run(),
            Command::Retention(args) => local::retention(&args),
            Command::Lockdown(args) => local::lockdown(&args),
            Command::Resume(args) => local::resume(&args),
            Command::Webhook(args) => local::webhook(&args),
            Command::Test(args) => dev::test::run(&args),
            Command::Build(args) => dev::build::run(&args),
            Command::Prove(args) => dev::prove::run(&args),
            Command::Completions(args) => args.run(&Self::command()),
            Command::Man(args) => args.run(&Self::command()),
        };
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                say::problem(&format!("timmy: {error:#}"));
                if let Some(advice) = no_account::advice(&error) {
                    say::problem(&advice);
                }
                ExitCode::FAILURE
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    /// Commands without `--json`, each with the reason.
    const NO_JSON: [(&str, &str); 7] = [
        ("chat", "a conversation"),
        ("commands", "prints JSON anyway"),
        ("completions", "prints a script for a shell"),
        ("listen", "plays sound, or writes a file of it"),
        ("man", "prints pages for man"),
        ("prove", "its exit code is the answer, its output lies under target/"),
        ("test", "its exit code is the answer, its output lies under target/"),
    ];

    fn leaves(command: &clap::Command, path: &str, without: &mut Vec<String>) {
        for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
            let path = format!("{path} {}", child.get_name()).trim().to_owned();
            let takes_json = child.get_arguments().any(|argument| argument.get_long() == Some("json"));
            if child.has_subcommands() {
                leaves(child, &path, without);
            } else if !takes_json {
                without.push(path);
            }
        }
    }

    /// SPEC P15: whatever a command says, a program can read.
    #[test]
    fn every_command_takes_json_but_those_with_a_reason() {
        let mut command = tree::visible(&Cli::command());
        // Options that a whole group has are given to its commands then.
        command.build();
        let mut without = Vec::new();
        leaves(&command, "", &mut without);
        without.sort();
        assert_eq!(without, NO_JSON.map(|(name, _)| name));
    }

    #[test]
    fn a_step_can_be_run_alone_and_skipped() {
        assert!(Cli::try_parse_from(["timmy", "test", "--only", "clippy"]).is_ok());
        assert!(Cli::try_parse_from(["timmy", "test", "--skip", "deny", "--skip", "docs"]).is_ok());
        assert!(Cli::try_parse_from(["timmy", "tests"]).is_err());
    }
}
