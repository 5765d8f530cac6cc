//! What must not be changed afterwards: objects in a bucket with Object Lock (SPEC T36). The bucket's own default locks
//! each of them for 400 days, so whoever writes needs no right over locks.

use core::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::primitives::ByteStream;

use crate::aws_code::code;

/// The text of notes and lists.
const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// How long one attempt may take: lists of thousands of chains are a megabyte, and nobody waits for them.
const ATTEMPT: Duration = Duration::from_secs(20);
const OPERATION: Duration = Duration::from_mins(1);
/// Somebody else writes under the same name at the same moment; S3 asks to try again.
const CONFLICT: &str = "ConditionalRequestConflict";
const THERE: &str = "PreconditionFailed";
const TRIES: u32 = 3;

/// The bucket (`EVIDENCE_BUCKET`). Cheap to clone.
#[derive(Clone, Debug)]
pub struct EvidenceBucket {
    client: Client,
    bucket: String,
}

/// Whether it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Now.
    Now,
    /// There was something under this name, and it stays.
    Before,
}

/// It may or may not have been written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the evidence could not be kept: {code}")]
pub struct EvidenceError {
    code: String,
}

impl EvidenceError {
    /// The service's error code, or `timeout`, `dispatch`, `response`, `construction`.
    pub fn code(&self) -> &str {
        &self.code
    }
}

impl EvidenceBucket {
    /// The bucket of this name.
    pub fn new(sdk: &SdkConfig, bucket: &str) -> Self {
        let timeouts =
            TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build();
        let config = Builder::from(sdk).timeout_config(timeouts).build();
        Self { client: Client::from_conf(config), bucket: bucket.to_owned() }
    }

    /// Writes a text under a name that nobody has used yet. Trying again is safe.
    pub async fn keep(&self, key: &str, text: &str) -> Result<Kept, EvidenceError> {
        let mut tries = 1;
        loop {
            let put = self.client.put_object().bucket(&self.bucket).key(key).if_none_match("*");
            let put = put.content_type(CONTENT_TYPE).body(ByteStream::from(text.as_bytes().to_vec()));
            let Err(error) = put.send().await else { return Ok(Kept::Now) };
            match code(&error) {
                code if code == THERE => return Ok(Kept::Before),
                code if code == CONFLICT && tries < TRIES => tries += 1,
                code => return Err(EvidenceError { code }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Aws, Fault};

    use super::*;

    fn bucket(aws: &Aws) -> EvidenceBucket {
        EvidenceBucket::new(aws.sdk_config(), &aws.bucket("evidence"))
    }

    async fn read(aws: &Aws, key: &str) -> (String, Option<String>) {
        let client = Client::new(aws.sdk_config());
        let object = client.get_object().bucket(aws.bucket("evidence")).key(key).send().await.unwrap();
        let mode = object.object_lock_mode().map(|mode| mode.as_str().to_owned());
        let body = object.body.collect().await.unwrap().to_vec();
        (String::from_utf8(body).unwrap(), mode)
    }

    #[tokio::test]
    async fn what_is_kept_is_locked_and_the_first_one_stays() {
        let aws = Aws::start().await;
        assert_eq!(bucket(&aws).keep("a", "first").await, Ok(Kept::Now));
        assert_eq!(bucket(&aws).keep("a", "second").await, Ok(Kept::Before));
        assert_eq!(read(&aws, "a").await, ("first".to_owned(), Some("GOVERNANCE".to_owned())));
    }

    #[tokio::test]
    async fn a_lost_answer_is_followed_by_what_was_kept() {
        let aws = Aws::start().await;
        aws.fault_next("PutObject", Fault::AnswerLost, 1);
        assert_eq!(bucket(&aws).keep("a", "x").await.unwrap_err().code(), "InternalError");
        assert_eq!(bucket(&aws).keep("a", "x").await, Ok(Kept::Before));
        aws.fault_next("PutObject", Fault::TransactionConflict, 2);
        assert_eq!(bucket(&aws).keep("b", "x").await, Ok(Kept::Now), "asked to try again, it does");
        aws.fault_next("PutObject", Fault::TransactionConflict, 3);
        assert_eq!(bucket(&aws).keep("c", "x").await.unwrap_err().code(), CONFLICT);
        let nowhere = EvidenceBucket::new(aws.sdk_config(), "elsewhere").keep("a", "x").await;
        assert_eq!(nowhere.unwrap_err().code(), "NoSuchBucket");
    }
}
