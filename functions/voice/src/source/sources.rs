//! Which source a query means. One place, so that it is plain what is enabled and what a refusal says.

use shared::domain::track::TrackSource;

use super::{AudioSource, Opened, S3Places, Sites, SoundCloud, Wanted, WebSource};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::net::{Guarded, Target};

/// Hosts whose links are pages and never sound: without the tool there is nothing to try.
const SITES: [&str; 9] = [
    "youtube.com",
    "youtu.be",
    "music.youtube.com",
    "spotify.com",
    "bandcamp.com",
    "vimeo.com",
    "twitch.tv",
    "tiktok.com",
    "soundcloud.com",
];

/// Everything that this deployment can play from.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The guarded connector.
    pub net: Guarded,
    /// The operator's buckets.
    pub buckets: Option<S3Places>,
    /// `SoundCloud`, with a client id.
    pub soundcloud: Option<SoundCloud>,
    /// Sites, through yt-dlp.
    pub sites: Option<Sites>,
}

impl Sources {
    /// Direct links alone: what every deployment has.
    pub const fn links(net: Guarded) -> Self {
        Self { net, buckets: None, soundcloud: None, sites: None }
    }

    /// Where this is to be had.
    pub fn find(&self, wanted: &TrackSource) -> Result<Box<dyn AudioSource>, PlayError> {
        match wanted {
            TrackSource::Url(url) => self.link(&self.net.target(url.as_str())?),
            TrackSource::Search(words) => self.search(words.as_str()),
        }
    }

    fn search(&self, words: &str) -> Result<Box<dyn AudioSource>, PlayError> {
        match (&self.sites, &self.soundcloud) {
            (Some(sites), _) => Ok(Box::new(sites.source(Wanted::Search(words.to_owned())))),
            (None, Some(soundcloud)) => Ok(Box::new(soundcloud.search(words))),
            (None, None) => Err(PlayError::SearchOff),
        }
    }

    fn link(&self, target: &Target) -> Result<Box<dyn AudioSource>, PlayError> {
        if let Some(object) = self.buckets.as_ref().and_then(|buckets| buckets.source(target)) {
            return Ok(Box::new(object));
        }
        if let Some(soundcloud) = self.soundcloud.as_ref().filter(|_| SoundCloud::knows(target)) {
            return Ok(Box::new(soundcloud.page(target)));
        }
        let page = || Wanted::Page(target.url().as_str().to_owned());
        let web = WebSource::new(self.net.clone(), target.clone());
        match (&self.sites, is_site(target)) {
            (Some(sites), true) => Ok(Box::new(sites.source(page()))),
            (None, true) => Err(PlayError::SitesOff),
            (Some(sites), false) => Ok(Box::new(LinkOrPage { web, page: sites.source(page()) })),
            (None, false) => Ok(Box::new(web)),
        }
    }
}

fn is_site(target: &Target) -> bool {
    let within = |host: &str, site: &str| {
        host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    target.domain().is_some_and(|host| SITES.iter().any(|site| within(host, site)))
}

/// A link that may be sound itself, or the page of a site that we do not know by name.
#[derive(Debug)]
struct LinkOrPage {
    web: WebSource,
    page: super::SiteSource,
}

impl AudioSource for LinkOrPage {
    fn key(&self) -> CacheKey {
        self.web.key()
    }

    fn open(&self) -> Task<'_, Result<Opened, PlayError>> {
        Box::pin(async move {
            match self.web.open().await {
                Err(PlayError::NotAudio) => self.page.open().await,
                other => other,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::track::Track;
    use shared::security::track_url::{Query, UrlPolicy};

    use super::*;
    use crate::net::NetPolicy;

    fn find(sources: &Sources, text: &str) -> Result<String, PlayError> {
        let query = Query::parse(text, UrlPolicy::HTTPS_ONLY).unwrap();
        let source = sources.find(Track::from_query(query).source())?;
        Ok(format!("{source:?}").split([' ', '{']).next().unwrap_or_default().to_owned())
    }

    fn net() -> Guarded {
        Guarded::new(NetPolicy::STRICT).unwrap()
    }

    #[test]
    fn without_tools_links_play_and_the_rest_is_told_why_not() {
        let sources = Sources::links(net());
        assert_eq!(find(&sources, "https://example.org/a.mp3").as_deref(), Ok("WebSource"));
        assert_eq!(
            find(&sources, "https://cdn.discordapp.com/attachments/1/2/a.mp3").as_deref(),
            Ok("WebSource")
        );
        assert_eq!(find(&sources, "R&B"), Err(PlayError::SearchOff));
        for page in
            ["https://www.youtube.com/watch?v=x", "https://youtu.be/x", "https://open.spotify.com/track/x"]
        {
            assert_eq!(find(&sources, page), Err(PlayError::SitesOff), "{page}");
        }
        assert_eq!(find(&sources, "https://notyoutube.com/a.mp3").as_deref(), Ok("WebSource"));
    }

    #[test]
    fn soundcloud_takes_its_pages_and_searches() {
        let soundcloud = SoundCloud::new(net(), crate::source::SOUNDCLOUD_API, "id".to_owned()).ok();
        let sources = Sources { soundcloud, ..Sources::links(net()) };
        for query in ["https://soundcloud.com/a/b", "https://on.soundcloud.com/x", "R&B"] {
            assert_eq!(find(&sources, query).as_deref(), Ok("SoundCloudSource"), "{query}");
        }
        assert_eq!(find(&sources, "https://example.org/a.mp3").as_deref(), Ok("WebSource"));
    }

    #[test]
    fn the_strict_policy_holds_here_too() {
        // The door of another deployment may have let it in.
        let wanted: TrackSource = serde_json::from_str(r#"{"url":"http://example.org/a.mp3"}"#).unwrap();
        assert_eq!(Sources::links(net()).find(&wanted).err(), Some(PlayError::AddressNotAllowed));
    }
}
