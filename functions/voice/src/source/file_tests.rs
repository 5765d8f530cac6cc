use std::io::Read;

use super::*;
use crate::testing::{Reply, Server, client};

/// Everything that the file gives, read as a decoder does.
async fn whole(server: &Server) -> Result<Vec<u8>, PlayError> {
    let net = client(&[server]);
    let target = net.target(&server.url("/a.mp3"))?;
    let answer = net.get(&target, &Ask::from_byte(0)).await?;
    let mut feed = WebFile::feed(&net, &target, Vec::new(), answer);
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        feed.read_to_end(&mut bytes).map(|_| bytes).map_err(PlayError::from)
    })
    .await
    .unwrap()
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_connection_that_breaks_anywhere_is_taken_up_at_the_byte() {
    let file = bytes(70_000);
    for cut in [1, 2, 100, 32_767, 32_768, 65_536, 69_999] {
        let copy = file.clone();
        let server = Server::start(move |request| {
            let most = if request.index == 0 { cut } else { usize::MAX };
            Reply::file(request, "audio/mpeg", &copy, most)
        })
        .await;
        assert_eq!(whole(&server).await.as_deref(), Ok(&*file), "cut after {cut}");
        let requests = server.requests();
        assert_eq!(requests[1].offset(), Some(cut));
        assert_eq!(requests[1].header("if-range"), Some("\"v1\""));
    }
}

#[tokio::test]
async fn many_cuts_are_survived_as_long_as_something_comes() {
    let file = bytes(50_000);
    let copy = file.clone();
    let server = Server::start(move |request| Reply::file(request, "audio/mpeg", &copy, 4_000)).await;
    assert_eq!(whole(&server).await.as_deref(), Ok(&*file));
}

#[tokio::test]
async fn a_server_that_gives_nothing_more_is_left_after_a_few_tries() {
    let file = bytes(10_000);
    let server = Server::start(move |request| {
        let most = if request.index == 0 { 5_000 } else { 0 };
        Reply::file(request, "audio/mpeg", &file, most)
    })
    .await;
    assert_eq!(whole(&server).await, Err(PlayError::CutShort));
    assert_eq!(server.requests().len(), 1 + TRIES as usize);
}

#[tokio::test]
async fn a_file_that_changed_meanwhile_is_not_glued_together() {
    let file = bytes(10_000);
    let server = Server::start(move |request| match request.index {
        0 => Reply::file(request, "audio/mpeg", &file, 5_000),
        _ => Reply::ok("audio/mpeg", &bytes(9_000)),
    })
    .await;
    assert_eq!(whole(&server).await, Err(PlayError::NotFound));
}

#[tokio::test]
async fn without_ranges_a_break_is_the_end() {
    let server =
        Server::start(|_| Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())).await;
    assert_eq!(whole(&server).await, Err(PlayError::CutShort));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn lengths_and_starts_are_read_from_ranges() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_RANGE, HeaderValue::from_static("bytes 5-9/10"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("5"));
    assert_eq!((start(&headers), length(StatusCode::PARTIAL_CONTENT, &headers)), (Some(5), Some(10)));
    assert_eq!(length(StatusCode::OK, &headers), Some(5));
    headers.insert(header::CONTENT_RANGE, HeaderValue::from_static("bytes */10"));
    assert_eq!(start(&headers), None);
}
