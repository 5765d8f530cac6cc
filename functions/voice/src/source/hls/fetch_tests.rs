use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::testing::{Reply, Server, client};

/// Everything that the playlist at `/live.m3u8` gives.
async fn all(server: &Server) -> Result<Vec<u8>, PlayError> {
    let net = client(&[server]);
    let (at, document) = net.document(&net.target(&server.url("/live.m3u8"))?, DOCUMENT_MAX).await?;
    let mut feed = open(&net, at, &document).await?.feed;
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        feed.read_to_end(&mut bytes).map(|_| bytes).map_err(PlayError::from)
    })
    .await
    .unwrap()
}

fn playlist(body: &str) -> Reply {
    Reply::ok("application/vnd.apple.mpegurl", format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n{body}").as_bytes())
}

#[tokio::test]
async fn a_master_leads_to_its_pieces() {
    let server = Server::start(|request| match &*request.path {
        "/live.m3u8" => Reply::ok("x/y", b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsub/a.m3u8\n"),
        "/sub/a.m3u8" => playlist("#EXT-X-MAP:URI=\"init\"\n#EXTINF:1\n1\n#EXTINF:1\n../2\n#EXT-X-ENDLIST\n"),
        "/sub/init" => Reply::ok("x/y", b"head "),
        "/sub/1" => Reply::ok("x/y", b"one "),
        "/2" => Reply::ok("x/y", b"two"),
        other => panic!("{other}"),
    })
    .await;
    assert_eq!(all(&server).await, Ok(b"head one two".to_vec()));
}

#[tokio::test]
async fn a_growing_playlist_gives_each_piece_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |request| match &*request.path {
        "/live.m3u8" => {
            let turn = asked.fetch_add(1, Ordering::Relaxed);
            let end = if turn == 2 { "#EXT-X-ENDLIST\n" } else { "" };
            let pieces: String = (turn..turn + 5)
                .flat_map(|n| ["#EXTINF:1\n/".to_owned(), n.to_string(), "\n".to_owned()])
                .collect();
            playlist(&format!("#EXT-X-MEDIA-SEQUENCE:{turn}\n{pieces}{end}"))
        }
        path => Reply::ok("x/y", path.as_bytes()),
    })
    .await;
    // Entered three pieces before the end of the first one: 2, 3, 4; then what is new.
    assert_eq!(all(&server).await, Ok(b"/2/3/4/5/6".to_vec()));
}

#[tokio::test]
async fn encrypted_pieces_are_decrypted_with_a_key_that_is_fetched_once() {
    use cbc::cipher::{BlockEncryptMut, KeyIvInit, block_padding::Pkcs7};
    let encrypted = |number: u64| {
        let iv = u128::from(number).to_be_bytes();
        cbc::Encryptor::<aes::Aes128>::new(b"0123456789abcdef".into(), &iv.into())
            .encrypt_padded_vec_mut::<Pkcs7>(format!("piece {number} ").as_bytes())
    };
    let server = Server::start(move |request| match &*request.path {
        "/live.m3u8" => playlist(
            "#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-KEY:METHOD=AES-128,URI=\"/key\"\n#EXTINF:1\n/7\n#EXTINF:1\n/8\n#EXT-X-ENDLIST\n",
        ),
        "/key" => Reply::ok("x/y", b"0123456789abcdef"),
        path => Reply::ok("x/y", &encrypted(path[1..].parse().unwrap())),
    })
    .await;
    assert_eq!(all(&server).await, Ok(b"piece 7 piece 8 ".to_vec()));
    assert_eq!(server.requests().iter().filter(|request| request.path == "/key").count(), 1);
}

#[tokio::test]
async fn a_playlist_cannot_lead_inside() {
    for inside in ["http://169.254.169.254/x", "http://127.0.0.1:1/x", "file:///etc/passwd"] {
        for body in [
            format!("#EXTINF:1\n{inside}\n#EXT-X-ENDLIST\n"),
            format!("#EXT-X-MAP:URI=\"{inside}\"\n#EXTINF:1\n/1\n#EXT-X-ENDLIST\n"),
            format!("#EXT-X-KEY:METHOD=AES-128,URI=\"{inside}\"\n#EXTINF:1\n/1\n#EXT-X-ENDLIST\n"),
        ] {
            let server = Server::start(move |request| match &*request.path {
                "/live.m3u8" => playlist(&body),
                _ => Reply::ok("x/y", b"0123456789abcdef"),
            })
            .await;
            assert_eq!(all(&server).await, Err(PlayError::AddressNotAllowed), "{inside}");
        }
    }
}

#[tokio::test]
async fn a_missing_piece_is_told() {
    let server = Server::start(|request| match &*request.path {
        "/live.m3u8" => playlist("#EXTINF:1\n/1\n#EXTINF:1\n/2\n#EXT-X-ENDLIST\n"),
        "/1" => Reply::ok("x/y", b"one"),
        _ => Reply::status("404 Not Found"),
    })
    .await;
    assert_eq!(all(&server).await, Err(PlayError::NotFound));
}
