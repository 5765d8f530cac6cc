//! A proxy on loopback for child processes that fetch by themselves (yt-dlp): the guarded connector's rules for them.
//!
//! It speaks `CONNECT host:port` and `GET http://…` (RFC 9110 §9.3.6, RFC 9112 §3.2.2). The child is given no other way
//! out that we control; what it does over TLS inside a tunnel we do not see, only where the tunnel leads.

use core::net::SocketAddr;
use core::time::Duration;
use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;
use url::Host;

use super::resolver::CheckedDns;
use super::{NetPolicy, Target};
use crate::failure::PlayError;

/// Longest head of a request.
const HEAD_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// Connections at once; more wait in the listener's queue.
const CONNECTIONS_MAX: usize = 32;
/// Longest life of a tunnel; a resolving child needs seconds.
const TUNNEL_MAX: Duration = Duration::from_mins(2);
/// How long a client may take for its head.
const HEAD_WAIT: Duration = Duration::from_secs(5);

/// A running proxy; it ends with this value.
#[derive(Debug)]
pub struct GuardedProxy {
    address: SocketAddr,
    task: AbortHandle,
}

impl GuardedProxy {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start(policy: NetPolicy) -> io::Result<Self> {
        let listener = TcpListener::bind((core::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let dns = CheckedDns::new(policy.private_hosts.clone());
        let task = tokio::spawn(serve(listener, Door { dns, policy })).abort_handle();
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// For `--proxy` and `http_proxy`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for GuardedProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, door: Door) {
    let mut open = JoinSet::new();
    loop {
        while open.len() >= CONNECTIONS_MAX {
            open.join_next().await;
        }
        // An accept that fails (no file descriptors) is this connection's trouble, not the proxy's.
        if let Ok((client, _)) = listener.accept().await {
            let door = door.clone();
            open.spawn(async move { timeout(TUNNEL_MAX, door.welcome(client)).await });
        }
        while open.try_join_next().is_some() {}
    }
}

#[derive(Clone, Debug)]
struct Door {
    dns: CheckedDns,
    policy: NetPolicy,
}

impl Door {
    async fn welcome(self, mut client: TcpStream) -> io::Result<()> {
        let head = timeout(HEAD_WAIT, read_head(&mut client)).await.map_err(io::Error::other)??;
        let opened = match parse(&head) {
            Ok(request) => self.open(request).await,
            Err(BadRequest) => return refuse(client, "400 Bad Request").await,
        };
        let Ok((mut server, greeting)) = opened else { return refuse(client, "403 Forbidden").await };
        match greeting {
            Greeting::Established => client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?,
            Greeting::Forward(head) => server.write_all(&head).await?,
        }
        copy_bidirectional(&mut client, &mut server).await.map(drop)
    }

    async fn open(&self, request: Request) -> Result<(TcpStream, Greeting), PlayError> {
        let (link, greeting) = match request {
            Request::Connect(authority) => (format!("https://{authority}/"), Greeting::Established),
            Request::Get { url, head } => (url, Greeting::Forward(head)),
        };
        let target = Target::parse(&link, &self.policy)?;
        let (host, port) = target.authority().ok_or(PlayError::AddressNotAllowed)?;
        let addresses = match host {
            Host::Domain(name) => self.dns.addresses(name, port).await?,
            Host::Ipv4(address) => vec![(address, port).into()],
            Host::Ipv6(address) => vec![(address, port).into()],
        };
        let connected = timeout(self.policy.timeouts.connect, TcpStream::connect(&*addresses)).await;
        let server = connected.map_err(|_| PlayError::TooSlow)?.map_err(|_| PlayError::Unreachable)?;
        Ok((server, greeting))
    }
}

enum Greeting {
    Established,
    Forward(Vec<u8>),
}

/// What a client asks of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A tunnel to this `host:port`.
    Connect(String),
    /// A plain request.
    Get {
        /// Its absolute URL.
        url: String,
        /// The head to send on: origin form, one request a connection, nothing meant for the proxy.
        head: Vec<u8>,
    },
}

/// Neither `CONNECT` nor a `GET` of an absolute `http` URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request that this proxy serves")]
pub struct BadRequest;

/// Parses the head of a request, blank line included.
pub fn parse(head: &[u8]) -> Result<Request, BadRequest> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(length)) if length == head.len() => {}
        _ => return Err(BadRequest),
    }
    let (method, path) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    match method {
        "CONNECT" if is_authority(path) => Ok(Request::Connect(path.to_owned())),
        "GET" => Ok(Request::Get { url: path.to_owned(), head: origin_form(path, request.headers)? }),
        _ => Err(BadRequest),
    }
}

/// Nothing that would move the host when it is put between `https://` and `/`.
fn is_authority(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
    text.bytes().all(plain) && text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok())
}

fn origin_form(url: &str, headers: &[httparse::Header<'_>]) -> Result<Vec<u8>, BadRequest> {
    let url = url::Url::parse(url).map_err(|_| BadRequest)?;
    if url.scheme() != "http" {
        return Err(BadRequest);
    }
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n").into_bytes();
    for header in headers.iter().filter(|header| passes(header.name)) {
        head.extend([header.name.as_bytes(), b": ", header.value, b"\r\n"].concat());
    }
    head.extend_from_slice(b"\r\n");
    Ok(head)
}

/// `Host` is written anew from the URL, so that nobody asks one server for another's page.
fn passes(name: &str) -> bool {
    let hop = ["host", "connection", "proxy-connection", "proxy-authorization", "keep-alive", "upgrade"];
    let body = ["content-length", "transfer-encoding", "expect", "te", "trailer"];
    !hop.iter().chain(&body).any(|other| name.eq_ignore_ascii_case(other))
}

async fn read_head(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == HEAD_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(client.read_u8().await?);
    }
    Ok(head)
}

async fn refuse(mut client: TcpStream, status: &str) -> io::Result<()> {
    let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    client.write_all(answer.as_bytes()).await
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
