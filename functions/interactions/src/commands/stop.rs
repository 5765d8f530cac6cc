//! `/stop`: nothing plays and nothing waits any more.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Command;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.change(&Command::Stop).await?;
    Ok(visit.say(&Message::Stopped))
}
