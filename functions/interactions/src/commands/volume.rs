//! `/volume`: louder or softer, in percent.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::playback::Volume;
use shared::domain::queue::Command;

use crate::commands::options::in_range;
use crate::refused::Refused;
use crate::visit::Visit;

/// What one press of a button changes, in percent.
const STEP: u8 = 10;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let percent = command.options().integer("percent").map_err(Refused::Option)?;
    set(visit, in_range(percent, 0, 100)?).await?;
    Ok(visit.say(&Message::VolumeSet { percent: percent.unsigned_abs() }))
}

/// One step from where it is now, for the buttons of the player.
pub(crate) async fn step(visit: &Visit<'_>, louder: bool) -> Result<crate::music::Changed, Refused> {
    let now = visit.queue()?.playback().volume().get();
    let percent = if louder { now.saturating_add(STEP).min(100) } else { now.saturating_sub(STEP) };
    set(visit, percent).await
}

async fn set(visit: &Visit<'_>, percent: u8) -> Result<crate::music::Changed, Refused> {
    let volume = Volume::try_from(u32::from(percent)).map_err(|_| Refused::Range { min: 0, max: 100 })?;
    visit.change(&Command::SetVolume(volume)).await
}
