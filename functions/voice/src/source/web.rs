//! A link: a file, a station, a playlist; which one, its answer says. Discord's attachments are files on its CDN.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::file::WebFile;
use super::{About, AudioSource, Opened, Shape, hls, radio};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::media::sniff::{Sniffed, sniff};
use crate::net::{Answer, Guarded, Target, read_small};

/// Lists of links that lead to lists of links.
const LISTS_MAX: u32 = 2;

/// A link that somebody typed, or that a site gave for what somebody typed.
#[derive(Clone, Debug)]
pub struct WebSource {
    net: Guarded,
    target: Target,
    key: CacheKey,
    wants: Vec<(HeaderName, HeaderValue)>,
    about: About,
}

impl WebSource {
    /// This link.
    pub fn new(net: Guarded, target: Target) -> Self {
        let key = CacheKey::of_url(target.url());
        Self { net, target, key, wants: Vec::new(), about: About::default() }
    }

    /// A link that changes while what it leads to does not: this is its name, and what is known of it.
    #[must_use]
    pub fn called(self, key: CacheKey, about: About) -> Self {
        Self { key, about, ..self }
    }

    /// With headers that the place wants to see.
    #[must_use]
    pub fn with_headers(self, wants: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self { wants, ..self }
    }

    async fn opened(&self) -> Result<Opened, PlayError> {
        let mut target = self.target.clone();
        for _ in 0..=LISTS_MAX {
            let mut answer = self.net.get(&target, &self.ask()).await?;
            match kind(&answer.headers) {
                Kind::Page => return Err(PlayError::NotAudio),
                Kind::Station => return Ok(radio::listen(&self.net, &target, answer)),
                Kind::File => {}
            }
            // A list is told by its beginning: its content type is as often wrong as right.
            match sniff(&answer.body.peek().await?) {
                Sniffed::Playlist | Sniffed::Pls => {}
                Sniffed::Text if is_list(&answer.headers) => {}
                _ => return Ok(self.file(&target, answer)),
            }
            match self.list(answer).await? {
                List::Opened(opened) => return Ok(opened),
                List::LeadsTo(next) => target = next,
            }
        }
        Err(PlayError::Redirect)
    }

    fn ask(&self) -> crate::net::Ask {
        let value = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        self.wants.iter().fold(radio::ask(), |ask, (name, wanted)| ask.with(name.clone(), &value(wanted)))
    }

    async fn list(&self, answer: Answer) -> Result<List, PlayError> {
        let at = answer.at;
        let document =
            read_small(answer.body, hls::DOCUMENT_MAX, self.net.policy().timeouts.document).await?;
        let links = match sniff(&document) {
            Sniffed::Pls => hls::playlist::parse_pls(&document),
            _ => match hls::playlist::parse(&document).map_err(PlayError::from)? {
                hls::playlist::Playlist::Links(links) => links,
                _ => return hls::open(&self.net, at, &document).await.map(List::Opened),
            },
        };
        let first = links.first().ok_or(PlayError::NotAudio)?;
        at.join(first, self.net.policy()).map(List::LeadsTo)
    }

    fn file(&self, target: &Target, answer: Answer) -> Opened {
        let feed = WebFile::feed(&self.net, target, self.wants.clone(), answer);
        Opened { feed, shape: Shape::Track, about: self.about.clone() }
    }
}

enum List {
    Opened(Opened),
    LeadsTo(Target),
}

impl AudioSource for WebSource {
    fn key(&self) -> CacheKey {
        self.key.clone()
    }

    fn open(&self) -> Task<'_, Result<Opened, PlayError>> {
        Box::pin(self.opened())
    }
}

enum Kind {
    Page,
    Station,
    File,
}

fn kind(headers: &HeaderMap) -> Kind {
    let kind = content_type(headers);
    match &*kind {
        "text/html" | "application/xhtml+xml" | "application/json" => Kind::Page,
        _ if kind.starts_with("image/") => Kind::Page,
        _ if !is_list(headers) && radio::is_station(headers) => Kind::Station,
        _ => Kind::File,
    }
}

fn is_list(headers: &HeaderMap) -> bool {
    let kind = content_type(headers);
    kind.ends_with("mpegurl") || kind.ends_with("scpls") || kind == "application/pls+xml"
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
