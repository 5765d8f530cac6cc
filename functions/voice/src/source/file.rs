//! A file on a web server: when its connection breaks, the rest is asked for from the byte where it broke.

use core::time::Duration;
use std::sync::Arc;

use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::{Feed, FeedWriter, Reopen};
use crate::failure::PlayError;
use crate::net::{Answer, Ask, Body, Guarded, Target};

/// Times that a file is asked for its rest without a byte coming.
const TRIES: u32 = 4;
/// Before the first further try; doubled each time.
const PAUSE: Duration = Duration::from_millis(100);

/// A file that can be asked for again.
#[derive(Clone, Debug)]
pub(super) struct WebFile {
    net: Guarded,
    target: Target,
    /// Headers that the place wants, beside our own.
    wants: Vec<(HeaderName, HeaderValue)>,
    length: Option<u64>,
    /// `ETag` or `Last-Modified`: a rest of another version would be noise (RFC 9110 §13.1.5).
    version: Option<HeaderValue>,
    ranges: bool,
}

impl WebFile {
    /// From the answer to a request for everything; gives the file's bytes.
    pub(super) fn feed(
        net: &Guarded,
        target: &Target,
        wants: Vec<(HeaderName, HeaderValue)>,
        answer: Answer,
    ) -> Feed {
        let headers = &answer.headers;
        let file = Self {
            net: net.clone(),
            target: target.clone(),
            wants,
            length: length(answer.status, headers),
            version: version(headers),
            ranges: answer.status == StatusCode::PARTIAL_CONTENT,
        };
        let (writer, feed) = Feed::new();
        tokio::spawn(file.clone().pump(Some(answer.body), 0, writer));
        match (file.ranges, file.length) {
            (true, Some(length)) => feed.seekable(length, file.reopener()),
            _ => feed,
        }
    }

    fn reopener(self) -> Reopen {
        // Seeks come from the decoder's thread, which is none of the runtime's.
        let runtime = tokio::runtime::Handle::current();
        Arc::new(move |offset| {
            let (writer, feed) = Feed::new();
            runtime.spawn(self.clone().pump(None, offset, writer));
            feed
        })
    }

    async fn pump(self, mut body: Option<Body>, mut offset: u64, writer: FeedWriter) {
        let mut tries = 0;
        loop {
            let before = offset;
            let ended = match body.take() {
                Some(mut body) => deliver(&mut body, &mut offset, &writer).await,
                None => Ended::Broken(PlayError::CutShort),
            };
            let error = match ended {
                Ended::ReaderGone => return,
                Ended::Whole if self.length.is_none_or(|length| offset >= length) => return,
                Ended::Whole => PlayError::CutShort,
                // Whoever has sent something was reached.
                Ended::Broken(PlayError::Unreachable) if offset > before => PlayError::CutShort,
                Ended::Broken(error) => error,
            };
            tries = if offset > before { 0 } else { tries };
            match self.rest(offset, error, &mut tries).await {
                Ok(rest) => body = Some(rest),
                Err(error) => return writer.fail(error).await,
            }
        }
    }

    /// Asks for the rest, a few times.
    async fn rest(&self, offset: u64, mut error: PlayError, tries: &mut u32) -> Result<Body, PlayError> {
        while error.is_transient() && *tries < TRIES && (self.ranges || offset == 0) {
            if *tries > 0 {
                tokio::time::sleep(PAUSE * (1 << *tries)).await;
            }
            *tries += 1;
            match self.ask(offset).await {
                Ok(body) => return Ok(body),
                Err(next) => error = next,
            }
        }
        Err(error)
    }

    async fn ask(&self, offset: u64) -> Result<Body, PlayError> {
        let mut ask = Ask::from_byte(offset);
        let version = self.version.iter().map(|version| (header::IF_RANGE, version.clone()));
        for (name, value) in self.wants.iter().cloned().chain(version) {
            ask = ask.with(name, value.to_str().unwrap_or_default());
        }
        let answer = self.net.get(&self.target, &ask).await?;
        if offset == 0 || start(&answer.headers) == Some(offset) {
            return Ok(answer.body);
        }
        // The whole file again: it has changed, or the server forgot what ranges are.
        Err(PlayError::NotFound)
    }
}

enum Ended {
    Whole,
    Broken(PlayError),
    ReaderGone,
}

async fn deliver(body: &mut Body, offset: &mut u64, writer: &FeedWriter) -> Ended {
    loop {
        match body.next().await {
            Ok(Some(piece)) => {
                *offset += piece.len() as u64;
                if writer.write(piece).await.is_err() {
                    return Ended::ReaderGone;
                }
            }
            Ok(None) => return Ended::Whole,
            Err(error) => return Ended::Broken(error),
        }
    }
}

fn version(headers: &HeaderMap) -> Option<HeaderValue> {
    let strong = |value: &&HeaderValue| !value.as_bytes().starts_with(b"W/");
    headers.get(header::ETAG).filter(strong).or_else(|| headers.get(header::LAST_MODIFIED)).cloned()
}

fn length(status: StatusCode, headers: &HeaderMap) -> Option<u64> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if status == StatusCode::PARTIAL_CONTENT {
        return text(header::CONTENT_RANGE)?.rsplit_once('/')?.1.parse().ok();
    }
    text(header::CONTENT_LENGTH)?.parse().ok()
}

fn start(headers: &HeaderMap) -> Option<u64> {
    let range = headers.get(header::CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?;
    range.split('-').next()?.parse().ok()
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
