//! A server on loopback that misbehaves as told, and what points at it.

use core::net::SocketAddr;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use shared::security::track_url::UrlPolicy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use crate::net::{Guarded, NetPolicy, PrivateHosts, Timeouts};

/// What a client asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
    /// How many requests came before it.
    pub(crate) index: usize,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.clone().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The first byte of its `Range`.
    pub(crate) fn offset(&self) -> Option<usize> {
        self.header("range")?.strip_prefix("bytes=")?.split('-').next()?.parse().ok()
    }
}

/// What the server does.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// These bytes, then it closes.
    Raw(Vec<u8>),
    /// These bytes, then again and again the second ones.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, then one byte each so often.
    Drip(Vec<u8>, Duration),
    /// Nothing, for ever.
    Silence,
}

impl Reply {
    pub(crate) fn status(status: &str) -> Self {
        Self::Raw(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes())
    }

    pub(crate) fn redirect(to: &str) -> Self {
        let head = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n";
        Self::Raw(format!("{head}Location: {to}\r\n\r\n").into_bytes())
    }

    pub(crate) fn ok(kind: &str, body: &[u8]) -> Self {
        Self::with_headers(&[("Content-Type", kind)], body)
    }

    pub(crate) fn with_headers(headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut out = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            out.extend([name, ": ", value, "\r\n"]);
        }
        Self::Raw([out.as_bytes(), b"\r\n", body].concat())
    }

    /// `file`, from the asked byte on, announced whole and cut after `most` bytes.
    pub(crate) fn file(request: &Request, kind: &str, file: &[u8], most: usize) -> Self {
        let start = request.offset().unwrap_or(0).min(file.len());
        let rest = &file[start..];
        let head = format!(
            "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nAccept-Ranges: bytes\r\nContent-Type: {kind}\r\n\
             ETag: \"v1\"\r\nContent-Length: {}\r\nContent-Range: bytes {start}-{}/{}\r\n\r\n",
            rest.len(),
            file.len().saturating_sub(1),
            file.len(),
        );
        Self::Raw([head.as_bytes(), &rest[..rest.len().min(most)]].concat())
    }
}

/// A server; it ends with this value.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    task: AbortHandle,
}

impl Server {
    pub(crate) async fn start(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        let reply = Arc::new(reply);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (reply, log) = (reply.clone(), log.clone());
                tokio::spawn(async move { answer(client, &*reply, &log).await });
            }
        });
        Self { address, seen, task: task.abort_handle() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    mut client: TcpStream,
    reply: &impl Fn(&Request) -> Reply,
    log: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let path = head.split(' ').nth(1)?.to_owned();
    let request = {
        let mut log = log.lock().unwrap();
        let request = Request { path, head, index: log.len() };
        log.push(request.clone());
        request
    };
    send(&mut client, reply(&request)).await.ok()
}

async fn send(client: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Raw(bytes) => {
            client.write_all(&bytes).await?;
            client.shutdown().await
        }
        Reply::Endless(start, again) => {
            client.write_all(&start).await?;
            loop {
                client.write_all(&again).await?;
            }
        }
        Reply::Drip(start, every) => {
            client.write_all(&start).await?;
            loop {
                tokio::time::sleep(every).await;
                client.write_all(b"x").await?;
            }
        }
        Reply::Silence => core::future::pending().await,
    }
}

/// A policy that knows these servers and is quick to give up.
pub(crate) fn policy(servers: &[&Server]) -> NetPolicy {
    let hosts = servers.iter().map(|server| server.address.to_string().parse().unwrap()).collect();
    NetPolicy {
        urls: UrlPolicy { allow_http: true },
        private_hosts: PrivateHosts::allowing(hosts),
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            first_byte: Duration::from_millis(400),
            idle: Duration::from_millis(400),
            document: Duration::from_secs(1),
            pace_window: Duration::from_millis(500),
            pace_bytes: 1_000,
        },
        ..NetPolicy::STRICT
    }
}

pub(crate) fn client(servers: &[&Server]) -> Guarded {
    Guarded::new(policy(servers)).unwrap()
}

/// Tones, made and found.
pub(crate) mod tone {
    use core::f32::consts::TAU;

    /// One channel of a tone at half of full scale.
    pub(crate) fn mono(hz: f32, rate: u32, seconds: f32) -> Vec<f32> {
        level(hz, rate, seconds, 0.5)
    }

    /// One channel of a tone whose peaks are `peak`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds of sound"
    )]
    pub(crate) fn level(hz: f32, rate: u32, seconds: f32, peak: f32) -> Vec<f32> {
        let step = f64::from(hz) / f64::from(rate);
        let sample = |n: usize| peak * ((n as f64 * step).fract() as f32 * TAU).sin();
        (0..(rate as f32 * seconds) as usize).map(sample).collect()
    }

    /// Both channels of one.
    pub(crate) fn stereo(mono: &[f32]) -> Vec<f32> {
        mono.iter().flat_map(|sample| [*sample, *sample]).collect()
    }

    /// The strongest frequency between 100 and 2,000 Hz of interleaved stereo at 48 kHz, to half a hertz (Goertzel).
    pub(crate) fn dominant(stereo: &[f32]) -> f32 {
        let left: Vec<f32> = stereo.iter().step_by(2).copied().take(48_000).collect();
        let coarse = best(&left, (20..400_i16).map(|n| f32::from(n) * 5.0));
        best(&left, (-12..=12).map(|n: i16| coarse + f32::from(n) * 0.5))
    }

    fn best(samples: &[f32], candidates: impl Iterator<Item = f32>) -> f32 {
        let power = |hz: f32| {
            let k = 2.0 * f64::from(TAU * hz / 48_000.0).cos();
            let (a, b) = samples.iter().fold((0.0, 0.0), |(a, b), x| (f64::from(*x) + k * a - b, a));
            a * a + b * b - k * a * b
        };
        candidates.map(|hz| (power(hz), hz)).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1
    }
}

/// Just enough of Ogg (RFC 3533) to write one packet a page.
pub(crate) mod ogg {
    pub(crate) fn page(sequence: u32, flags: u8, granule: u64, packet: &[u8]) -> Vec<u8> {
        let mut page = b"OggS\0".to_vec();
        page.push(flags);
        page.extend(granule.to_le_bytes());
        page.extend(7_u32.to_le_bytes());
        page.extend(sequence.to_le_bytes());
        page.extend(0_u32.to_le_bytes());
        let full = packet.len() / 255;
        page.push(u8::try_from(full + 1).unwrap());
        page.extend(vec![255; full]);
        page.push(u8::try_from(packet.len() % 255).unwrap());
        page.extend(packet);
        let sum = crc(&page);
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        page
    }

    fn crc(bytes: &[u8]) -> u32 {
        bytes.iter().fold(0, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        })
    }
}
