//! What a TLS client offers: its first message says so in the clear, before anybody's certificate is looked at.

use core::net::SocketAddr;
use core::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The number of TLS 1.2 on the wire.
pub const TLS_1_2: u16 = 0x0303;
/// The number of TLS 1.3 on the wire.
pub const TLS_1_3: u16 = 0x0304;

/// How long is waited for a client that was told to come.
const LIMIT: Duration = Duration::from_secs(20);
/// The type of a record that holds a handshake, and of the handshake's first message.
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// The extension `supported_versions`.
const SUPPORTED_VERSIONS: u16 = 43;

/// Hears one client's first message on loopback, and hangs up.
#[derive(Debug)]
pub struct ClientHello {
    address: SocketAddr,
    heard: JoinHandle<Option<Vec<u16>>>,
}

impl ClientHello {
    /// Listens on a free port.
    pub async fn listen() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.ok()?;
            offered(&first_record(stream).await?)
        });
        Ok(Self { address, heard })
    }

    /// Where.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The versions that the client would agree to, the one that it likes best first.
    pub async fn versions(self) -> Result<Vec<u16>> {
        let heard = tokio::time::timeout(LIMIT, self.heard).await.context("nobody came")??;
        heard.context("what came was no ClientHello")
    }
}

async fn first_record(mut stream: TcpStream) -> Option<Vec<u8>> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).await.ok()?;
    let mut record = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut record).await.ok()?;
    (header[0] == HANDSHAKE).then_some(record)
}

/// The versions of a message of RFC 8446, section 4.1.2; of an older client, the highest that it knows.
fn offered(message: &[u8]) -> Option<Vec<u16>> {
    let mut message = Rest(message);
    if message.take(1)? != [CLIENT_HELLO] {
        return None;
    }
    message.take(3)?;
    let highest = message.number()?;
    message.take(32)?;
    let session = message.short()?;
    message.take(session)?;
    let suites = message.number()?;
    message.take(suites.into())?;
    let compressions = message.short()?;
    message.take(compressions)?;
    message.number()?;
    while let Some(kind) = message.number() {
        let length = message.number()?;
        let body = message.take(length.into())?;
        if kind == SUPPORTED_VERSIONS {
            let versions = body.get(1..)?.chunks_exact(2);
            return Some(versions.map(|two| u16::from_be_bytes([two[0], two[1]])).collect());
        }
    }
    Some(vec![highest])
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<usize> {
        self.take(1).map(|one| one[0].into())
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2).map(|two| u16::from_be_bytes([two[0], two[1]]))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// A message with these extensions, the rest as short as it may be.
    fn message(extensions: &[u8]) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0x13, 0x01, 1, 0]);
        body.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
        body.extend(extensions);
        let mut message = vec![CLIENT_HELLO, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        message
    }

    #[test]
    fn versions_are_read_in_the_clients_order() {
        let other = [0, 10, 0, 2, 0, 29];
        let versions = [0, 43, 0, 5, 4, 3, 4, 3, 1];
        assert_eq!(offered(&message(&[&other[..], &versions[..]].concat())), Some(vec![TLS_1_3, 0x0301]));
    }

    #[test]
    fn a_client_that_names_none_means_its_highest() {
        assert_eq!(offered(&message(&[])), Some(vec![TLS_1_2]));
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_none() {
        let whole = message(&[0, 43, 0, 3, 2, 3, 4]);
        assert_eq!(offered(&whole), Some(vec![TLS_1_3]));
        assert!((0..whole.len() - 9).all(|end| offered(&whole[..end]).is_none()));
        assert_eq!(offered(&[&[2][..], &whole[1..]].concat()), None, "a ServerHello");
    }

    #[tokio::test]
    async fn whoever_comes_is_heard() {
        let hello = ClientHello::listen().await.unwrap();
        let mut client = TcpStream::connect(hello.address()).await.unwrap();
        let message = message(&[0, 43, 0, 3, 2, 3, 4]);
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        client.write_all(&[&[HANDSHAKE, 3, 1][..], &length[..], &message[..]].concat()).await.unwrap();
        assert_eq!(hello.versions().await.unwrap(), [TLS_1_3]);
    }
}
