//! `voice health`: what ECS asks inside of the container, which has neither a shell nor curl.

use core::net::SocketAddr;
use core::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long the worker may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The status line is all that is read.
const STATUS_LINE: usize = 64;

/// Why a worker is not well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwell {
    /// `HEALTH_ADDR` does not say where.
    #[error("HEALTH_ADDR is not an address and a port")]
    Nowhere,
    /// Nobody answers.
    #[error("the worker does not answer")]
    Silent,
    /// It says so itself.
    #[error("the worker says that it is not well")]
    Ill,
}

/// Asks `GET /healthz` of the worker of this container.
///
/// # Errors
/// When it is not well, or not there.
pub async fn ask(address: Option<&str>) -> Result<(), Unwell> {
    let address: SocketAddr = address.and_then(|text| text.parse().ok()).ok_or(Unwell::Nowhere)?;
    let status = timeout(PATIENCE, status(address)).await.ok().flatten().ok_or(Unwell::Silent)?;
    if status.starts_with(b"HTTP/1.1 200 ") { Ok(()) } else { Err(Unwell::Ill) }
}

async fn status(address: SocketAddr) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut line = vec![0; STATUS_LINE];
    let length = stream.read(&mut line).await.ok()?;
    line.truncate(length);
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Reply, Server};

    #[tokio::test]
    async fn who_answers_well_is_well() {
        for (status, expected) in
            [("200 OK", Ok(())), ("503 Service Unavailable", Err(Unwell::Ill)), ("HTTP", Err(Unwell::Ill))]
        {
            let server = Server::start(move |_| Reply::status(status)).await;
            assert_eq!(ask(Some(&server.address.to_string())).await, expected, "{status}");
        }
    }

    #[tokio::test]
    async fn who_does_not_answer_is_not() {
        let gone = {
            let server = Server::start(|_| Reply::Silence).await;
            server.address.to_string()
        };
        assert_eq!(ask(Some(&gone)).await, Err(Unwell::Silent));
        assert_eq!(ask(Some("here")).await, Err(Unwell::Nowhere));
        assert_eq!(ask(None).await, Err(Unwell::Nowhere));
    }
}
