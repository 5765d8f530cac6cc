//! Objects in the operator's own buckets, named by their ordinary https links and read with the worker's own rights.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use std::sync::Arc;

use super::{About, AudioSource, Feed, FeedWriter, Opened, Reopen, Shape};
use crate::cache::{CacheKey, Task};
use crate::failure::PlayError;
use crate::net::Target;

/// Times that the rest of an object is asked for without a byte coming.
const TRIES: u32 = 3;

/// The buckets that may be played from; none unless the operator names some.
#[derive(Clone, Debug)]
pub struct S3Places {
    s3: Client,
    buckets: Arc<[String]>,
    size_max: u64,
}

impl S3Places {
    /// These buckets, objects up to `size_max` bytes.
    pub fn new(s3: Client, buckets: Vec<String>, size_max: u64) -> Self {
        Self { s3, buckets: buckets.into(), size_max }
    }

    /// The object that a link means, if it means one of ours.
    pub fn source(&self, target: &Target) -> Option<S3Source> {
        let (bucket, key) = place(target)?;
        let ours = self.buckets.contains(&bucket);
        ours.then(|| S3Source { s3: self.s3.clone(), bucket, key, size_max: self.size_max })
    }
}

/// Bucket and key of a link in virtual-hosted or path style.
fn place(target: &Target) -> Option<(String, String)> {
    let host = target.domain()?.strip_suffix(".amazonaws.com")?;
    let path: Vec<_> = target.url().path_segments()?.collect();
    let is_service = |name: &str| name == "s3" || name.starts_with("s3.") || name.starts_with("s3-");
    let (bucket, key) = if is_service(host) {
        let (bucket, key) = path.split_first()?;
        ((*bucket).to_owned(), key.join("/"))
    } else {
        let at = host.find(".s3").filter(|at| is_service(&host[at + 1..]))?;
        (host[..at].to_owned(), path.join("/"))
    };
    let key = percent_decoded(&key)?;
    (!key.is_empty()).then_some((bucket, key))
}

fn percent_decoded(text: &str) -> Option<String> {
    // `+` is itself in a path, and this parser reads forms.
    let form = format!("k={}", text.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs.next().map(|(_, value)| value.into_owned())
}

/// One object.
#[derive(Clone, Debug)]
pub struct S3Source {
    s3: Client,
    bucket: String,
    key: String,
    size_max: u64,
}

impl S3Source {
    async fn get(&self, offset: u64, version: Option<&str>) -> Result<GetObjectOutput, PlayError> {
        let request = self.s3.get_object().bucket(&self.bucket).key(&self.key);
        let range = (offset > 0).then(|| format!("bytes={offset}-"));
        let request = request.set_range(range).set_if_match(version.map(str::to_owned));
        Box::pin(request.send()).await.map_err(|error| refused(&error))
    }

    async fn opened(&self) -> Result<Opened, PlayError> {
        let object = self.get(0, None).await?;
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        if length.is_none_or(|length| length > self.size_max) {
            return Err(PlayError::TooLarge);
        }
        let version = object.e_tag().map(str::to_owned);
        let (writer, feed) = Feed::new();
        tokio::spawn(self.clone().pump(Some(object), 0, version.clone(), writer));
        let feed = feed.seekable(length.unwrap_or(0), self.clone().reopener(version));
        Ok(Opened { feed, shape: Shape::Track, about: About::default() })
    }

    fn reopener(self, version: Option<String>) -> Reopen {
        let runtime = tokio::runtime::Handle::current();
        Arc::new(move |offset| {
            let (writer, feed) = Feed::new();
            runtime.spawn(self.clone().pump(None, offset, version.clone(), writer));
            feed
        })
    }

    async fn pump(
        self,
        mut object: Option<GetObjectOutput>,
        mut offset: u64,
        version: Option<String>,
        writer: FeedWriter,
    ) {
        let mut tries = 0;
        loop {
            let got = match object.take() {
                Some(object) => Ok(object),
                None => self.get(offset, version.as_deref()).await,
            };
            let error = match got {
                Ok(mut object) => loop {
                    match object.body.next().await {
                        None => return,
                        Some(Err(_)) => break PlayError::CutShort,
                        Some(Ok(piece)) => {
                            offset += piece.len() as u64;
                            tries = 0;
                            if writer.write(piece).await.is_err() {
                                return;
                            }
                        }
                    }
                },
                Err(error) => error,
            };
            tries += 1;
            if tries > TRIES || !error.is_transient() {
                return writer.fail(error).await;
            }
        }
    }
}

fn refused(error: &SdkError<GetObjectError>) -> PlayError {
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(403) => PlayError::Forbidden,
        Some(404 | 412) => PlayError::NotFound,
        _ => PlayError::Unreachable,
    }
}

impl AudioSource for S3Source {
    fn key(&self) -> CacheKey {
        CacheKey::of("s3", &format!("{}/{}", self.bucket, self.key))
    }

    fn open(&self) -> Task<'_, Result<Opened, PlayError>> {
        Box::pin(self.opened())
    }
}

#[cfg(test)]
#[path = "s3_tests.rs"]
mod tests;
