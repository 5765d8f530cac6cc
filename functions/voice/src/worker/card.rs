//! The player card of a guild (SPEC P2): what is wanted and how far it is, in the guild's language.

use core::time::Duration;

use shared::discord::cards::{self, Notice, PassedOver, PlayerView, TrackView, Ui};
use shared::discord::components::Picture;
use shared::discord::response::Card;
use shared::discord::words::Words;
use shared::domain::playback::Status;
use shared::domain::settings::LocaleTag;
use shared::domain::track::{Title, Track};

use super::deps::Deps;
use super::wanted::Wanted;
use crate::failure::PlayError;
use crate::media::{Art, Cover, Tags};

/// What the card shows beside what is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// For whom its buttons are signed.
    pub(crate) tenant: &'a str,
    /// The language of whoever asked last; one that the guild has set comes first.
    pub(crate) locale: &'a str,
    /// How far the track is.
    pub(crate) position_ms: Option<u64>,
    /// How long it is, if the player has found that out.
    pub(crate) length: Option<Duration>,
    /// What its file says of itself.
    pub(crate) tags: Option<&'a Tags>,
    /// The cover in its file, if it hangs at Discord or is sent along.
    pub(crate) cover: Option<Picture<'a>>,
    /// Why the bot is in no voice channel.
    pub(crate) notice: Option<Notice>,
    /// What could not be played just now, and why.
    pub(crate) passed_over: Option<(&'a Title, PlayError)>,
}

/// What a track is called: where nobody has looked it up, its file knows better than its address.
pub(crate) fn title<'a>(track: &'a Track, tags: Option<&'a Tags>) -> &'a Title {
    let named = tags.filter(|_| track.artist().is_none()).and_then(|tags| tags.title.as_ref());
    named.unwrap_or_else(|| track.title())
}

fn artist<'a>(track: &'a Track, tags: Option<&'a Tags>) -> Option<&'a Title> {
    track.artist().or_else(|| tags?.artist.as_ref())
}

/// The picture that was looked up comes before the one that its page names, and that before the one in its file.
fn picture<'a>(track: &'a Track, shown: Shown<'a>) -> Option<Picture<'a>> {
    let linked = match shown.tags.and_then(|tags| tags.art.as_ref()) {
        Some(Art::Linked(url)) => Some(url),
        _ => None,
    };
    let at = track.thumbnail().or(linked).map(|url| Picture::At(url.as_str()));
    at.or(shown.cover)
}

/// The cover that a track's file carries, if nothing else is there to be shown.
pub(crate) fn cover<'a>(track: &Track, tags: Option<&'a Tags>) -> Option<&'a Cover> {
    match tags?.art.as_ref()? {
        Art::Embedded(cover) if track.thumbnail().is_none() => Some(cover),
        _ => None,
    }
}

/// The card.
pub(crate) fn card(deps: &Deps, wanted: &Wanted, shown: Shown<'_>) -> Card {
    let set = wanted.settings.locale.as_ref().map(LocaleTag::as_str);
    let words = Words::for_locale(Some(set.unwrap_or(shown.locale)), None);
    let ui = Ui::new(words, &deps.custom_ids, shown.tenant);
    let playback = wanted.playback;
    let view = PlayerView {
        track: wanted.now.as_ref().map(|(entry, _)| TrackView {
            duration_s: entry.track.duration_s().or_else(|| u32::try_from(shown.length?.as_secs()).ok()),
            title: title(&entry.track, shown.tags).as_str(),
            artist: artist(&entry.track, shown.tags).map(Title::as_str),
            picture: picture(&entry.track, shown),
            ..TrackView::of(&entry.track, entry.requester)
        }),
        paused: playback.status() == Status::Paused,
        position_s: shown.position_ms.map(|ms| u32::try_from(ms / 1000).unwrap_or(u32::MAX)),
        repeat: playback.loop_mode().into(),
        volume: playback.volume().get(),
        next: wanted.next.as_ref().map(|entry| entry.track.title().as_str()),
        has_previous: wanted.has_previous,
        notice: shown.notice,
        passed_over: shown
            .passed_over
            .map(|(title, error)| PassedOver { title: title.as_str(), code: error.words_key() }),
    };
    cards::player(ui, &view)
}
