//! The body of an answer, piece by piece, under every limit.

use core::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout};

use super::pace::Pace;
use super::{Timeouts, client::failure};
use crate::failure::PlayError;

/// A body that is being read. Pieces come as the network gives them; one is in memory at a time.
#[derive(Debug)]
pub struct Body {
    response: reqwest::Response,
    limits: Timeouts,
    left: u64,
    pace: Pace,
    peeked: Option<Bytes>,
}

impl Body {
    pub(super) fn new(response: reqwest::Response, limits: Timeouts, size_max: u64) -> Self {
        Self { response, limits, left: size_max, pace: Pace::default(), peeked: None }
    }

    /// The first piece, without taking it; empty at the end.
    pub async fn peek(&mut self) -> Result<Bytes, PlayError> {
        if self.peeked.is_none() {
            self.peeked = self.next().await?;
        }
        Ok(self.peeked.clone().unwrap_or_default())
    }

    /// The next piece; `None` at the end. A body shorter than its `Content-Length` is [`PlayError::CutShort`].
    pub async fn next(&mut self) -> Result<Option<Bytes>, PlayError> {
        if let Some(peeked) = self.peeked.take() {
            return Ok(Some(peeked));
        }
        let since = Instant::now();
        let piece = timeout(self.limits.idle, self.response.chunk()).await.map_err(|_| PlayError::TooSlow)?;
        let piece = piece.map_err(|error| match failure(&error) {
            PlayError::Unreachable => PlayError::CutShort,
            other => other,
        })?;
        let Some(piece) = piece else { return Ok(None) };
        self.pace.note(since.elapsed(), piece.len(), &self.limits)?;
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(PlayError::TooLarge)?;
        Ok(Some(piece))
    }
}

/// A whole body of at most `max` bytes within `within`.
pub async fn read_small(mut body: Body, max: usize, within: Duration) -> Result<Vec<u8>, PlayError> {
    let whole = async {
        let mut bytes = Vec::new();
        while let Some(piece) = body.next().await? {
            if bytes.len() + piece.len() > max {
                return Err(PlayError::TooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    };
    timeout(within, whole).await.map_err(|_| PlayError::TooSlow)?
}
