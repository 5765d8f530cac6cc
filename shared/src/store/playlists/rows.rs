//! The rows of a playlist.

use serde::{Deserialize, Serialize};

use super::PlaylistInfo;
use crate::domain::playlist::{PLAYLIST_PAGE_TRACKS, Playlist, PlaylistKey};
use crate::domain::track::Track;
use crate::ids::{GuildId, UserId};
use crate::security::input::PlaylistName;
use crate::store::item::{Item, from_item, to_item};
use crate::store::{StoreError, Table};

/// What the sort key of a header begins with.
const HEADER: &str = "p#";

#[derive(Serialize, Deserialize)]
struct HeaderRow {
    guild: String,
    sk: String,
    name: PlaylistName,
    owner: UserId,
    tracks: usize,
    pages: usize,
    version: u64,
}

#[derive(Serialize, Deserialize)]
struct PageRow {
    guild: String,
    sk: String,
    version: u64,
    tracks: Vec<Track>,
}

/// Where the header of a playlist is; a prefix of the key finds all that begin so.
pub(super) fn header_sk(key: &PlaylistKey) -> String {
    format!("{HEADER}{key}")
}

/// Where a page of its tracks is. The last three characters are the page's, whatever the name holds.
pub(super) fn page_sk(key: &PlaylistKey, page: usize) -> String {
    format!("t#{key}#{page:02}")
}

pub(super) fn header(
    guild: GuildId,
    key: &PlaylistKey,
    playlist: &Playlist,
    version: u64,
    pages: usize,
) -> Result<Item, StoreError> {
    let row = HeaderRow {
        guild: guild.to_string(),
        sk: header_sk(key),
        name: playlist.name().clone(),
        owner: playlist.owner(),
        tracks: playlist.tracks().len(),
        pages,
        version,
    };
    to_item(Table::Playlists, &row)
}

pub(super) fn pages(
    guild: GuildId,
    key: &PlaylistKey,
    playlist: &Playlist,
    version: u64,
) -> Result<Vec<Item>, StoreError> {
    let page = |(number, tracks): (usize, &[Track])| {
        let sk = page_sk(key, number);
        to_item(Table::Playlists, &PageRow { guild: guild.to_string(), sk, version, tracks: tracks.to_vec() })
    };
    playlist.tracks().chunks(PLAYLIST_PAGE_TRACKS).enumerate().map(page).collect()
}

pub(super) fn info_of(item: Item) -> Result<PlaylistInfo, StoreError> {
    let HeaderRow { name, owner, tracks, pages, version, .. } = from_item(Table::Playlists, "header", item)?;
    Ok(PlaylistInfo { name, owner, tracks, version, pages })
}

/// Where a header belongs, and what it says; `None`: it is no header.
pub(super) fn header_of(item: &Item) -> Result<Option<(GuildId, PlaylistInfo)>, StoreError> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok());
    if !text("sk").is_some_and(|sk| sk.starts_with(HEADER)) {
        return Ok(None);
    }
    let guild = text("guild").and_then(|guild| guild.parse().ok()).ok_or_else(|| corrupt("guild"))?;
    Ok(Some((guild, info_of(item.clone())?)))
}

/// The tracks of a page, if it is of this version.
pub(super) fn tracks_of(item: Item, version: u64) -> Result<Option<Vec<Track>>, StoreError> {
    let row: PageRow = from_item(Table::Playlists, "page", item)?;
    Ok((row.version == version).then_some(row.tracks))
}

pub(super) fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { table: Table::Playlists.suffix(), what }
}
