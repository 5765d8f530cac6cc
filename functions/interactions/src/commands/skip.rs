//! `/skip`: on to the next track. Those who do not control the player may skip what they asked for themselves.

use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::queue::Command;
use shared::security::permissions::Permission;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let own = visit.unless(Permission::PlaybackControl);
    let changed = visit.change_own(&Command::Skip { expect: None }, own).await?;
    Ok(match visit.stepped_to(&changed).await? {
        Some(title) => visit.say(&Message::Skipped { title }),
        None => visit.say(&Message::SkippedLast),
    })
}
