//! Signed addresses: what the SDK signs is opened without it, as a browser would.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
#[path = "common/s3.rs"]
mod support;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use aws_local::{Data, Fault, Stack};
use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use support::World;

const BUCKET: &str = "timmybot-exports-000000000000";
const KEY: &str = "exports/a b.zip";

async fn world() -> (Stack, Client) {
    let World { stack, client } = support::world(Data::Memory);
    let put = client.put_object().bucket(BUCKET).key(KEY).body(ByteStream::from_static(b"yours"));
    put.send().await.unwrap();
    (stack, client)
}

/// Signed so long ago, for so long.
async fn link(client: &Client, ago: Duration, valid: Duration) -> String {
    #[expect(clippy::disallowed_methods, reason = "the emulator's clock is real")]
    let from = SystemTime::now() - ago;
    let config = PresigningConfig::builder().start_time(from).expires_in(valid).build().unwrap();
    let get = client.get_object().bucket(BUCKET).key(KEY);
    let get = get.response_content_disposition("attachment; filename=\"your data.zip\"");
    get.presigned(config).await.unwrap().uri().to_owned()
}

/// Status line, headers and body.
fn open(method: &str, url: &str) -> String {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    // A bucket in the host's name is no address of this machine's everywhere.
    let port = address.rsplit(':').next().unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let request = format!("{method} /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

const MINUTE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn who_has_a_link_needs_nothing_else() {
    let (_stack, client) = world().await;
    let answer = open("GET", &link(&client, Duration::ZERO, 10 * MINUTE).await);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("yours"), "{answer}");
    assert!(answer.contains("content-disposition: attachment; filename=\"your data.zip\""), "{answer}");
}

#[tokio::test]
async fn a_link_ends_and_does_not_begin_in_the_future() {
    let (_stack, client) = world().await;
    for (ago, valid, words) in
        [(11 * MINUTE, 10 * MINUTE, "Request has expired"), (MINUTE, MINUTE, "expired")]
    {
        let answer = open("GET", &link(&client, ago, valid).await);
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(words), "{answer}");
    }
    assert!(open("GET", &link(&client, 9 * MINUTE, 10 * MINUTE).await).starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_link_that_was_changed_opens_nothing() {
    let (_stack, client) = world().await;
    let link = link(&client, Duration::ZERO, 10 * MINUTE).await;
    let signature = link.split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap();
    let other = signature.chars().rev().collect::<String>();
    for (from, to, code) in [
        ("X-Amz-Expires=600", "X-Amz-Expires=6000", "SignatureDoesNotMatch"),
        ("a%20b.zip", "a%20c.zip", "SignatureDoesNotMatch"),
        (signature, &other, "SignatureDoesNotMatch"),
        ("your%20data", "my%20data", "SignatureDoesNotMatch"),
        ("local%2F", "remote%2F", "InvalidAccessKeyId"),
        ("X-Amz-Expires=600", "X-Amz-Expires=604801", "AuthorizationQueryParametersError"),
        ("X-Amz-Expires=600&", "", "AuthorizationQueryParametersError"),
        ("X-Amz-Date=2", "X-Amz-Date=x", "AuthorizationQueryParametersError"),
        ("X-Amz-Signature=", "X-Other=", "AccessDenied"),
    ] {
        assert!(link.contains(from), "{from} in {link}");
        let answer = open("GET", &link.replacen(from, to, 1));
        assert!(answer.starts_with("HTTP/1.1 40") && answer.contains(code), "{from}: {answer}");
    }
    let deleted = open("DELETE", &link);
    assert!(deleted.contains("SignatureDoesNotMatch"), "it is for reading: {deleted}");
}

#[tokio::test]
async fn a_link_meets_faults_as_other_calls_do() {
    let (stack, client) = world().await;
    let link = link(&client, Duration::ZERO, MINUTE).await;
    stack.fault_next("GetObject", Fault::Throttle, 1);
    assert!(open("GET", &link).contains("SlowDown"));
    assert!(open("GET", &link).ends_with("yours"));
}
