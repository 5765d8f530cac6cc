//! `/ping`: whether the bot is awake, and how long the way took.

use shared::discord::response::Answer;
use shared::discord::words::Message;

use crate::visit::Visit;

/// Milliseconds since 1970 at which Discord's snowflakes begin.
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

pub(super) fn run(visit: &Visit<'_>) -> Answer {
    let sent_ms = (visit.interaction.id.get() >> 22).saturating_add(DISCORD_EPOCH_MS);
    let now_ms = visit.now.as_millisecond().unsigned_abs();
    visit.whisper(&Message::Pong { ms: now_ms.saturating_sub(sent_ms) })
}
