//! Versions of objects, and the marks of their deletion, through the SDK.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html>

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/s3.rs"]
mod support;

use aws_local::{Data, Fault};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use support::{World, world};

const BUCKET: &str = "timmybot-exports-000000000000";
const PLAIN: &str = "timmybot-audio-000000000000";

impl World {
    async fn put(&self, key: &str, body: &'static [u8]) -> String {
        let put = self.client.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(body));
        put.send().await.unwrap().version_id.unwrap()
    }

    async fn get(&self, key: &str, version: Option<&str>) -> Result<Vec<u8>, String> {
        let get = self.client.get_object().bucket(BUCKET).key(key).set_version_id(version.map(str::to_owned));
        match get.send().await {
            Ok(output) => Ok(output.body.collect().await.unwrap().to_vec()),
            Err(error) => Err(error.code().unwrap_or("none").to_owned()),
        }
    }

    /// Key, version and whether it is the newest; then the same of marks. Page by page, of this size.
    async fn versions(&self, size: i32) -> Vec<(String, String, bool)> {
        let (mut found, mut marks) = (Vec::new(), Vec::new());
        let (mut key, mut version) = (None, None);
        loop {
            let list = self.client.list_object_versions().bucket(BUCKET).max_keys(size);
            let page = list.set_key_marker(key).set_version_id_marker(version).send().await.unwrap();
            let owned = |key: Option<&str>, version: Option<&str>, newest: Option<bool>| {
                (key.unwrap().to_owned(), version.unwrap().to_owned(), newest.unwrap())
            };
            found.extend(
                page.versions().iter().map(|one| owned(one.key(), one.version_id(), one.is_latest())),
            );
            marks.extend(
                page.delete_markers().iter().map(|one| owned(one.key(), one.version_id(), one.is_latest())),
            );
            if page.is_truncated() != Some(true) {
                found.append(&mut marks);
                return found;
            }
            (key, version) = (page.next_key_marker, page.next_version_id_marker);
        }
    }

    async fn delete(&self, key: &str, version: Option<&str>) -> (Option<bool>, Option<String>) {
        let delete = self.client.delete_object().bucket(BUCKET).key(key);
        let gone = delete.set_version_id(version.map(str::to_owned)).send().await.unwrap();
        (gone.delete_marker, gone.version_id)
    }

    async fn delete_many(
        &self,
        named: &[(&str, Option<&str>)],
    ) -> aws_sdk_s3::operation::delete_objects::DeleteObjectsOutput {
        let objects = named.iter().map(|(key, version)| {
            ObjectIdentifier::builder().key(*key).set_version_id(version.map(str::to_owned)).build().unwrap()
        });
        let delete = Delete::builder().set_objects(Some(objects.collect())).build().unwrap();
        self.client.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap()
    }
}

#[tokio::test]
async fn what_is_written_over_or_deleted_is_still_there() {
    let world = world(Data::Memory);
    let (one, two) = (world.put("k", b"one").await, world.put("k", b"two").await);
    assert_eq!(world.get("k", None).await.unwrap(), b"two");
    assert_eq!(world.get("k", Some(&one)).await.unwrap(), b"one");
    let (marked, mark) = world.delete("k", None).await;
    let mark = mark.unwrap();
    assert_eq!(marked, Some(true));
    assert_eq!(world.get("k", None).await, Err("NoSuchKey".to_owned()));
    assert_eq!(world.get("k", Some(&two)).await.unwrap(), b"two");
    assert_eq!(world.get("k", Some(&mark)).await, Err("MethodNotAllowed".to_owned()));
    assert_eq!(world.get("k", Some("other")).await, Err("NoSuchVersion".to_owned()));
    let list = world.client.list_objects_v2().bucket(BUCKET).send().await.unwrap();
    assert!(list.contents().is_empty());
    assert_eq!(world.delete("k", Some(&mark)).await, (Some(true), Some(mark)), "the deletion is undone");
    assert_eq!(world.get("k", None).await.unwrap(), b"two");
}

#[tokio::test]
async fn versions_are_listed_by_key_and_the_newest_first() {
    let world = world(Data::Memory);
    let (one, two) = (world.put("a", b"1").await, world.put("a", b"2").await);
    let other = world.put("b", b"3").await;
    let mark = world.delete("b", None).await.1.unwrap();
    let expected = [("a", &two, true), ("a", &one, false), ("b", &other, false), ("b", &mark, true)];
    let expected = expected.map(|(key, version, newest)| (key.to_owned(), version.clone(), newest));
    for size in [1, 2, 3, 1000] {
        assert_eq!(world.versions(size).await, expected, "{size}");
    }
}

/// Whoever deletes page by page asks for what follows a version that is gone.
#[tokio::test]
async fn a_list_goes_on_behind_what_was_deleted_meanwhile() {
    let world = world(Data::Memory);
    for body in [b"1", b"2", b"3"] {
        world.put("k", body).await;
    }
    let page = world.client.list_object_versions().bucket(BUCKET).max_keys(1).send().await.unwrap();
    let last = page.versions()[0].version_id().unwrap();
    world.delete("k", Some(last)).await;
    let next = world.client.list_object_versions().bucket(BUCKET).key_marker("k").version_id_marker(last);
    assert_eq!(next.send().await.unwrap().versions().len(), 2);
}

#[tokio::test]
async fn a_named_version_is_gone_for_good_and_a_missing_one_is_no_error() {
    let world = world(Data::Memory);
    let version = world.put("k", b"x").await;
    assert_eq!(world.delete("k", Some(&version)).await, (None, Some(version.clone())));
    assert_eq!(world.delete("k", Some(&version)).await, (None, None));
    assert_eq!(world.versions(10).await, []);
}

#[tokio::test]
async fn many_go_at_once_and_each_for_itself() {
    let world = world(Data::Memory);
    let (one, two) = (world.put("a&b", b"1").await, world.put("a&b", b"2").await);
    world.put("c", b"3").await;
    let gone = world
        .delete_many(&[("a&b", Some(&one)), ("a&b", Some(&two)), ("c", None), ("none", Some("x"))])
        .await;
    assert_eq!((gone.deleted().len(), gone.errors().len()), (4, 0));
    assert_eq!(gone.deleted()[2].delete_marker(), Some(true));
    let left = world.versions(10).await;
    assert!(left.iter().all(|(key, ..)| key == "c") && left.len() == 2, "{left:?}");
}

#[tokio::test]
async fn a_bucket_without_versions_has_one_version_without_a_name() {
    let world = world(Data::Memory);
    let put = || world.client.put_object().bucket(PLAIN).key("k").body(ByteStream::from_static(b"x")).send();
    assert_eq!(put().await.unwrap().version_id, None);
    put().await.unwrap();
    let list = || world.client.list_object_versions().bucket(PLAIN).send();
    let versions = list().await.unwrap();
    assert_eq!((versions.versions().len(), versions.versions()[0].version_id()), (1, Some("null")));
    world.client.delete_object().bucket(PLAIN).key("k").version_id("null").send().await.unwrap();
    assert!(list().await.unwrap().versions().is_empty());
}

#[tokio::test]
async fn versions_survive_a_restart_on_disk_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let data = Data::Dir(folder.path().to_owned());
    let before = world(data.clone());
    let one = before.put("k", b"one").await;
    before.put("k", b"two").await;
    before.put("gone", b"x").await;
    before.delete("gone", None).await;
    let listed = before.versions(10).await;
    before.stack.shutdown();
    let after = world(data);
    assert_eq!(after.versions(10).await, listed);
    assert_eq!(after.get("k", None).await.unwrap(), b"two");
    assert_eq!(after.get("k", Some(&one)).await.unwrap(), b"one");
    assert_eq!(after.get("gone", None).await, Err("NoSuchKey".to_owned()));
    for (key, version, _) in listed {
        after.delete(&key, Some(&version)).await;
    }
    assert_eq!(std::fs::read_dir(folder.path().join("s3").join(BUCKET)).unwrap().count(), 0);
}

#[tokio::test]
async fn an_upload_in_parts_is_a_version() {
    let world = world(Data::Memory);
    let first = world.put("k", b"first").await;
    let create = world.client.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap();
    let id = create.upload_id().unwrap();
    let part = world.client.upload_part().bucket(BUCKET).key("k").upload_id(id).part_number(1);
    let etag = part.body(ByteStream::from_static(b"second")).send().await.unwrap().e_tag.unwrap();
    let part = aws_sdk_s3::types::CompletedPart::builder().part_number(1).e_tag(etag).build();
    let upload = aws_sdk_s3::types::CompletedMultipartUpload::builder().parts(part).build();
    let complete = world.client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(id);
    let second = complete.multipart_upload(upload).send().await.unwrap().version_id.unwrap();
    assert_eq!(world.get("k", Some(&second)).await.unwrap(), b"second");
    assert_eq!(world.get("k", Some(&first)).await.unwrap(), b"first");
}

#[tokio::test]
async fn a_version_takes_rights_of_its_own_and_faults_hit_these_calls_too() {
    let world = world(Data::Memory);
    let version = world.put("k", b"x").await;
    world.stack.record_calls();
    world.versions(10).await;
    world.get("k", Some(&version)).await.unwrap();
    world.delete_many(&[("k", Some(&version)), ("k", None)]).await;
    let calls = world.stack.take_calls();
    let needs: Vec<&str> =
        calls.iter().flat_map(|call| &call.needs).map(|need| need.action.as_str()).collect();
    let expected =
        ["s3:ListBucketVersions", "s3:GetObjectVersion", "s3:DeleteObject", "s3:DeleteObjectVersion"];
    assert_eq!(needs, expected);
    for (operation, fault) in [("ListObjectVersions", Fault::Throttle), ("DeleteObjects", Fault::Status500)] {
        world.stack.fault_next(operation, fault, 1);
    }
    assert_eq!(
        world.client.list_object_versions().bucket(BUCKET).send().await.unwrap_err().code(),
        Some("SlowDown")
    );
    let one = ObjectIdentifier::builder().key("k").build().unwrap();
    let delete = Delete::builder().objects(one).build().unwrap();
    let broken = world.client.delete_objects().bucket(BUCKET).delete(delete).send().await.unwrap_err();
    assert_eq!(broken.code(), Some("InternalError"));
}
