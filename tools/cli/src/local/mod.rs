//! The bot on one machine: the stack, and the commands that play Discord to it.

mod accounts;
mod alarms;
mod api;
mod attached;
pub(crate) mod chat;
mod compose;
mod discord;
mod draw;
mod evidence;
mod function;
pub(crate) mod listen;
mod music;
pub(crate) mod record;
mod register;
pub(crate) mod replay;
mod reply;
mod seed;
pub(crate) mod send;
pub(crate) mod session;
pub(crate) mod sign_events;
mod stage;
mod thread;
pub(crate) mod up;
mod voice;
mod watch;
pub(crate) mod webhooks;

use std::future::Future;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use shared::clock::{Clock, Rng};

use crate::api::Api;
use crate::audit::Audit;
use crate::channel::Channel;
use crate::cost::Cost;
use crate::doctor::Doctor;
use crate::guild::Guild;
use crate::incidents::Incidents;
use crate::lockdown::{Lockdown, Resume};
use crate::receipt::Receipt;
use crate::register::Register;
use crate::retention::Retention;
use crate::rotate::Rotate;
use crate::say;
use crate::status::Status;
use crate::webhook::Webhook;

/// How often a worker looks whether its stack is still there.
const LOOK: Duration = Duration::from_millis(500);

/// Runs the stack until it is ended.
pub(crate) fn up(args: &up::Up) -> Result<()> {
    wait(args.run(&testkit::workspace_root()))
}

/// Sends one interaction and prints what a person would read.
pub(crate) fn send(args: &send::Send) -> Result<()> {
    let said = wait(args.run())?;
    say::line(said.trim_end());
    Ok(())
}

/// Keeps an interaction as an event file.
pub(crate) fn record(args: &record::Record) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Does once more what an event file says.
pub(crate) fn replay(args: &replay::Replay) -> Result<()> {
    let noise = Rng::system().u64().context("randomness")?;
    let said = wait(args.run(Clock::system().now(), noise))?;
    say::line(said.trim_end());
    Ok(())
}

/// Plays another service.
pub(crate) fn webhook(args: &Webhook) -> Result<()> {
    let Webhook::Send(send) = args;
    let noise = Rng::system().u64().context("randomness")?;
    wait(send.run(&testkit::workspace_root(), Clock::system().now(), noise))
}

/// Talks until the end of the input.
pub(crate) fn chat(args: &chat::Chat) -> Result<()> {
    args.run()
}

/// Hears what somebody in the voice channel hears.
pub(crate) fn listen(args: &listen::Listen) -> Result<()> {
    wait(args.run())
}

/// What the local stack's own ECS runs as a task: the voice worker. It ends with the stack, however that ends.
pub(crate) fn worker() -> Result<()> {
    let stack = nix::unistd::getppid();
    std::thread::spawn(move || {
        while nix::unistd::getppid() == stack {
            std::thread::sleep(LOOK);
        }
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.context("starting the runtime")?.block_on(::voice::process::run())?)
}

/// Makes credentials new.
pub(crate) fn rotate(args: &Rotate) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Sees to who is told of incidents.
pub(crate) fn channel(args: &Channel) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Shuts the bot down to a level.
pub(crate) fn lockdown(args: &Lockdown) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Says what it costs.
pub(crate) fn cost(args: &Cost) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Decides about servers, or lists them.
pub(crate) fn guild(args: &Guild) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Asks to let the bot run again, or confirms it.
pub(crate) fn resume(args: &Resume) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Looks through what is kept.
pub(crate) fn retention(args: &Retention) -> Result<()> {
    wait(args.run())
}

/// Looks at incidents.
pub(crate) fn incidents(args: &Incidents) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Looks how the bot does.
pub(crate) fn status(args: &Status) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Registers the commands with Discord.
pub(crate) fn register_commands(args: &Register) -> Result<()> {
    wait(args.run())
}

/// Looks at everything that could be wrong.
pub(crate) fn doctor(args: &Doctor) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Uses the API.
pub(crate) fn api(args: &Api) -> Result<()> {
    wait(args.run())
}

/// Takes the audit trail and what was signed about it out, or checks it.
pub(crate) fn audit(args: &Audit) -> Result<()> {
    wait(args.run(Clock::system().now()))
}

/// Checks the receipt of an erasure.
pub(crate) fn receipt(args: &Receipt) -> Result<()> {
    wait(args.run())
}

/// Signs the committed events.
pub(crate) fn sign_events(args: &sign_events::SignEvents) -> Result<()> {
    let count = args.run(&testkit::workspace_root(), Clock::system().now())?;
    say::answer(args.json, &format!("signed {count} events"), &json!({ "signed": count }));
    Ok(())
}

/// Prints the registration.
pub(crate) fn commands() -> Result<()> {
    let json = shared::discord::commands::registration_json()?;
    say::line(&serde_json::to_string_pretty(&json)?);
    Ok(())
}

fn wait<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("starting the runtime")?
        .block_on(work)
}
