//! S3 through the SDK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/s3.rs"]
mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use aws_local::{Data, Fault};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, ObjectLockMode};
use support::{World, world};

const BUCKET: &str = "timmybot-audio-000000000000";
const LOCKED: &str = "timmybot-evidence-000000000000";

impl World {
    async fn put(&self, key: &str, body: &'static [u8]) -> String {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(body));
        put.metadata("loudness", "-14.0").send().await.unwrap().e_tag.unwrap()
    }

    async fn get(&self, key: &str, range: Option<&str>) -> Result<Vec<u8>, String> {
        let get = self.client.get_object().bucket(BUCKET).key(key).set_range(range.map(str::to_owned));
        match get.send().await {
            Ok(output) => Ok(output.body.collect().await.unwrap().to_vec()),
            Err(error) => Err(error.code().unwrap_or("none").to_owned()),
        }
    }

    async fn keys(&self) -> Vec<String> {
        let list = self.client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
        list.contents().iter().map(|object| object.key().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn an_object_comes_back_whole_and_in_parts() {
    let world = world(Data::Memory);
    // `printf 0123456789 | md5sum`
    assert_eq!(world.put("a/ä b+c.opus", b"0123456789").await, "\"781e5e245d69b566979b86e28d23f2c7\"");
    let key = "a/ä b+c.opus";
    assert_eq!(world.get(key, None).await.unwrap(), b"0123456789");
    assert_eq!(world.get(key, Some("bytes=2-4")).await.unwrap(), b"234");
    assert_eq!(world.get(key, Some("bytes=7-")).await.unwrap(), b"789");
    assert_eq!(world.get(key, Some("bytes=-1")).await.unwrap(), b"9");
    assert_eq!(world.get(key, Some("bytes=10-")).await, Err("InvalidRange".to_owned()));
    let part = world.client.get_object().bucket(BUCKET).key(key).range("bytes=2-4").send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 2-4/10"));
    let head = world.client.head_object().bucket(BUCKET).key(key).send().await.unwrap();
    assert_eq!((head.content_length(), head.metadata().unwrap()["loudness"].as_str()), (Some(10), "-14.0"));
}

#[tokio::test]
async fn what_is_missing_is_404_in_its_own_words() {
    let world = world(Data::Memory);
    assert_eq!(world.get("none", None).await, Err("NoSuchKey".to_owned()));
    let head =
        world.client.head_object().bucket(BUCKET).key("none").send().await.unwrap_err().into_service_error();
    assert!(head.is_not_found(), "{head:?}");
    let bucket = world.client.get_object().bucket("elsewhere").key("a").send().await.unwrap_err();
    assert_eq!(bucket.code(), Some("NoSuchBucket"));
    world.client.delete_object().bucket(BUCKET).key("none").send().await.unwrap();
}

#[tokio::test]
async fn conditions_hold() {
    let world = world(Data::Memory);
    let put = |body| {
        let put = world.client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(body));
        put.if_none_match("*").send()
    };
    let etag = put(b"first").await.unwrap().e_tag.unwrap();
    assert_eq!(put(b"second").await.unwrap_err().code(), Some("PreconditionFailed"));
    assert_eq!(world.get("k", None).await.unwrap(), b"first");
    let matching = world.client.get_object().bucket(BUCKET).key("k").if_match(etag.clone()).send().await;
    assert!(matching.is_ok());
    let other = world.client.get_object().bucket(BUCKET).key("k").if_match("\"x\"").send().await;
    assert_eq!(other.unwrap_err().code(), Some("PreconditionFailed"));
    let known = world.client.get_object().bucket(BUCKET).key("k").if_none_match(etag).send().await;
    assert_eq!(known.unwrap_err().raw_response().unwrap().status().as_u16(), 304);
}

#[tokio::test]
async fn an_upload_in_parts_is_seen_when_it_is_complete_and_not_before() {
    let world = world(Data::Memory);
    let create = world.client.create_multipart_upload().bucket(BUCKET).key("long").send().await.unwrap();
    let id = create.upload_id().unwrap();
    let first = vec![1_u8; 5 * 1024 * 1024];
    let mut parts = Vec::new();
    for (number, body) in [(1, first.clone()), (2, vec![2_u8; 10])] {
        let part = world.client.upload_part().bucket(BUCKET).key("long").upload_id(id).part_number(number);
        let etag = part.body(ByteStream::from(body)).send().await.unwrap().e_tag.unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(etag).build());
    }
    assert_eq!(world.get("long", None).await, Err("NoSuchKey".to_owned()));
    let complete = |parts: Vec<CompletedPart>| {
        let upload = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("long");
        complete.upload_id(id).multipart_upload(upload).send()
    };
    let backwards = parts.iter().rev().cloned().collect();
    assert_eq!(complete(backwards).await.unwrap_err().code(), Some("InvalidPartOrder"));
    let unknown = vec![CompletedPart::builder().part_number(3).e_tag("\"x\"").build()];
    assert_eq!(complete(unknown).await.unwrap_err().code(), Some("InvalidPart"));
    let etag = complete(parts.clone()).await.unwrap().e_tag.unwrap();
    assert!(etag.ends_with("-2\""), "{etag}");
    assert_eq!(world.get("long", Some("bytes=5242879-5242880")).await.unwrap(), [1, 2]);
    assert_eq!(complete(parts).await.unwrap_err().code(), Some("NoSuchUpload"));
}

#[tokio::test]
async fn an_aborted_upload_and_a_small_part_leave_nothing() {
    let world = world(Data::Memory);
    let create = world.client.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap();
    let id = create.upload_id().unwrap();
    let mut parts = Vec::new();
    for number in [1, 2] {
        let part = world.client.upload_part().bucket(BUCKET).key("k").upload_id(id).part_number(number);
        let etag = part.body(ByteStream::from_static(b"small")).send().await.unwrap().e_tag.unwrap();
        parts.push(CompletedPart::builder().part_number(number).e_tag(etag).build());
    }
    let upload = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(id);
    assert_eq!(complete.multipart_upload(upload).send().await.unwrap_err().code(), Some("EntityTooSmall"));
    let abort = || world.client.abort_multipart_upload().bucket(BUCKET).key("k").upload_id(id).send();
    abort().await.unwrap();
    assert_eq!(abort().await.unwrap_err().code(), Some("NoSuchUpload"));
    assert!(world.keys().await.is_empty());
}

#[tokio::test]
async fn lists_come_in_pages_and_by_folder() {
    let world = world(Data::Memory);
    for key in ["a/1", "a/2", "b", "c/3", "d"] {
        world.put(key, b"x").await;
    }
    let mut pages = world.client.list_objects_v2().bucket(BUCKET).max_keys(2).into_paginator().send();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().contents().len());
    }
    assert_eq!(sizes, [2, 2, 1]);
    let folders = world.client.list_objects_v2().bucket(BUCKET).delimiter("/").send().await.unwrap();
    let prefixes: Vec<_> = folders.common_prefixes().iter().filter_map(|prefix| prefix.prefix()).collect();
    assert_eq!((prefixes, folders.contents().len()), (vec!["a/", "c/"], 2));
    let below = world.client.list_objects_v2().bucket(BUCKET).prefix("a/").send().await.unwrap();
    assert_eq!((below.key_count(), below.is_truncated()), (Some(2), Some(false)));
}

#[tokio::test]
async fn objects_survive_a_restart_on_disk_and_deleted_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let before = world(data.clone());
    before.put("kept", b"old").await;
    before.put("kept", b"new").await;
    before.put("gone", b"x").await;
    before.client.delete_object().bucket(BUCKET).key("gone").send().await.unwrap();
    before.stack.shutdown();
    let after = world(data);
    assert_eq!(after.keys().await, ["kept"]);
    assert_eq!(after.get("kept", None).await.unwrap(), b"new");
    let files = std::fs::read_dir(folder.path().join("s3").join(BUCKET)).unwrap().count();
    assert_eq!(files, 2, "the object and its description");
}

#[tokio::test]
async fn a_bucket_may_stand_in_the_host() {
    let world = world(Data::Memory);
    world.put("k", b"here").await;
    let address = world.stack.endpoint().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let request = format!(
        "GET /k HTTP/1.1\r\nhost: {BUCKET}.s3.localhost\r\nauthorization: x\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("here"), "{answer}");
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
#[tokio::test]
async fn a_locked_version_is_not_deleted_whatever_comes_to_lie_above_it() {
    let world = world(Data::Memory);
    let put =
        |key: &str| world.client.put_object().bucket(LOCKED).key(key).body(ByteStream::from_static(b"x"));
    put("a").send().await.unwrap();
    let head = world.client.head_object().bucket(LOCKED).key("a").send().await.unwrap();
    assert_eq!(head.object_lock_mode(), Some(&ObjectLockMode::Governance));
    let days = (head.object_lock_retain_until_date().unwrap().secs() - head.last_modified().unwrap().secs())
        / 86_400;
    assert!((399..=400).contains(&days), "{days}");
    let delete = world.client.delete_object().bucket(LOCKED).key("a");
    let first = head.version_id().unwrap();
    let of_a_version = delete.clone().version_id(first).send().await.unwrap_err();
    assert_eq!(of_a_version.code(), Some("AccessDenied"));
    assert_eq!(put("a").if_none_match("*").send().await.unwrap_err().code(), Some("PreconditionFailed"));
    put("a").send().await.unwrap();
    assert_eq!(delete.send().await.unwrap().delete_marker(), Some(true), "it lies above");
    let below = world.client.get_object().bucket(LOCKED).key("a").version_id(first).send().await.unwrap();
    assert_eq!(below.body.collect().await.unwrap().to_vec(), b"x");
}

#[tokio::test]
async fn a_request_may_say_how_to_lock_where_the_bucket_knows_locks() {
    let world = world(Data::Memory);
    let put = |bucket: &str, key: &str, until: i64| {
        let put = world.client.put_object().bucket(bucket).key(key).body(ByteStream::from_static(b"x"));
        let put = put.object_lock_mode(ObjectLockMode::Compliance);
        put.object_lock_retain_until_date(DateTime::from_secs(until)).send()
    };
    put(LOCKED, "a", 4_102_444_800).await.unwrap();
    let head = world.client.head_object().bucket(LOCKED).key("a").send().await.unwrap();
    assert_eq!(head.object_lock_mode(), Some(&ObjectLockMode::Compliance));
    assert_eq!(head.object_lock_retain_until_date().unwrap().secs(), 4_102_444_800);
    assert_eq!(put(LOCKED, "b", 1_000).await.unwrap_err().code(), Some("InvalidArgument"), "it is over");
    assert_eq!(put(BUCKET, "b", 4_102_444_800).await.unwrap_err().code(), Some("InvalidRequest"));
}

#[tokio::test]
async fn a_fault_says_what_the_service_says() {
    let world = world(Data::Memory);
    let put = || world.client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send();
    for (fault, code) in [
        (Fault::Status500, "InternalError"),
        (Fault::Throttle, "SlowDown"),
        (Fault::AccessDenied, "AccessDenied"),
        (Fault::TransactionConflict, "ConditionalRequestConflict"),
    ] {
        world.stack.fault_next("PutObject", fault, 1);
        assert_eq!(put().await.unwrap_err().code(), Some(code));
        assert!(world.keys().await.is_empty(), "{fault:?}");
    }
    world.stack.fault_next("PutObject", Fault::AnswerLost, 1);
    assert!(put().await.is_err());
    assert_eq!(world.keys().await, ["k"]);
}
