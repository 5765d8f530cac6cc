//! `/loop`: repeat the track, the queue or nothing.

use shared::discord::envelope::{CommandData, OptionError};
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::playback::LoopMode;
use shared::domain::queue::Command;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let mode = match command.options().string("mode").map_err(Refused::Option)? {
        "off" => LoopMode::Off,
        "track" => LoopMode::Track,
        "queue" => LoopMode::Queue,
        _ => return Err(Refused::Option(OptionError::WrongType { field: "mode" })),
    };
    visit.change(&Command::SetLoop(mode)).await?;
    Ok(visit.say(&words(mode)))
}

const fn words(mode: LoopMode) -> Message {
    match mode {
        LoopMode::Off => Message::LoopOff,
        LoopMode::Track => Message::LoopTrack,
        LoopMode::Queue => Message::LoopQueue,
    }
}
