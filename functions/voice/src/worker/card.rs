//! The player card of a guild (SPEC P2): what is wanted and how far it is, in the guild's language.

use core::time::Duration;

use shared::discord::cards::{self, PlayerView, TrackView, Ui};
use shared::discord::response::Card;
use shared::discord::words::Words;
use shared::domain::playback::Status;
use shared::domain::settings::LocaleTag;

use super::deps::Deps;
use super::wanted::Wanted;

/// The card. `length` is what the player has found out. `locale` is that of whoever asked last; a language that the guild has set comes first.
pub(crate) fn card(
    deps: &Deps,
    wanted: &Wanted,
    tenant: &str,
    locale: &str,
    position_ms: Option<u64>,
    length: Option<Duration>,
) -> Card {
    let set = wanted.settings.locale.as_ref().map(LocaleTag::as_str);
    let words = Words::for_locale(Some(set.unwrap_or(locale)), None);
    let ui = Ui::new(words, &deps.custom_ids, tenant);
    let playback = wanted.playback;
    let view = PlayerView {
        track: wanted.now.as_ref().map(|(entry, _)| TrackView {
            duration_s: entry.track.duration_s().or_else(|| u32::try_from(length?.as_secs()).ok()),
            ..TrackView::of(&entry.track, entry.requester)
        }),
        paused: playback.status() == Status::Paused,
        position_s: position_ms.map(|ms| u32::try_from(ms / 1000).unwrap_or(u32::MAX)),
        repeat: playback.loop_mode().into(),
        volume: playback.volume().get(),
        next: wanted.next.as_ref().map(|entry| entry.track.title().as_str()),
        has_previous: wanted.has_previous,
    };
    cards::player(ui, &view)
}
