//! On the emulator.

use std::io::{Cursor, Read as _};

use serde_json::{Value, json};
use testkit::{Aws, Fault};
use zip::ZipArchive;

use super::*;

const KEY: &str = "exports/0a.zip";

fn bucket(aws: &Aws) -> ExportBucket {
    ExportBucket::new(aws.sdk_config(), &aws.bucket("exports"))
}

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

async fn stored(aws: &Aws) -> Option<Vec<u8>> {
    let client = aws_sdk_s3::Client::new(aws.sdk_config());
    let object = client.get_object().bucket(aws.bucket("exports")).key(KEY).send().await.ok()?;
    Some(object.body.collect().await.unwrap().to_vec())
}

fn read(zip: Vec<u8>, name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// Bytes that do not become fewer, the same for the same number.
fn noise(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("{state:016x}")
    };
    (0..64).map(|_| next()).collect()
}

#[tokio::test]
async fn files_come_out_as_they_were_written() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    let mut archive = Archive::begin(&bucket, KEY, now()).await.unwrap();
    archive.text("README.txt", "Read me.\n").await.unwrap();
    archive.begin_list("none.json").unwrap();
    archive.end_list().unwrap();
    archive.begin_list("two.json").unwrap();
    archive.row(&json!({ "a": 1 })).await.unwrap();
    archive.row(&json!("b")).await.unwrap();
    archive.end_list().unwrap();
    assert_eq!(stored(&aws).await, None, "not before it is finished");
    archive.finish().await.unwrap();
    let zip = stored(&aws).await.unwrap();
    assert_eq!(read(zip.clone(), "README.txt"), "Read me.\n");
    let json = |name| serde_json::from_str::<Value>(&read(zip.clone(), name)).unwrap();
    assert_eq!((json("none.json"), json("two.json")), (json!([]), json!([{ "a": 1 }, "b"])));
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    let written = archive.by_index(0).unwrap().last_modified().unwrap();
    assert_eq!((written.year(), written.hour(), written.minute()), (2026, 3, 4));
}

#[tokio::test]
async fn what_is_in_memory_does_not_grow_with_what_is_written() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    let mut archive = Archive::begin(&bucket, KEY, now()).await.unwrap();
    archive.begin_list("much.json").unwrap();
    let (mut most, rows) = (0, 30_000);
    for number in 0..rows {
        archive.row(&noise(number)).await.unwrap();
        most = most.max(archive.pipe.len());
    }
    archive.end_list().unwrap();
    archive.finish().await.unwrap();
    let zip = stored(&aws).await.unwrap();
    assert!(zip.len() > 2 * PART && most <= PART, "{} bytes, of which {most} at once", zip.len());
    let back: Vec<String> = serde_json::from_str(&read(zip, "much.json")).unwrap();
    assert_eq!((back.len() as u64, &back[7]), (rows, &noise(7)));
}

#[tokio::test]
async fn one_that_fails_or_is_given_up_leaves_nothing() {
    let aws = Aws::start().await;
    let bucket = bucket(&aws);
    for operation in ["UploadPart", "CompleteMultipartUpload"] {
        let mut archive = Archive::begin(&bucket, KEY, now()).await.unwrap();
        archive.text("README.txt", "x").await.unwrap();
        aws.fault_next(operation, Fault::Status500, 1);
        let failed = archive.finish().await.unwrap_err();
        assert_eq!((failed.code(), stored(&aws).await), ("InternalError", None), "{operation}");
    }
    let mut archive = Archive::begin(&bucket, KEY, now()).await.unwrap();
    archive.text("README.txt", "x").await.unwrap();
    assert_eq!(archive.text("README.txt", "y").await, Err(ArchiveError::Zip), "a name comes once");
    archive.abort().await;
    assert_eq!(stored(&aws).await, None);
    aws.fault_next("CreateMultipartUpload", Fault::Throttle, 1);
    assert!(Archive::begin(&bucket, KEY, now()).await.is_err());
}
