//! Containers in `AUDIO_BUCKET`. An object appears when its upload is complete, so there is never half a one.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::{ByteStream, Length};
use tokio::io::AsyncWriteExt;

use super::{AudioStore, CacheKey, Task};
use crate::failure::PlayError;

/// Largest container that is fetched: a day of music is 1.4 GB, and nobody plays a day.
const OBJECT_MAX: i64 = 512 * 1024 * 1024;
const CONTENT_TYPE: &str = "application/octet-stream";

/// A bucket, with an object a track under `audio/`.
#[derive(Clone, Debug)]
pub struct BucketStore {
    s3: Client,
    bucket: String,
}

impl BucketStore {
    /// In this bucket.
    pub fn new(s3: Client, bucket: impl Into<String>) -> Self {
        Self { s3, bucket: bucket.into() }
    }

    async fn fetch(&self, key: &CacheKey) -> Result<Option<File>, PlayError> {
        let request = self.s3.get_object().bucket(&self.bucket).key(name(key)).send();
        let object = match Box::pin(request).await {
            Ok(object) => object,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(_) => return Err(PlayError::Storage),
        };
        if object.content_length().is_none_or(|length| length > OBJECT_MAX) {
            return Err(PlayError::Storage);
        }
        download(object.body).await.map(Some)
    }

    async fn store(&self, key: &CacheKey, container: File) -> Result<(), PlayError> {
        let size = container.metadata().map_err(|_| PlayError::Storage)?.len();
        let body =
            ByteStream::read_from().file(tokio::fs::File::from_std(container)).length(Length::Exact(size));
        let body = body.build().await.map_err(|_| PlayError::Storage)?;
        let put =
            self.s3.put_object().bucket(&self.bucket).key(name(key)).content_type(CONTENT_TYPE).body(body);
        Box::pin(put.send()).await.map(drop).map_err(|_| PlayError::Storage)
    }
}

fn name(key: &CacheKey) -> String {
    format!("audio/{key}")
}

fn is_absent(error: &SdkError<GetObjectError>) -> bool {
    error.as_service_error().is_some_and(GetObjectError::is_no_such_key)
        || error.raw_response().is_some_and(|response| response.status().as_u16() == 404)
}

async fn download(mut body: ByteStream) -> Result<File, PlayError> {
    let file = tempfile::tempfile().map_err(|_| PlayError::Storage)?;
    let mut out = tokio::fs::File::from_std(file);
    while let Some(piece) = body.try_next().await.map_err(|_| PlayError::Storage)? {
        out.write_all(&piece).await.map_err(|_| PlayError::Storage)?;
    }
    out.flush().await.map_err(|_| PlayError::Storage)?;
    let mut file = out.into_std().await;
    file.seek(SeekFrom::Start(0)).map_err(|_| PlayError::Storage)?;
    Ok(file)
}

impl AudioStore for BucketStore {
    fn get<'a>(&'a self, key: &'a CacheKey) -> Task<'a, Result<Option<File>, PlayError>> {
        Box::pin(self.fetch(key))
    }

    fn put<'a>(&'a self, key: &'a CacheKey, container: File) -> Task<'a, Result<(), PlayError>> {
        Box::pin(self.store(key, container))
    }
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
