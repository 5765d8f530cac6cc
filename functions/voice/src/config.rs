//! What the playback is told at its start. It holds no secret: a `SoundCloud` client id is an application's public name.

use core::time::Duration;
use std::path::PathBuf;

use shared::env::{BadEnv, Env};
use shared::security::track_url::UrlPolicy;

use crate::net::{NetPolicy, PrivateHosts};
use crate::source::SOUNDCLOUD_API;

/// The playback's configuration.
#[derive(Clone, Debug)]
pub struct PlaybackConfig {
    /// What may be fetched: `ALLOW_HTTP` and `ALLOWED_PRIVATE_HOSTS`, both off by default.
    pub net: NetPolicy,
    /// Where tracks are kept: `AUDIO_BUCKET`, else `AUDIO_DIR`, else nowhere.
    pub store: StorePlace,
    /// `S3_SOURCE_BUCKETS`: buckets that may be played from.
    pub source_buckets: Vec<String>,
    /// `YTDLP_PATH` and the exact `YTDLP_VERSION`; sites are off without them.
    pub sites: Option<SiteTool>,
    /// `SOUNDCLOUD_CLIENT_ID` and `SOUNDCLOUD_BASE_URL`.
    pub soundcloud: Option<SoundCloudAccess>,
    /// `TRACK_LIMIT_S`: the longest track where a guild's settings say nothing else (SPEC P9).
    pub track_limit: Duration,
    /// `DECODES_AT_ONCE`: tracks that are decoded at full speed at the same time.
    pub decodes_at_once: usize,
}

/// Where tracks are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorePlace {
    /// In this bucket.
    Bucket(String),
    /// In this folder of this machine.
    Folder(PathBuf),
    /// Nowhere: each play fetches.
    None,
}

/// yt-dlp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteTool {
    /// The program.
    pub program: PathBuf,
    /// The version that it has to be.
    pub version: String,
}

/// How `SoundCloud` is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundCloudAccess {
    /// Where its API is.
    pub base: String,
    /// As which client.
    pub client_id: String,
}

impl PlaybackConfig {
    /// Reads and checks everything at once.
    pub fn from_env(env: &Env) -> Result<Self, BadEnv> {
        let private_hosts = PrivateHosts::allowing(env.list("ALLOWED_PRIVATE_HOSTS")?);
        let urls = UrlPolicy { allow_http: env.parse_or("ALLOW_HTTP", false)? };
        Ok(Self {
            net: NetPolicy { urls, private_hosts, ..NetPolicy::STRICT },
            store: store(env),
            source_buckets: env.list("S3_SOURCE_BUCKETS")?,
            sites: sites(env)?,
            soundcloud: soundcloud(env),
            track_limit: Duration::from_secs(env.parse_or("TRACK_LIMIT_S", 600)?),
            decodes_at_once: env.parse_or("DECODES_AT_ONCE", 2)?,
        })
    }
}

fn store(env: &Env) -> StorePlace {
    match (env.get("AUDIO_BUCKET"), env.get("AUDIO_DIR")) {
        (Some(bucket), _) => StorePlace::Bucket(bucket.to_owned()),
        (None, Some(folder)) => StorePlace::Folder(folder.into()),
        (None, None) => StorePlace::None,
    }
}

/// A tool of whatever version is there is a tool that nobody has looked at.
fn sites(env: &Env) -> Result<Option<SiteTool>, BadEnv> {
    let Some(program) = env.get("YTDLP_PATH") else { return Ok(None) };
    let version = env.required("YTDLP_VERSION")?.to_owned();
    Ok(Some(SiteTool { program: program.into(), version }))
}

fn soundcloud(env: &Env) -> Option<SoundCloudAccess> {
    let client_id = env.get("SOUNDCLOUD_CLIENT_ID")?.to_owned();
    let base = env.text_or("SOUNDCLOUD_BASE_URL", SOUNDCLOUD_API);
    Some(SoundCloudAccess { base, client_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_default_only_https_on_public_addresses_is_played() {
        let config = PlaybackConfig::from_env(&Env::of::<String, String>([])).unwrap();
        assert_eq!(config.net.urls, UrlPolicy::HTTPS_ONLY);
        assert_eq!(config.net.private_hosts, PrivateHosts::NONE);
        assert_eq!((config.store, config.track_limit.as_secs()), (StorePlace::None, 600));
        assert!(config.sites.is_none() && config.soundcloud.is_none() && config.source_buckets.is_empty());
    }

    #[test]
    fn what_the_operator_enables_is_on() {
        let env = Env::of([
            ("ALLOWED_PRIVATE_HOSTS", "songs.example.org:8080=127.0.0.1, 127.0.0.1:9000"),
            ("ALLOW_HTTP", "true"),
            ("AUDIO_BUCKET", "audio"),
            ("AUDIO_DIR", "/tmp/x"),
            ("S3_SOURCE_BUCKETS", "songs,more"),
            ("YTDLP_PATH", "/usr/bin/yt-dlp"),
            ("YTDLP_VERSION", "2026.11.01"),
            ("SOUNDCLOUD_CLIENT_ID", "id"),
        ]);
        let config = PlaybackConfig::from_env(&env).unwrap();
        assert!(config.net.urls.allow_http && config.net.private_hosts != PrivateHosts::NONE);
        assert_eq!(config.store, StorePlace::Bucket("audio".to_owned()));
        assert_eq!(config.source_buckets, ["songs", "more"]);
        assert_eq!(config.soundcloud.unwrap().base, SOUNDCLOUD_API);
        assert_eq!(config.sites.unwrap().version, "2026.11.01");
    }

    #[test]
    fn nonsense_and_an_unpinned_tool_stop_the_worker() {
        for pair in [("ALLOWED_PRIVATE_HOSTS", "a b"), ("ALLOW_HTTP", "yes"), ("YTDLP_PATH", "/x")] {
            assert!(PlaybackConfig::from_env(&Env::of([pair])).is_err(), "{}", pair.0);
        }
    }
}
