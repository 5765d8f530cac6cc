//! What a worker holds of all this, for its life.

use core::time::Duration;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use shared::domain::track::TrackSource;

use crate::cache::{AudioStore, BucketStore, FolderStore};
use crate::config::{PlaybackConfig, SoundCloudAccess, StorePlace};
use crate::failure::PlayError;
use crate::ingest::Limits;
use crate::library::{Library, Prepared};
use crate::net::proxy::GuardedProxy;
use crate::net::{Guarded, NoClient};
use crate::player::{Deaf, Engine, Player, PlayerEvent};
use crate::source::{BadTool, S3Places, Sites, SoundCloud, Sources};

/// Finds, prepares and plays.
#[derive(Debug)]
pub struct Playback {
    sources: Sources,
    library: Library,
    engine: Engine,
    /// The way out of the site tool; it lives as long as the tool may run.
    _proxy: Option<GuardedProxy>,
}

/// The playback cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PlaybackError {
    /// There is no HTTP client.
    #[error(transparent)]
    Http(#[from] NoClient),
    /// The folder for tracks cannot be made, or the proxy not be started.
    #[error("the machine refused: {0}")]
    Machine(#[from] std::io::Error),
    /// The tool for sites is not the one that was pinned.
    #[error(transparent)]
    Tool(#[from] BadTool),
    /// Nobody could say whether voice is encrypted.
    #[error(transparent)]
    Deaf(#[from] Deaf),
    /// The API of `SoundCloud` is at an address that is not allowed.
    #[error("SOUNDCLOUD_BASE_URL is not allowed")]
    SoundCloud,
}

impl Playback {
    /// With this configuration and these AWS settings.
    pub async fn start(config: &PlaybackConfig, sdk: &SdkConfig) -> Result<Self, PlaybackError> {
        let net = Guarded::new(config.net.clone())?;
        let (sites, proxy) = sites(config, &net).await?;
        let soundcloud = config.soundcloud.as_ref().map(|access| soundcloud(access, &net)).transpose()?;
        let buckets = (!config.source_buckets.is_empty())
            .then(|| S3Places::new(s3(sdk), config.source_buckets.clone(), config.net.size_max));
        let store = store(&config.store, sdk)?;
        Ok(Self {
            sources: Sources { net, buckets, soundcloud, sites },
            library: Library::new(store, config.decodes_at_once),
            engine: Engine::start()?,
            _proxy: proxy,
        })
    }

    /// Gets a track ready: found, opened, decoded as far as its first sound.
    pub async fn prepare(&self, wanted: &TrackSource, limits: Limits) -> Result<Prepared, PlayError> {
        let source = self.sources.find(wanted)?;
        self.library.prepare(&*source, limits).await
    }

    /// Waits until every track that is being decoded or kept is done with; for a worker that is told to end.
    pub async fn settled(&self) {
        self.library.settled().await;
    }

    /// A player for a guild, and what it will tell.
    pub fn player(&self) -> (Player, tokio::sync::mpsc::UnboundedReceiver<PlayerEvent>) {
        Player::new(&self.engine)
    }
}

fn store(place: &StorePlace, sdk: &SdkConfig) -> Result<Option<Arc<dyn AudioStore>>, PlaybackError> {
    Ok(match place {
        StorePlace::Bucket(bucket) => Some(Arc::new(BucketStore::new(s3(sdk), bucket))),
        StorePlace::Folder(folder) => Some(Arc::new(FolderStore::open(folder)?)),
        StorePlace::None => None,
    })
}

/// Path style, which every emulator understands and which AWS takes for our bucket names too.
/// Its time limits are its own: those of tables are for rows, and a track is ten megabytes.
fn s3(sdk: &SdkConfig) -> aws_sdk_s3::Client {
    let patience = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(30))
        .operation_timeout(Duration::from_mins(1))
        .build();
    let config = aws_sdk_s3::config::Builder::from(sdk).timeout_config(patience).force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

fn soundcloud(access: &SoundCloudAccess, net: &Guarded) -> Result<SoundCloud, PlaybackError> {
    SoundCloud::new(net.clone(), &access.base, access.client_id.clone())
        .map_err(|_| PlaybackError::SoundCloud)
}

async fn sites(
    config: &PlaybackConfig,
    net: &Guarded,
) -> Result<(Option<Sites>, Option<GuardedProxy>), PlaybackError> {
    let Some(tool) = &config.sites else { return Ok((None, None)) };
    let proxy = GuardedProxy::start(config.net.clone()).await?;
    let sites = Sites::check(tool.program.clone(), &tool.version, proxy.url(), net.clone()).await?;
    Ok((Some(sites), Some(proxy)))
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;
    use shared::env::Env;

    use super::*;
    use crate::testing::{Reply, Server};

    /// From the environment of `timmy up` to frames, with a file on this machine.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_file_on_this_machine_plays_where_the_operator_allows_it() {
        let file = include_bytes!("../fixtures/tone.mp3");
        let server = Server::start(|request| Reply::file(request, "audio/mpeg", file, usize::MAX)).await;
        let folder = tempfile::tempdir().unwrap();
        let port = server.address.port();
        let env = Env::of([
            ("ALLOWED_PRIVATE_HOSTS", format!("songs.example.org:{port}=127.0.0.1")),
            ("ALLOW_HTTP", "true".to_owned()),
            ("AUDIO_DIR", folder.path().join("audio").display().to_string()),
        ]);
        let sdk = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        let playback = Playback::start(&PlaybackConfig::from_env(&env).unwrap(), &sdk).await.unwrap();
        let url = format!(r#"{{"url":"http://songs.example.org:{port}/a.mp3"}}"#);
        let limits = Limits { length: Duration::from_mins(10) };
        let prepared = playback.prepare(&serde_json::from_str(&url).unwrap(), limits).await.unwrap();
        assert!(prepared.playable.is_seekable());
        let elsewhere = r#"{"url":"http://songs.example.org:1025/a.mp3"}"#;
        let refused = playback.prepare(&serde_json::from_str(elsewhere).unwrap(), limits).await;
        assert_eq!(refused.map(drop), Err(PlayError::AddressNotAllowed));
        drop(playback.player());
    }
}
