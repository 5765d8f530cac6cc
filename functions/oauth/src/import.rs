//! `/playlist import`: a playlist at Spotify or `YouTube` becomes one of the guild's. A video keeps its address; a track of
//! Spotify is looked for when it is played, since its sound is never taken from there (SPEC P4).

use jiff::Timestamp;
use shared::discord::escape::Escaped;
use shared::discord::words::Message;
use shared::domain::playlist::{PLAYLISTS_MAX, Playlist};
use shared::domain::playlist_address::PlaylistAddress;
use shared::domain::track::Track;
use shared::ids::{GuildId, UserId};
use shared::messages::{Call, Used};
use shared::security::input::{PLAYLIST_NAME_MAX, PlaylistName, is_bidi_control, is_control};
use shared::store::playlists::PlaylistStoreError;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::job::{JobError, Said};
use crate::use_token;

/// What is to be imported, and to where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) guild: GuildId,
    pub(crate) address: &'a PlaylistAddress,
    pub(crate) name: Option<&'a PlaylistName>,
}

/// Imports it. A second delivery finds its own playlist, and says the same.
pub(crate) async fn run(
    app: &App,
    user: UserId,
    wanted: Wanted<'_>,
    log: &Telemetry,
    now: Timestamp,
) -> Result<Said, JobError> {
    let provider = wanted.address.provider();
    let call = Call::Playlist { address: wanted.address.clone() };
    let (title, tracks, more) = match use_token::run(app, user, &call, log).await {
        Used::Playlist { title, tracks, more } => (title, tracks, more),
        Used::NotLinked => return Ok(Said::refusal(Message::ImportNotLinked { provider })),
        Used::NotFound => return Ok(Said::refusal(Message::ImportNotFound { provider })),
        Used::Later | Used::Channel { .. } => return Ok(Said::refusal(Message::ImportLater { provider })),
    };
    let name = match wanted.name {
        Some(name) => name.clone(),
        None => named(&title, provider.name()).ok_or_else(|| JobError::unavailable("name"))?,
    };
    let (count, shown) = (tracks.len() as u64, Escaped::new(name.as_str()));
    let Ok(playlist) = Playlist::new(name, user, tracks) else {
        return Ok(Said::refusal(Message::ImportEmpty));
    };
    match app.playlists.save(wanted.guild, &playlist, None, now).await {
        Err(PlaylistStoreError::Changed) if !is_ours(app, wanted.guild, &playlist).await? => {
            return Ok(Said::refusal(Message::PlaylistExists { name: shown }));
        }
        Ok(()) | Err(PlaylistStoreError::Changed) => {}
        Err(PlaylistStoreError::TooMany { .. }) => {
            return Ok(Said::refusal(Message::PlaylistTooMany { max: PLAYLISTS_MAX.into() }));
        }
        Err(PlaylistStoreError::Store(error)) => return Err(error.into()),
    }
    Ok(Said::good(if more {
        Message::ImportedSome { count, name: shown, provider }
    } else {
        Message::Imported { count, name: shown, provider }
    }))
}

/// Whether what stands under the name is what we have just saved.
async fn is_ours(app: &App, guild: GuildId, saved: &Playlist) -> Result<bool, JobError> {
    let found = app.playlists.load(guild, saved.name()).await?;
    let tracks = |list: &Playlist| list.tracks().iter().map(Track::source).cloned().collect::<Vec<_>>();
    Ok(found.is_some_and(|found| found.owner() == saved.owner() && tracks(&found) == tracks(saved)))
}

/// What it is called here: as there, without what nobody can see, cut to what a name may have.
fn named(title: &str, otherwise: &str) -> Option<PlaylistName> {
    let visible = title.chars().filter(|c| !is_control(*c) && !is_bidi_control(*c));
    let name: String = visible.take(PLAYLIST_NAME_MAX).collect();
    name.parse().or_else(|_| otherwise.parse()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_becomes_a_name() {
        let named = |title: &str| named(title, "Spotify").unwrap();
        assert_eq!(named(" Road\u{7} \u{202e}Trip ").as_str(), "Road Trip");
        assert_eq!(named(&"x".repeat(300)).as_str().len(), 100);
        for nothing in ["", "  ", "\u{200b}"] {
            assert_eq!(named(nothing).as_str(), "Spotify");
        }
    }

    proptest! {
        #[test]
        fn every_title_has_a_name(title in any::<String>()) {
            prop_assert!(named(&title, "YouTube").is_some());
        }
    }
}
