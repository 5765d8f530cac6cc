//! One file a command. Each takes its options apart, does one thing, and says what became of it.

mod accounts;
pub(crate) mod clear;
mod help;
mod history;
mod join;
mod jump;
mod leave;
mod link;
mod r#loop;
mod r#move;
mod nowplaying;
mod options;
mod pause;
mod ping;
mod play;
mod play_this;
pub(crate) mod playlist;
mod previous;
pub(crate) mod privacy;
mod queue;
pub(crate) mod remove;
mod replay;
mod resume;
mod seek;
pub(crate) mod settings;
pub(crate) mod shuffle;
mod skip;
mod stop;
mod unlink;
pub(crate) mod volume;
mod voteskip;

pub(crate) mod admin;

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;

use crate::refused::Refused;
use crate::visit::Visit;

/// Runs a command that has passed the gate.
pub(crate) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    match command.name.as_str() {
        "play" => play::run(visit, command).await,
        "Play this" => play_this::run(visit, command).await,
        "queue" => queue::run(visit, command).await,
        "nowplaying" => nowplaying::run(visit).await,
        "history" => history::run(visit, command).await,
        "playlist" => playlist::run(visit, command).await,
        "settings" => settings::run(visit, command).await,
        "admin" => admin::run(visit, command).await,
        "privacy" => privacy::run(visit, command).await,
        "help" => help::run(visit, command),
        "ping" => Ok(ping::run(visit)),
        "join" => join::run(visit).await,
        "leave" => leave::run(visit).await,
        "voteskip" => voteskip::run(visit).await,
        "link" => link::run(visit, command).await,
        "unlink" => unlink::run(visit, command).await,
        "accounts" => accounts::run(visit).await,
        name => control(visit, name, command).await,
    }
}

/// The commands that change the queue or the player.
async fn control(visit: &Visit<'_>, name: &str, command: &CommandData) -> Result<Answer, Refused> {
    match name {
        "pause" => pause::run(visit).await,
        "resume" => resume::run(visit).await,
        "skip" => skip::run(visit).await,
        "stop" => stop::run(visit).await,
        "previous" => previous::run(visit).await,
        "replay" => replay::run(visit).await,
        "remove" => remove::run(visit, command).await,
        "move" => r#move::run(visit, command).await,
        "shuffle" => shuffle::run(visit).await,
        "clear" => clear::run(visit),
        "jump" => jump::run(visit, command).await,
        "loop" => r#loop::run(visit, command).await,
        "seek" => seek::run(visit, command).await,
        "volume" => volume::run(visit, command).await,
        _ => Err(Refused::UnknownCommand),
    }
}
