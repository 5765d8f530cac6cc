use proptest::prelude::*;

use super::*;
use crate::net::PrivateHosts;
use crate::testing::{Reply, Server, policy};

async fn ask(policy: NetPolicy, request: &str) -> String {
    let proxy = GuardedProxy::start(policy).await.unwrap();
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A refusal may close before we have read; what came is what counts.
    let _ = client.read_to_string(&mut answer).await;
    answer
}

#[tokio::test]
async fn private_places_are_refused_in_both_forms() {
    let inside = Server::start(|_| Reply::ok("text/plain", b"secret")).await;
    let port = inside.address.port();
    let open = NetPolicy { private_hosts: PrivateHosts::NONE, ..policy(&[]) };
    for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "localhost", "169.254.169.254"] {
        for request in [
            format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: x\r\n\r\n"),
            format!("GET http://{host}:{port}/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        ] {
            let answer = ask(open.clone(), &request).await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{request} {answer}");
        }
    }
    assert!(inside.requests().is_empty());
}

#[tokio::test]
async fn ports_and_plain_http_follow_the_policy() {
    for request in ["CONNECT example.org:22 HTTP/1.1\r\n\r\n", "GET http://example.org/ HTTP/1.1\r\n\r\n"] {
        let answer = ask(NetPolicy::STRICT, request).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{request} {answer}");
    }
}

#[tokio::test]
async fn what_is_allowed_goes_through() {
    let server = Server::start(|_| Reply::ok("text/plain", b"hello")).await;
    let at = server.address;
    let tunnel = format!("CONNECT {at} HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\n");
    let answer = ask(policy(&[&server]), &tunnel).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 Connection established") && answer.ends_with("hello"),
        "{answer}"
    );
    let plain =
        format!("GET http://{at}/b?c HTTP/1.1\r\nHost: evil\r\nProxy-Authorization: x\r\nA: b\r\n\r\n");
    let answer = ask(policy(&[&server]), &plain).await;
    assert!(answer.ends_with("hello"), "{answer}");
    let forwarded = server.requests().last().unwrap().head.clone();
    assert_eq!(forwarded, format!("GET /b?c HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\nA: b\r\n\r\n"));
}

#[tokio::test]
async fn other_requests_are_bad() {
    for request in ["POST http://example.org/ HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "x\r\n\r\n"] {
        assert!(ask(policy(&[]), request).await.starts_with("HTTP/1.1 400"), "{request}");
    }
}

#[test]
fn an_authority_cannot_move_the_host() {
    for authority in ["a@127.0.0.1:80", "a/..:80", "a#:80", "a?b:80", "a\\b:80", "a", ":x", "%31:80"] {
        let head = format!("CONNECT {authority} HTTP/1.1\r\n\r\n");
        assert_eq!(parse(head.as_bytes()), Err(BadRequest), "{authority}");
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
        let _ = parse(&[b"GET ", &*bytes, b" HTTP/1.1\r\n\r\n"].concat());
    }
}
