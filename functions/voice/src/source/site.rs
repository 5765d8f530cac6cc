//! Pages of sites, through yt-dlp: it says where a page's sound is, and the guarded connector fetches that.
//!
//! The operator has to enable it. It is a child process with an argument list (no shell), an empty environment, no
//! configuration files, the guarded proxy as its only way out, and limits on time and output. Its words are parsed as
//! untrusted: the link that it gives is judged like one that a user typed.

use core::time::Duration;
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use shared::domain::track::Title;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::time::timeout;

use super::{About, AudioSource, Opened, WebSource};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::media::{Art, Tags};
use crate::net::Guarded;

/// How long it may take; a page needs a few seconds.
const TIME_MAX: Duration = Duration::from_secs(40);
/// How much it may say; a page's description is a few hundred kilobytes.
const OUTPUT_MAX: u64 = 4 * 1024 * 1024;
/// Opus first, since it passes untouched; then what we decode.
const FORMAT: &str =
    "bestaudio[acodec=opus]/bestaudio[acodec^=mp4a.40.2]/bestaudio[acodec=mp3]/bestaudio/best";
/// Where the tool finds its interpreter.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
/// Headers that sites want back; others (cookies above all) are not passed on.
const HEADERS: [&str; 4] = ["user-agent", "referer", "accept", "accept-language"];

/// The tool, checked.
#[derive(Clone, Debug)]
pub struct Sites {
    program: PathBuf,
    proxy: String,
    net: Guarded,
}

/// The tool cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadTool {
    /// It does not run.
    #[error("yt-dlp does not run")]
    Absent,
    /// It is another version than the pinned one.
    #[error("yt-dlp is version {0}")]
    Version(String),
}

/// What somebody wants from a site.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// A page.
    Page(String),
    /// The first result of a search.
    Search(String),
}

impl Sites {
    /// The tool at `program`, if it is exactly version `pinned`; its traffic goes through the proxy at `proxy`.
    pub async fn check(program: PathBuf, pinned: &str, proxy: String, net: Guarded) -> Result<Self, BadTool> {
        let sites = Self { program, proxy, net };
        let said = sites.run(&["--ignore-config", "--version"]).await.map_err(|_| BadTool::Absent)?;
        let version = String::from_utf8_lossy(&said).trim().chars().take(40).collect::<String>();
        if version == pinned { Ok(sites) } else { Err(BadTool::Version(version)) }
    }

    /// What is wanted, as a source.
    pub fn source(&self, wanted: Wanted) -> SiteSource {
        SiteSource { sites: self.clone(), wanted }
    }

    async fn resolve(&self, wanted: &Wanted) -> Result<WebSource, PlayError> {
        let query = match wanted {
            Wanted::Page(url) => url.clone(),
            Wanted::Search(words) => format!("ytsearch1:{words}"),
        };
        let said = self.run(&self.arguments(&query)).await?;
        let page = parse(&said)?;
        if page.is_live == Some(true) && page.url.is_empty() {
            return Err(PlayError::Unsupported);
        }
        let key = CacheKey::of("site", &format!("{}:{}", page.extractor_key, page.id));
        let target = self.net.target(&page.url)?;
        let (headers, about) = (page.headers(), page.about());
        Ok(WebSource::new(self.net.clone(), target).called(key, about).with_headers(headers))
    }

    fn arguments<'a>(&'a self, query: &'a str) -> Vec<&'a str> {
        // Behind `--` nothing is an option, whatever it begins with.
        vec![
            "--ignore-config",
            "--no-cache-dir",
            "--no-playlist",
            "--no-warnings",
            "--no-progress",
            "--skip-download",
            "--socket-timeout",
            "10",
            "--proxy",
            &self.proxy,
            "--format",
            FORMAT,
            "--dump-single-json",
            "--",
            query,
        ]
    }

    async fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, PlayError> {
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().env("PATH", PATH).env("LC_ALL", "C.UTF-8").kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let finished = timeout(TIME_MAX, output(command)).await.map_err(|_| PlayError::TooSlow)?;
        finished.map_err(|_| PlayError::SiteFailed)
    }
}

/// What a successful command says, up to the limit; more than that, or a failure, is an error.
async fn output(mut command: Command) -> io::Result<Vec<u8>> {
    let mut child = command.spawn()?;
    let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let said = bounded(stdout).await?;
    if child.wait().await?.success() { Ok(said) } else { Err(io::ErrorKind::Other.into()) }
}

async fn bounded(stdout: impl AsyncRead + Unpin) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    stdout.take(OUTPUT_MAX + 1).read_to_end(&mut said).await?;
    if said.len() as u64 > OUTPUT_MAX { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(said) }
}

/// What the tool says of a page, as far as we use it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Page {
    id: String,
    extractor_key: String,
    url: String,
    title: Option<String>,
    artist: Option<String>,
    uploader: Option<String>,
    duration: Option<f64>,
    thumbnail: Option<String>,
    is_live: Option<bool>,
    http_headers: Option<HashMap<String, String>>,
    /// The results of a search.
    entries: Option<Vec<Page>>,
}

/// Parses what the tool says. A search without a result is [`PlayError::NotFound`].
pub fn parse(said: &[u8]) -> Result<Page, PlayError> {
    let mut page: Page = serde_json::from_slice(said).map_err(|_| PlayError::SiteFailed)?;
    if let Some(entries) = page.entries.take() {
        page = entries.into_iter().next().ok_or(PlayError::NotFound)?;
    }
    if page.url.is_empty() || page.id.is_empty() { Err(PlayError::SiteFailed) } else { Ok(page) }
}

impl Page {
    fn about(&self) -> About {
        let title = |text: &Option<String>| text.as_deref().and_then(Title::parse);
        let tags = Tags {
            title: title(&self.title),
            artist: title(&self.artist).or(title(&self.uploader)),
            art: self.thumbnail.as_deref().and_then(Art::linked),
        };
        let length = self.duration.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        About { tags, length }
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let all = self.http_headers.iter().flatten();
        let wanted = all.filter(|(name, _)| HEADERS.iter().any(|wanted| name.eq_ignore_ascii_case(wanted)));
        wanted.filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).collect()
    }
}

/// A page or a search.
#[derive(Clone, Debug)]
pub struct SiteSource {
    sites: Sites,
    wanted: Wanted,
}

impl AudioSource for SiteSource {
    /// What was asked and not what was found, so that a track in the cache needs no look at the site.
    fn key(&self) -> CacheKey {
        match &self.wanted {
            Wanted::Page(url) => CacheKey::of("page", url),
            Wanted::Search(words) => CacheKey::of("search", &words.to_lowercase()),
        }
    }

    fn open(&self) -> Task<'_, Result<Opened, PlayError>> {
        Box::pin(async move { self.sites.resolve(&self.wanted).await?.open().await })
    }
}

#[cfg(test)]
#[path = "site_tests.rs"]
mod tests;
