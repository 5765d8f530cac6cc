//! Finding and loading playlists.

use super::rows::{corrupt, header_sk, info_of, page_sk, tracks_of};
use super::{PlaylistInfo, PlaylistStore};
use crate::domain::playlist::{Playlist, PlaylistKey};
use crate::domain::track::Track;
use crate::ids::GuildId;
use crate::security::input::{PlaylistName, fold};
use crate::store::item::{Item, key, text};
use crate::store::{StoreError, Table};

/// Pages are read one by one; whoever saves meanwhile makes it start again.
const READS: u32 = 4;

impl PlaylistStore {
    /// The playlist of that name, without its tracks.
    pub async fn find(
        &self,
        guild: GuildId,
        name: &PlaylistName,
    ) -> Result<Option<PlaylistInfo>, StoreError> {
        self.get(guild, header_sk(&PlaylistKey::of(name))).await?.map(info_of).transpose()
    }

    /// The playlist of that name with its tracks.
    pub async fn load(&self, guild: GuildId, name: &PlaylistName) -> Result<Option<Playlist>, StoreError> {
        for _ in 0..READS {
            let Some(info) = self.find(guild, name).await? else { return Ok(None) };
            if let Some(tracks) = self.tracks(guild, &info).await? {
                let playlist = Playlist::new(info.name, info.owner, tracks);
                return playlist.map(Some).map_err(|_| corrupt("number of tracks"));
            }
        }
        Err(StoreError::Contended { operation: "playlists.load" })
    }

    /// All playlists of a guild, by name.
    pub async fn list(&self, guild: GuildId) -> Result<Vec<PlaylistInfo>, StoreError> {
        self.query(guild, "p#".to_owned(), None).await
    }

    /// Up to `limit` playlists whose names begin with what was `typed`, for autocomplete.
    pub async fn suggest(
        &self,
        guild: GuildId,
        typed: &str,
        limit: i32,
    ) -> Result<Vec<PlaylistInfo>, StoreError> {
        // A key longer than the service takes matches nothing.
        let typed: String = typed.chars().take(crate::security::input::PLAYLIST_NAME_MAX).collect();
        self.query(guild, format!("p#{}", fold(&typed)), Some(limit)).await
    }

    async fn query(
        &self,
        guild: GuildId,
        prefix: String,
        limit: Option<i32>,
    ) -> Result<Vec<PlaylistInfo>, StoreError> {
        let call = self.db.client().query().table_name(self.db.table(Table::Playlists));
        let answer = call
            .key_condition_expression("guild = :guild AND begins_with(sk, :prefix)")
            .expression_attribute_values(":guild", text(guild.to_string()))
            .expression_attribute_values(":prefix", text(prefix))
            .set_limit(limit)
            .send()
            .await
            .map_err(|error| StoreError::unavailable("playlists.list", &error))?;
        answer.items.unwrap_or_default().into_iter().map(info_of).collect()
    }

    async fn tracks(&self, guild: GuildId, info: &PlaylistInfo) -> Result<Option<Vec<Track>>, StoreError> {
        let key = PlaylistKey::of(&info.name);
        let mut tracks = Vec::with_capacity(info.tracks);
        for page in 0..info.pages {
            let Some(item) = self.get(guild, page_sk(&key, page)).await? else { return Ok(None) };
            let Some(more) = tracks_of(item, info.version)? else { return Ok(None) };
            tracks.extend(more);
        }
        Ok(Some(tracks))
    }

    async fn get(&self, guild: GuildId, sk: String) -> Result<Option<Item>, StoreError> {
        self.db.get(Table::Playlists, key(guild, sk), "playlists.load").await
    }
}
