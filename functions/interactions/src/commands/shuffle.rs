//! `/shuffle`: everything that waits, in another order.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, Outcome};
use shared::security::permissions::EditQueue;

use crate::refused::Refused;
use crate::visit::Visit;

pub(crate) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    visit.authorize::<EditQueue>()?;
    let seed = visit.app.rng.u64().map_err(|_| Refused::Unavailable)?;
    let changed = visit.change(&Command::Shuffle { seed }).await?;
    match changed.outcome {
        Outcome::Shuffled { count } => Ok(visit.say(&Message::Shuffled { count: count as u64 })),
        _ => Err(Refused::Unavailable),
    }
}
