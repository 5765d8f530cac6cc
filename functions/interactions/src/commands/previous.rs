//! `/previous`: back to the track before; the present one comes next again.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, QueueRefusal};

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let changed = visit.change(&Command::Previous).await?;
    let title = visit.stepped_to(&changed).await?.ok_or(Refused::Queue(QueueRefusal::NoHistory))?;
    Ok(visit.say(&Message::WentBack { title }))
}
