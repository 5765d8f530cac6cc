//! What people asked to be given about themselves, in a bucket of its own (SPEC T31). What is put there is encrypted by
//! the bucket's default and deleted by its lifecycle; nobody reads it here. Whoever asks gets a link for a few minutes.

use core::time::Duration;
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::operation::abort_multipart_upload::AbortMultipartUploadError;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use jiff::Timestamp;

use crate::aws_code::code;
use crate::security::secret::Secret;

/// Every part of an upload but the last has at least so many bytes.
pub const PART: usize = 5 * 1024 * 1024;
/// No link is good for longer (SPEC T31). The bucket's own policy says so too.
pub const LINK_MAX: Duration = Duration::from_mins(15);
/// After so many days the bucket deletes an export.
pub const EXPORT_DAYS: i64 = 7;

const CONTENT_TYPE: &str = "application/zip";
/// How long one attempt may take: a part is 5 MB, and nobody waits for it.
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_mins(1);

/// The bucket (`EXPORTS_BUCKET`). Cheap to clone.
#[derive(Clone, Debug)]
pub struct ExportBucket {
    client: Client,
    bucket: String,
}

/// An object that comes in parts. Nobody sees anything of it before it is complete; one that never is, the bucket's
/// lifecycle throws away after a day.
#[derive(Debug)]
pub struct Upload {
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

/// It may or may not have been done. Holds neither a key nor a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the exports cannot be reached: {code}")]
pub struct ExportsError {
    code: String,
}

impl ExportsError {
    /// The service's error code, or `timeout`, `dispatch`, `response`, `construction`, `answer`, `link`.
    pub fn code(&self) -> &str {
        &self.code
    }

    fn because(code: impl Into<String>) -> Self {
        Self { code: code.into() }
    }
}

impl ExportBucket {
    /// The bucket of this name.
    pub fn new(sdk: &SdkConfig, bucket: &str) -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let config = Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), bucket: bucket.to_owned() }
    }

    /// Begins an object.
    pub async fn begin(&self, key: &str) -> Result<Upload, ExportsError> {
        let call = self.client.create_multipart_upload().bucket(&self.bucket).key(key);
        let sent = call.content_type(CONTENT_TYPE).send().await;
        let output = sent.map_err(|error| ExportsError::because(code(&error)))?;
        let id = output.upload_id.ok_or_else(|| ExportsError::because("answer"))?;
        Ok(Upload { key: key.to_owned(), id, parts: Vec::new() })
    }

    /// Its next bytes: [`PART`] of them or more, but for the last ones.
    pub async fn part(&self, upload: &mut Upload, bytes: Vec<u8>) -> Result<(), ExportsError> {
        let number =
            i32::try_from(upload.parts.len() + 1).map_err(|_| ExportsError::because("construction"))?;
        let call = self.client.upload_part().bucket(&self.bucket).key(&upload.key).upload_id(&upload.id);
        let sent = call.part_number(number).body(ByteStream::from(bytes)).send().await;
        let output = sent.map_err(|error| ExportsError::because(code(&error)))?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(output.e_tag);
        // The SDK sends a checksum with each part; S3 wants to hear it again in the end.
        upload.parts.push(part.set_checksum_crc32(output.checksum_crc32).build());
        Ok(())
    }

    /// From now on the object is there. After an error it may be, too.
    pub async fn complete(&self, upload: &Upload) -> Result<(), ExportsError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(upload.parts.clone())).build();
        let call = self.client.complete_multipart_upload().bucket(&self.bucket).key(&upload.key);
        let sent = call.upload_id(&upload.id).multipart_upload(parts).send().await;
        sent.map(drop).map_err(|error| ExportsError::because(code(&error)))
    }

    /// Throws away what came of it. One that is gone is no error.
    pub async fn abort(&self, upload: &Upload) -> Result<(), ExportsError> {
        let call = self.client.abort_multipart_upload().bucket(&self.bucket).key(&upload.key);
        match call.upload_id(&upload.id).send().await {
            Err(error)
                if !error.as_service_error().is_some_and(AbortMultipartUploadError::is_no_such_upload) =>
            {
                Err(ExportsError::because(code(&error)))
            }
            _ => Ok(()),
        }
    }

    /// A link under which the object is downloaded as a file of that name, from now on for so long, and never for longer
    /// than [`LINK_MAX`]. Made here: nothing is asked, so it says nothing about whether the object is there.
    pub async fn link(
        &self,
        key: &str,
        file: &str,
        now: Timestamp,
        valid: Duration,
    ) -> Result<Secret, ExportsError> {
        let config = PresigningConfig::builder().start_time(SystemTime::from(now));
        let config = config.expires_in(valid.min(LINK_MAX)).build();
        let config = config.map_err(|_| ExportsError::because("link"))?;
        let call = self.client.get_object().bucket(&self.bucket).key(key);
        let call = call.response_content_disposition(format!("attachment; filename=\"{file}\""));
        let signed = call.presigned(config).await.map_err(|error| ExportsError::because(code(&error)))?;
        Ok(Secret::new(signed.uri()))
    }

    /// Deletes an object for good, every version of it; how many there were.
    pub async fn delete_all_versions(&self, key: &str) -> Result<u64, ExportsError> {
        let mut deleted = 0;
        loop {
            // What was listed is gone after each round, so there is no place to go on from.
            let call = self.client.list_object_versions().bucket(&self.bucket).prefix(key);
            let listed = call.send().await.map_err(|error| ExportsError::because(code(&error)))?;
            let own = |other: Option<&str>| other == Some(key);
            let versions = listed.versions().iter().filter(|version| own(version.key()));
            let versions: Vec<_> = versions.filter_map(|version| version.version_id()).collect();
            let markers = listed.delete_markers().iter().filter(|marker| own(marker.key()));
            let markers: Vec<_> = markers.filter_map(|marker| marker.version_id()).collect();
            for version in versions.iter().chain(&markers) {
                let call = self.client.delete_object().bucket(&self.bucket).key(key).version_id(*version);
                call.send().await.map_err(|error| ExportsError::because(code(&error)))?;
            }
            deleted += versions.len() as u64;
            if versions.is_empty() && markers.is_empty() {
                return Ok(deleted);
            }
        }
    }
}

#[cfg(test)]
#[path = "exports_tests.rs"]
mod tests;
