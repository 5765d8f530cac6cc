//! On the emulator.

use jiff::ToSpan as _;
use testkit::{Aws, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

const KEY: &str = "exports/0a.zip";

fn bucket(aws: &Aws) -> ExportBucket {
    ExportBucket::new(aws.sdk_config(), &aws.bucket("exports"))
}

async fn put(bucket: &ExportBucket, key: &str, parts: Vec<Vec<u8>>) {
    let mut upload = bucket.begin(key).await.unwrap();
    for part in parts {
        bucket.part(&mut upload, part).await.unwrap();
    }
    bucket.complete(&upload).await.unwrap();
}

/// The status, the headers in small letters, and how many bytes of a body, as any browser would ask.
async fn fetch(address: &str) -> (u16, String, usize) {
    let url = url::Url::parse(address).unwrap();
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let asked = format!(
        "GET {}?{} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n",
        url.path(),
        url.query().unwrap()
    );
    // `localhost` names of the emulator are this machine, whatever stands before.
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).await.unwrap();
    stream.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer.len() - end - 4)
}

async fn link(bucket: &ExportBucket, from: Timestamp, valid: Duration) -> String {
    let link = bucket.link(KEY, "timmybot.zip", from, valid).await.unwrap();
    String::from_utf8(link.expose().to_vec()).unwrap()
}

/// Links are judged by the machine's clock, in the emulator as at S3.
fn now() -> Timestamp {
    crate::clock::Clock::system().now()
}

#[tokio::test]
async fn what_came_in_parts_is_there_when_it_is_complete_and_its_link_fetches_it() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    let mut upload = bucket.begin(KEY).await.unwrap();
    bucket.part(&mut upload, vec![1; PART]).await.unwrap();
    bucket.part(&mut upload, vec![2; 10]).await.unwrap();
    let address = link(&bucket, now(), Duration::from_mins(10)).await;
    assert_eq!(fetch(&address).await.0, 404, "not before it is complete");
    bucket.complete(&upload).await.unwrap();
    let (status, head, length) = fetch(&address).await;
    assert_eq!((status, length), (200, PART + 10));
    assert!(head.contains("content-disposition: attachment; filename=\"timmybot.zip\""), "{head}");
    assert!(head.contains("content-type: application/zip"), "{head}");
}

#[tokio::test]
async fn a_link_that_is_old_or_was_changed_opens_nothing() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    put(&bucket, KEY, vec![b"x".to_vec()]).await;
    put(&bucket, "exports/0b.zip", vec![b"y".to_vec()]).await;
    let good = link(&bucket, now(), Duration::from_mins(10)).await;
    assert_eq!(fetch(&good).await.0, 200);
    let old = link(&bucket, now() - 11.minutes(), Duration::from_mins(10)).await;
    assert_eq!(fetch(&old).await.0, 403);
    assert_eq!(fetch(&good.replacen("0a.zip", "0b.zip", 1)).await.0, 403, "another object's");
    assert_eq!(fetch(&good.replacen("X-Amz-Expires=600", "X-Amz-Expires=6000", 1)).await.0, 403);
    let unsigned = good.split('?').next().unwrap().to_owned() + "?x=1";
    assert_eq!(fetch(&unsigned).await.0, 403);
}

#[tokio::test]
async fn no_link_is_good_for_more_than_a_quarter_of_an_hour() {
    let aws = Aws::start().await;
    let address = link(&bucket(&aws), now(), Duration::from_hours(24)).await;
    assert!(address.contains("X-Amz-Expires=900&"), "{address}");
}

#[tokio::test]
async fn an_upload_that_is_aborted_leaves_nothing() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    let mut upload = bucket.begin(KEY).await.unwrap();
    bucket.part(&mut upload, vec![1; 10]).await.unwrap();
    bucket.abort(&upload).await.unwrap();
    bucket.abort(&upload).await.unwrap();
    assert_eq!(bucket.complete(&upload).await.unwrap_err().code(), "NoSuchUpload");
    assert_eq!(bucket.delete_all_versions(KEY).await, Ok(0));
}

#[tokio::test]
async fn every_version_of_one_object_is_deleted_and_no_other_object() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    for key in [KEY, KEY, "exports/0a.zip.other", KEY] {
        put(&bucket, key, vec![b"x".to_vec()]).await;
    }
    let client = Client::new(aws.sdk_config());
    client.delete_object().bucket(aws.bucket("exports")).key(KEY).send().await.unwrap();
    assert_eq!(bucket.delete_all_versions(KEY).await, Ok(3));
    assert_eq!(bucket.delete_all_versions(KEY).await, Ok(0));
    let left = client.list_object_versions().bucket(aws.bucket("exports")).send().await.unwrap();
    let left: Vec<_> = left.versions().iter().filter_map(|version| version.key()).collect();
    assert_eq!(
        (
            left,
            client
                .list_object_versions()
                .bucket(aws.bucket("exports"))
                .send()
                .await
                .unwrap()
                .delete_markers()
                .len()
        ),
        (vec!["exports/0a.zip.other"], 0)
    );
}

#[tokio::test]
async fn each_failure_has_a_code_and_says_no_name() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    aws.fault_next("CreateMultipartUpload", Fault::Status500, 1);
    assert_eq!(bucket.begin(KEY).await.unwrap_err().code(), "InternalError");
    let mut upload = bucket.begin(KEY).await.unwrap();
    aws.fault_next("UploadPart", Fault::Throttle, 1);
    assert_eq!(bucket.part(&mut upload, vec![1]).await.unwrap_err().code(), "SlowDown");
    bucket.part(&mut upload, vec![1]).await.unwrap();
    aws.fault_next("CompleteMultipartUpload", Fault::AnswerLost, 1);
    assert!(bucket.complete(&upload).await.is_err());
    aws.fault_next("ListObjectVersions", Fault::Status500, 1);
    let error = bucket.delete_all_versions(KEY).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("0a"), "{error:?}");
    assert_eq!(
        bucket.delete_all_versions(KEY).await,
        Ok(1),
        "what was completed with a lost answer is there"
    );
}
