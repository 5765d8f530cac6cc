//! A link: a file, a station, a playlist; which one, its answer says. Discord's attachments are files on its CDN.

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::file::WebFile;
use super::{About, AudioSource, Opened, Shape, radio};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::net::{Answer, Guarded, Target};

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
        let mut ask = radio::ask();
        for (name, value) in &self.wants {
            ask = ask.with(name.clone(), value.to_str().unwrap_or_default());
        }
        let answer = self.net.get(&self.target, &ask).await?;
        match kind(&answer.headers, &answer.at) {
            Kind::Page => Err(PlayError::NotAudio),
            Kind::Station => Ok(radio::listen(&self.net, &self.target, answer)),
            Kind::File => Ok(self.file(answer)),
        }
    }

    fn file(&self, answer: Answer) -> Opened {
        let feed = WebFile::feed(&self.net, &self.target, self.wants.clone(), answer);
        Opened { feed, shape: Shape::Track, about: self.about.clone() }
    }
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

fn kind(headers: &HeaderMap, _at: &Target) -> Kind {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match &*kind {
        "text/html" | "application/xhtml+xml" | "application/json" => Kind::Page,
        _ if kind.starts_with("image/") => Kind::Page,
        _ if radio::is_station(headers) => Kind::Station,
        _ => Kind::File,
    }
}
