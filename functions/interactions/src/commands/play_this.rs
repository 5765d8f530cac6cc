//! The message command "Play this": the first address or audio file of a message goes into the queue.

use shared::discord::envelope::{CommandData, ResolvedMessage};
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Place;

use crate::commands::play;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let message = command.target_message();
    let text = message.and_then(playable).ok_or(Refused::Because(Message::MessageNothing))?;
    let track = play::typed(visit, text)?;
    play::enqueue(visit, vec![track], Place::End).await
}

/// An attached file that can hold sound comes before an address in the text. Words alone are no request: a message
/// is rarely the name of a song.
fn playable(message: &ResolvedMessage) -> Option<&str> {
    let attached =
        message.attachments.iter().find(|file| file.may_hold_sound()).map(|file| file.url.as_str());
    attached.or_else(|| message.content.split_whitespace().find(|word| is_address(word)))
}

fn is_address(word: &str) -> bool {
    let word = word.trim_start_matches('<');
    word.starts_with("https://") || word.starts_with("http://")
}
