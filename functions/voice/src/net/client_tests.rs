use core::time::Duration;

use testkit::client_hello::{ClientHello, TLS_1_2, TLS_1_3};

use super::*;
use crate::net::PrivateHosts;
use crate::testing::{Reply, Server, client, policy};

async fn body(server: &Server, path: &str) -> Result<Vec<u8>, PlayError> {
    let client = client(&[server]);
    let answer = client.get(&client.target(&server.url(path))?, &Ask::default()).await?;
    read_small(answer.body, 1_000_000, Duration::from_secs(20)).await
}

#[tokio::test]
async fn statuses_become_reasons() {
    let server = Server::start(|request| Reply::status(&request.path[1..].replace('_', " "))).await;
    for (status, error) in [
        ("404_x", PlayError::NotFound),
        ("410_x", PlayError::NotFound),
        ("403_x", PlayError::Forbidden),
        ("401_x", PlayError::Forbidden),
        ("503_x", PlayError::Unreachable),
        ("418_x", PlayError::NotFound),
        ("304_x", PlayError::NotFound),
    ] {
        assert_eq!(body(&server, &format!("/{status}")).await, Err(error), "{status}");
    }
    assert_eq!(body(&server, "/200_x").await, Ok(Vec::new()));
}

#[tokio::test]
async fn five_redirects_are_followed_and_six_are_not() {
    let server = Server::start(|request| match request.path[1..].parse::<u32>().unwrap() {
        0 => Reply::ok("audio/mpeg", b"here"),
        n => Reply::redirect(&format!("/{}", n - 1)),
    })
    .await;
    assert_eq!(body(&server, "/5").await, Ok(b"here".to_vec()));
    assert_eq!(body(&server, "/6").await, Err(PlayError::Redirect));
}

#[tokio::test]
async fn a_circle_ends_at_once() {
    let server = Server::start(|_| Reply::redirect("/again")).await;
    assert_eq!(body(&server, "/again").await, Err(PlayError::Redirect));
    assert!(server.requests().len() <= 2);
    let nowhere = Server::start(|_| Reply::status("302 Found")).await;
    assert_eq!(body(&nowhere, "/").await, Err(PlayError::Redirect));
}

#[tokio::test]
async fn a_redirect_to_a_private_place_is_refused_before_anything_is_sent_there() {
    let inside = Server::start(|_| Reply::ok("audio/mpeg", b"secret")).await;
    let port = inside.address.port();
    for to in [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://user@127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
    ] {
        let server = Server::start(move |_| Reply::redirect(&to)).await;
        let error = body(&server, "/a.mp3").await;
        assert_eq!(error, Err(PlayError::AddressNotAllowed));
    }
    assert!(inside.requests().is_empty());
}

/// The name is public to look at and its address is not: the judgement falls at connect time.
#[tokio::test]
async fn a_name_that_resolves_to_loopback_is_refused_at_connect_time() {
    let server = Server::start(|_| Reply::ok("audio/mpeg", b"secret")).await;
    let strict = Guarded::new(NetPolicy { private_hosts: PrivateHosts::NONE, ..policy(&[]) }).unwrap();
    // The parser refuses the name before; the client is asked without it, as after a rebinding.
    let link = url::Url::parse(&format!("http://localhost:{}/", server.address.port())).unwrap();
    let refused = strict.http.get(link).send().await.unwrap_err();
    assert_eq!(failure(&refused), PlayError::AddressNotAllowed);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn slow_servers_are_left() {
    let silent = Server::start(|_| Reply::Silence).await;
    assert_eq!(body(&silent, "/").await, Err(PlayError::TooSlow));
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n".to_vec();
    let stalls = head.clone();
    let stalled = Server::start(move |_| Reply::Drip(stalls.clone(), Duration::from_mins(1))).await;
    assert_eq!(body(&stalled, "/").await, Err(PlayError::TooSlow));
    let loris = Server::start(move |_| Reply::Drip(head.clone(), Duration::from_millis(20))).await;
    assert_eq!(body(&loris, "/").await, Err(PlayError::TooSlow));
    let headers =
        Server::start(|_| Reply::Drip(b"HTTP/1.1 200 OK\r\n".to_vec(), Duration::from_millis(20))).await;
    assert_eq!(body(&headers, "/").await, Err(PlayError::TooSlow));
}

#[tokio::test]
async fn sizes_are_bounded_announced_or_not() {
    let small = |server: &Server| Guarded::new(NetPolicy { size_max: 1_000, ..policy(&[server]) }).unwrap();
    let announced =
        Server::start(|_| Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n".to_vec()))
            .await;
    let client = small(&announced);
    let target = client.target(&announced.url("/")).unwrap();
    assert_eq!(client.get(&target, &Ask::default()).await.err(), Some(PlayError::TooLarge));
    let endless = Server::start(|_| Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![0; 4096])).await;
    let client = small(&endless);
    let answer = client.get(&client.target(&endless.url("/")).unwrap(), &Ask::default()).await.unwrap();
    assert_eq!(read_small(answer.body, 1_000_000, Duration::from_secs(5)).await, Err(PlayError::TooLarge));
    assert_eq!(body(&endless, "/").await, Err(PlayError::TooLarge));
}

#[tokio::test]
async fn a_body_that_ends_early_is_cut_short() {
    let server =
        Server::start(|_| Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())).await;
    assert_eq!(body(&server, "/").await, Err(PlayError::CutShort));
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let gone = Server::start(|_| Reply::Silence).await;
    let client = client(&[&gone]);
    let target = client.target(&gone.url("/")).unwrap();
    drop(gone);
    tokio::task::yield_now().await;
    let error = client.get(&target, &Ask::default()).await.err();
    assert!(matches!(error, Some(PlayError::Unreachable | PlayError::TooSlow)), "{error:?}");
}

/// SPEC T6.
#[tokio::test]
async fn sources_are_offered_tls_1_3_then_1_2_and_nothing_older() {
    let hello = ClientHello::listen().await.unwrap();
    let here = hello.address().to_string();
    let private_hosts = PrivateHosts::allowing(vec![here.parse().unwrap()]);
    let client = Guarded::new(NetPolicy { private_hosts, ..policy(&[]) }).unwrap();
    let target = client.target(&format!("https://{here}/song.ogg")).unwrap();
    let error = client.get(&target, &Ask::default()).await.err();
    assert!(error.is_some(), "nobody has shown a certificate");
    assert_eq!(hello.versions().await.unwrap(), [TLS_1_3, TLS_1_2]);
}
