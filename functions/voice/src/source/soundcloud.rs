//! `SoundCloud`, over its web API with the operator's client id: links and searches become files or playlists.

use core::time::Duration;

use serde::Deserialize;
use shared::domain::track::Title;
use url::Url;

use super::{About, AudioSource, Opened, WebSource};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::media::{Art, Tags};
use crate::net::{Guarded, Target};

/// Where its API is.
pub const SOUNDCLOUD_API: &str = "https://api-v2.soundcloud.com";
/// Largest answer.
const ANSWER_MAX: usize = 1024 * 1024;

/// The API's client.
#[derive(Clone, Debug)]
pub struct SoundCloud {
    net: Guarded,
    base: Target,
    client_id: String,
}

impl SoundCloud {
    /// At `base`, as the client with this id.
    pub fn new(net: Guarded, base: &str, client_id: String) -> Result<Self, PlayError> {
        let base = net.target(base)?;
        Ok(Self { net, base, client_id })
    }

    /// Whether a link is one of its pages.
    pub fn knows(target: &Target) -> bool {
        target.domain().is_some_and(|host| host == "soundcloud.com" || host.ends_with(".soundcloud.com"))
    }

    /// A page.
    pub fn page(&self, target: &Target) -> SoundCloudSource {
        SoundCloudSource { api: self.clone(), wanted: Wanted::Page(target.url().as_str().to_owned()) }
    }

    /// The first result of a search.
    pub fn search(&self, words: &str) -> SoundCloudSource {
        SoundCloudSource { api: self.clone(), wanted: Wanted::Search(words.to_owned()) }
    }

    async fn resolve(&self, wanted: &Wanted) -> Result<WebSource, PlayError> {
        let track: ApiTrack = match wanted {
            Wanted::Page(page) => self.ask(self.method("resolve", &[("url", page)])?).await?,
            Wanted::Search(words) => {
                let query = [("q", &**words), ("limit", "1")];
                let found: Found = self.ask(self.method("search/tracks", &query)?).await?;
                found.collection.into_iter().next().ok_or(PlayError::NotFound)?
            }
        };
        let transcoding = track.choose().ok_or(PlayError::Forbidden)?;
        let mut link = Url::parse(&transcoding.url).map_err(|_| PlayError::SiteFailed)?;
        self.sign(&mut link);
        let place: Place = self.ask(self.net.target(link.as_str())?).await?;
        let key = CacheKey::of("soundcloud", &track.id.to_string());
        let target = self.net.target(&place.url)?;
        Ok(WebSource::new(self.net.clone(), target).called(key, track.about()))
    }

    fn method(&self, path: &str, query: &[(&str, &str)]) -> Result<Target, PlayError> {
        let mut url = self.base.url().join(path).map_err(|_| PlayError::Internal)?;
        url.query_pairs_mut().extend_pairs(query);
        self.sign(&mut url);
        self.net.target(url.as_str())
    }

    /// The id goes to the API and nowhere else, wherever an answer says that a stream is.
    fn sign(&self, url: &mut Url) {
        if url.origin() == self.base.url().origin() {
            url.query_pairs_mut().append_pair("client_id", &self.client_id);
        }
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, target: Target) -> Result<T, PlayError> {
        let (_, answer) = self.net.document(&target, ANSWER_MAX).await?;
        serde_json::from_slice(&answer).map_err(|_| PlayError::SiteFailed)
    }
}

#[derive(Deserialize)]
struct Found {
    collection: Vec<ApiTrack>,
}

#[derive(Deserialize)]
struct Place {
    url: String,
}

#[derive(Deserialize)]
struct ApiTrack {
    id: u64,
    title: Option<String>,
    duration: Option<u64>,
    artwork_url: Option<String>,
    user: Option<User>,
    media: Option<Media>,
}

#[derive(Deserialize)]
struct User {
    username: Option<String>,
}

#[derive(Deserialize)]
struct Media {
    transcodings: Vec<Transcoding>,
}

#[derive(Deserialize)]
struct Transcoding {
    url: String,
    format: Format,
    #[serde(default)]
    snipped: bool,
}

#[derive(Deserialize)]
struct Format {
    protocol: String,
    mime_type: String,
}

impl ApiTrack {
    /// A whole file before pieces of one. What is encrypted or only a taste of the track is none.
    fn choose(&self) -> Option<&Transcoding> {
        let rank = |transcoding: &&Transcoding| match &*transcoding.format.protocol {
            "progressive" => Some(0),
            "hls" if transcoding.format.mime_type.starts_with("audio/mp4") => Some(1),
            "hls" if transcoding.format.mime_type.starts_with("audio/mpeg") => Some(2),
            _ => None,
        };
        let whole = self.media.as_ref()?.transcodings.iter().filter(|transcoding| !transcoding.snipped);
        whole.filter(|transcoding| rank(transcoding).is_some()).min_by_key(rank)
    }

    fn about(&self) -> About {
        let artist = self.user.as_ref().and_then(|user| user.username.as_deref());
        let tags = Tags {
            title: self.title.as_deref().and_then(Title::parse),
            artist: artist.and_then(Title::parse),
            art: self.artwork_url.as_deref().and_then(Art::linked),
        };
        About { tags, length: self.duration.map(Duration::from_millis) }
    }
}

#[derive(Clone, Debug)]
enum Wanted {
    Page(String),
    Search(String),
}

/// A page or a search.
#[derive(Clone, Debug)]
pub struct SoundCloudSource {
    api: SoundCloud,
    wanted: Wanted,
}

impl AudioSource for SoundCloudSource {
    fn key(&self) -> CacheKey {
        match &self.wanted {
            Wanted::Page(page) => CacheKey::of("soundcloud-page", page),
            Wanted::Search(words) => CacheKey::of("soundcloud-search", &words.to_lowercase()),
        }
    }

    fn open(&self) -> Task<'_, Result<Opened, PlayError>> {
        Box::pin(async move { self.api.resolve(&self.wanted).await?.open().await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server, client};

    /// `SoundCloud` with one track, whose transcodings are these.
    async fn soundcloud(transcodings: &'static str) -> Server {
        Server::start(move |request| {
            let at = request.header("host").unwrap().to_owned();
            let track = format!(
                r#"{{"id":7,"title":"Don't Stop","duration":61500,"user":{{"username":"R&B"}},
                    "media":{{"transcodings":[{}]}}}}"#,
                transcodings.replace("AT", &format!("http://{at}"))
            );
            match request.path.split('?').next().unwrap() {
                "/resolve" => Reply::ok("application/json", track.as_bytes()),
                "/search/tracks" if request.path.contains("nothing") => {
                    Reply::ok("x/y", b"{\"collection\":[]}")
                }
                "/search/tracks" => Reply::ok("x/y", format!("{{\"collection\":[{track}]}}").as_bytes()),
                "/media/7" => Reply::ok("x/y", format!("{{\"url\":\"http://{at}/sound.mp3\"}}").as_bytes()),
                "/sound.mp3" => Reply::ok("audio/mpeg", b"sound"),
                other => panic!("{other}"),
            }
        })
        .await
    }

    const PROGRESSIVE: &str =
        r#"{"url":"AT/media/7","format":{"protocol":"progressive","mime_type":"audio/mpeg"}}"#;

    fn api(server: &Server) -> SoundCloud {
        SoundCloud::new(client(&[server]), &server.url("/"), "id&1".to_owned()).unwrap()
    }

    #[tokio::test]
    async fn links_and_searches_lead_to_a_file() {
        let server = soundcloud(PROGRESSIVE).await;
        let api = api(&server);
        let page = api.net.target(&server.url("/a/track")).unwrap();
        for source in [api.page(&page), api.search("R&B")] {
            let opened = source.open().await.unwrap();
            assert_eq!(opened.about.tags.title, Title::parse("Don't Stop"));
            assert_eq!(opened.about.length, Some(Duration::from_millis(61_500)));
        }
        let paths: Vec<_> = server.requests().into_iter().map(|request| request.path).collect();
        assert!(paths[3].starts_with("/search/tracks?q=R%26B&limit=1&client_id=id%261"), "{paths:?}");
        assert_eq!(paths[2], "/sound.mp3", "the id goes to the API alone");
    }

    #[tokio::test]
    async fn what_cannot_be_had_says_so() {
        for (transcodings, error) in [
            ("", PlayError::Forbidden),
            (
                r#"{"url":"AT/media/7","snipped":true,"format":{"protocol":"progressive","mime_type":"audio/mpeg"}}"#,
                PlayError::Forbidden,
            ),
            (
                r#"{"url":"AT/media/7","format":{"protocol":"ctr-encrypted-hls","mime_type":"audio/mp4"}}"#,
                PlayError::Forbidden,
            ),
            (
                r#"{"url":"http://169.254.169.254/","format":{"protocol":"hls","mime_type":"audio/mpeg"}}"#,
                PlayError::AddressNotAllowed,
            ),
        ] {
            let server = soundcloud(transcodings).await;
            assert_eq!(api(&server).search("x").open().await.err(), Some(error), "{transcodings}");
        }
        let server = soundcloud(PROGRESSIVE).await;
        assert_eq!(api(&server).search("nothing").open().await.err(), Some(PlayError::NotFound));
    }
}
