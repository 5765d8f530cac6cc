//! `/shuffle`: everything that waits, in another order.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::{Command, Outcome};
use shared::security::permissions::EditQueue;

use crate::music::Changed;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    match change(visit).await?.outcome {
        Outcome::Shuffled { count } => Ok(visit.say(&Message::Shuffled { count: count as u64 })),
        _ => Err(Refused::Unavailable),
    }
}

/// By command or by button.
pub(crate) async fn change(visit: &Visit<'_>) -> Result<Changed, Refused> {
    visit.authorize::<EditQueue>()?;
    let seed = visit.app.rng.u64().map_err(|_| Refused::Unavailable)?;
    visit.change(&Command::Shuffle { seed }).await
}
