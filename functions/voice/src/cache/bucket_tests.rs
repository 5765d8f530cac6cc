use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_sdk_s3::config::{BehaviorVersion, Region};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;

use super::*;

type Objects = Arc<Mutex<HashMap<String, Bytes>>>;

/// As much of S3 as is asked here: a PUT of a whole object, a GET of one. The emulator of `tools/aws-local` has more;
/// the store is driven against it where both are at hand.
async fn s3() -> (BucketStore, Objects) {
    async fn put(
        State(objects): State<Objects>,
        Path((_, key)): Path<(String, String)>,
        body: Bytes,
    ) -> StatusCode {
        objects.lock().unwrap().insert(key, body);
        StatusCode::OK
    }
    async fn fetch(
        State(objects): State<Objects>,
        Path((_, key)): Path<(String, String)>,
    ) -> Result<Bytes, StatusCode> {
        objects.lock().unwrap().get(&key).cloned().ok_or(StatusCode::NOT_FOUND)
    }
    let objects = Objects::default();
    let app = Router::new().route("/{bucket}/{*key}", get(fetch).put(put)).with_state(objects.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .force_path_style(true)
        .build();
    (BucketStore::new(Client::from_conf(config), "audio-bucket"), objects)
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

#[tokio::test]
async fn what_was_put_is_got_under_the_key_alone() {
    let (store, objects) = s3().await;
    let key = CacheKey::of("test", "a");
    assert!(store.get(&key).await.unwrap().is_none(), "an absent object is no failure");
    store.put(&key, file(b"a container")).await.unwrap();
    let mut bytes = Vec::new();
    store.get(&key).await.unwrap().unwrap().read_to_end(&mut bytes).unwrap();
    assert!(String::from_utf8_lossy(&bytes).contains("a container"));
    let names: Vec<_> = objects.lock().unwrap().keys().cloned().collect();
    assert_eq!(names, [format!("audio/{key}")]);
}

#[tokio::test]
async fn a_store_that_fails_says_so() {
    let (mut store, _) = s3().await;
    store.s3 = Client::from_conf(store.s3.config().to_builder().endpoint_url("http://127.0.0.1:9").build());
    let key = CacheKey::of("test", "a");
    assert_eq!(store.get(&key).await.map(|found| found.is_some()), Err(PlayError::Storage));
    assert_eq!(store.put(&key, file(b"x")).await, Err(PlayError::Storage));
}
