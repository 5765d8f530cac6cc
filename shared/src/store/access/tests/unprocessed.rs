//! The emulator never leaves keys out of a batch, so a service that does stands here at the wire.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const LEFT_OUT: &str = r#"{"Responses":{},"UnprocessedKeys":{"timmybot-guild-access":{"Keys":
    [{"guild":{"S":"7"},"sk":{"S":"ban"}}],"ConsistentRead":true}}}"#;
const FOUND: &str = r#"{"Responses":{"timmybot-guild-access":[{"guild":{"S":"7"},"sk":{"S":"ban"},
    "banned_until":{"N":"1767355200000"}}]},"UnprocessedKeys":{}}"#;

/// Leaves a key out of the first `times` answers; says how often it was asked.
async fn asked(times: usize) -> (Result<AccessView, StoreError>, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicUsize::new(0));
    let served = calls.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let body = if served.fetch_add(1, Ordering::SeqCst) < times { LEFT_OUT } else { FOUND };
            answer(stream.unwrap(), body);
        }
    });
    let aws = Aws::start().await;
    let config = aws.sdk_config().to_builder().endpoint_url(endpoint).build();
    let db = Db::new(aws_sdk_dynamodb::Client::new(&config), "timmybot");
    let view = AccessStore::new(db.clone(), RateLimitStore::new(db), 50).read(GUILD).await;
    (view, calls.load(Ordering::SeqCst))
}

fn answer(mut stream: std::net::TcpStream, body: &str) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some((_, value)) =
            line.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case("content-length"))
        {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length]).unwrap();
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.0";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
}

#[tokio::test]
async fn keys_that_were_left_out_are_asked_for_again() {
    let (view, calls) = asked(2).await;
    assert_eq!(view.unwrap().guild.ban, Some(Ban::ending(noon())));
    assert_eq!(calls, 3);
}

#[tokio::test]
async fn but_not_for_ever_and_then_nobody_is_let_in() {
    let (view, calls) = asked(usize::MAX).await;
    assert!(
        matches!(view, Err(StoreError::Unavailable { ref code, .. }) if code == "unprocessed"),
        "{view:?}"
    );
    assert_eq!(calls, 4);
}
