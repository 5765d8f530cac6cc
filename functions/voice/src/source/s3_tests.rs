use std::io::Read;

use aws_credential_types::Credentials;
use aws_sdk_s3::config::{BehaviorVersion, Region};

use super::*;
use crate::net::NetPolicy;
use crate::testing::{Reply, Server};

fn client(server: &Server) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
        .endpoint_url(server.url(""))
        .force_path_style(true)
        .build();
    Client::from_conf(config)
}

fn found(link: &str) -> Option<(String, String)> {
    place(&Target::parse(link, &NetPolicy::STRICT).unwrap())
}

#[test]
fn links_of_both_styles_name_an_object() {
    let song = Some(("songs".to_owned(), "a b/R&B+.mp3".to_owned()));
    for link in [
        "https://songs.s3.eu-central-1.amazonaws.com/a%20b/R%26B+.mp3",
        "https://songs.s3.amazonaws.com/a%20b/R&B+.mp3",
        "https://s3.eu-central-1.amazonaws.com/songs/a%20b/R&B+.mp3",
        "https://s3-eu-west-1.amazonaws.com/songs/a%20b/R&B%2B.mp3",
    ] {
        assert_eq!(found(link), song, "{link}");
    }
    for link in [
        "https://songs.s3.example.org/a.mp3",
        "https://songs.ec2.amazonaws.com/a.mp3",
        "https://s3.amazonaws.com/songs",
        "https://songs.s3.amazonaws.com/",
        "https://songs.s3evil.amazonaws.com/a",
    ] {
        assert_eq!(found(link), None, "{link}");
    }
}

#[tokio::test]
async fn only_the_operators_buckets_are_read_with_our_rights() {
    let server = Server::start(|_| Reply::Silence).await;
    let places = S3Places::new(client(&server), vec!["songs".to_owned()], 1_000);
    let source = |link: &str| places.source(&Target::parse(link, &NetPolicy::STRICT).unwrap());
    assert!(source("https://songs.s3.amazonaws.com/a.mp3").is_some());
    assert!(source("https://secrets.s3.amazonaws.com/a.mp3").is_none());
}

async fn read(server: &Server, size_max: u64) -> Result<Vec<u8>, PlayError> {
    let source =
        S3Source { s3: client(server), bucket: "songs".to_owned(), key: "a.mp3".to_owned(), size_max };
    let mut feed = source.open().await?.feed;
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        feed.read_to_end(&mut bytes).map(|_| bytes).map_err(PlayError::from)
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn an_object_is_read_and_taken_up_where_it_broke() {
    let file = vec![7_u8; 20_000];
    let copy = file.clone();
    let server = Server::start(move |request| {
        let most = if request.index == 0 { 5_000 } else { usize::MAX };
        Reply::file(request, "audio/mpeg", &copy, most)
    })
    .await;
    assert_eq!(read(&server, 1 << 20).await, Ok(file));
    let requests = server.requests();
    assert!(requests[0].path.starts_with("/songs/a.mp3"), "{}", requests[0].path);
    assert_eq!(requests[1].offset(), Some(5_000));
    assert_eq!(requests[1].header("if-match"), Some("\"v1\""));
}

#[tokio::test]
async fn what_s3_says_becomes_a_reason() {
    for (status, error) in [("404 Not Found", PlayError::NotFound), ("403 Forbidden", PlayError::Forbidden)] {
        let server = Server::start(move |_| Reply::status(status)).await;
        assert_eq!(read(&server, 1 << 20).await, Err(error));
    }
    let large = Server::start(|request| Reply::file(request, "audio/mpeg", &[0; 2_000], usize::MAX)).await;
    assert_eq!(read(&large, 1_000).await, Err(PlayError::TooLarge));
}
