//! Where the status page's document lies: one object in a bucket of its own, so that the page can be told while the
//! tables cannot (SPEC T33). security-alarms writes it, the API reads it.

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;

use crate::aws_code::code;
use crate::domain::status::StatusDocument;

/// The document's name in the bucket.
pub const STATUS_KEY: &str = "status.json";
/// The longest document that is read, in bytes. Ours is a tenth of it.
const LONGEST: i64 = 64 * 1024;

/// The bucket (`STATUS_BUCKET`). Cheap to clone.
#[derive(Clone, Debug)]
pub struct StatusBucket {
    client: Client,
    bucket: String,
}

/// The document could not be read, or may not have been written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the status cannot be reached: {code}")]
pub struct StatusError {
    code: String,
}

impl StatusError {
    /// The service's error code, or `timeout`, `dispatch`, `response`, `construction`, `document`.
    pub fn code(&self) -> &str {
        &self.code
    }

    fn because(code: impl Into<String>) -> Self {
        Self { code: code.into() }
    }
}

impl StatusBucket {
    /// The bucket of this name.
    pub fn new(sdk: &SdkConfig, bucket: &str) -> Self {
        Self { client: Client::new(sdk), bucket: bucket.to_owned() }
    }

    /// Writes the document over the one before. Trying again is safe.
    pub async fn put(&self, document: &StatusDocument) -> Result<(), StatusError> {
        let body = serde_json::to_vec(document).map_err(|_| StatusError::because("construction"))?;
        let put = self.client.put_object().bucket(&self.bucket).key(STATUS_KEY);
        let sent = put.content_type("application/json").body(ByteStream::from(body)).send().await;
        sent.map(drop).map_err(|error| StatusError::because(code(&error)))
    }

    /// The document; `None`: none was ever written.
    pub async fn get(&self) -> Result<Option<StatusDocument>, StatusError> {
        let sent = self.client.get_object().bucket(&self.bucket).key(STATUS_KEY).send().await;
        let object = match sent {
            Ok(object) => object,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(None);
            }
            Err(error) => return Err(StatusError::because(code(&error))),
        };
        if object.content_length().is_none_or(|length| length > LONGEST) {
            return Err(StatusError::because("document"));
        }
        let body = object.body.collect().await.map_err(|_| StatusError::because("response"))?;
        serde_json::from_slice(&body.into_bytes()).map(Some).map_err(|_| StatusError::because("document"))
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};

    use super::*;

    fn document(second: i64) -> StatusDocument {
        StatusDocument::quiet(jiff::Timestamp::from_second(1_790_000_000 + second).unwrap())
    }

    #[tokio::test]
    async fn what_was_written_last_is_read() {
        let aws = Aws::start().await;
        let bucket = StatusBucket::new(aws.sdk_config(), &aws.bucket("status"));
        assert_eq!(bucket.get().await, Ok(None));
        for second in [1, 2] {
            bucket.put(&document(second)).await.unwrap();
        }
        assert_eq!(bucket.get().await, Ok(Some(document(2))));
    }

    #[tokio::test]
    async fn what_is_no_document_and_what_does_not_answer_is_an_error() {
        let aws = Aws::start().await;
        let bucket = StatusBucket::new(aws.sdk_config(), &aws.bucket("status"));
        let put = async |body: Vec<u8>| {
            let put = Client::new(aws.sdk_config()).put_object().bucket(aws.bucket("status"));
            put.key(STATUS_KEY).body(ByteStream::from(body)).send().await.unwrap();
        };
        let long = vec![b' '; usize::try_from(LONGEST).unwrap() + 1];
        for body in [b"{}".to_vec(), b"[1]".to_vec(), Vec::new(), long] {
            put(body).await;
            assert_eq!(bucket.get().await.unwrap_err().code(), "document");
        }
        aws.fault_next("GetObject", Fault::Status500, 1);
        assert!(bucket.get().await.is_err());
        let nowhere = StatusBucket::new(aws.sdk_config(), "elsewhere");
        assert_eq!(nowhere.put(&document(1)).await.unwrap_err().code(), "NoSuchBucket");
        assert_eq!(nowhere.get().await.unwrap_err().code(), "NoSuchBucket");
    }
}
