//! What Discord's answer means.

use core::time::Duration;

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde::Deserialize;

use super::RestError;

/// An invalid webhook token; comes with 401.
const INVALID_WEBHOOK_TOKEN: u64 = 50_027;
/// A message is the longest answer that we ask for; what is longer is not read.
const MAX_BODY: usize = 64 * 1024;

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It is done; the body.
    Done(Vec<u8>),
    /// Trying again is useless.
    Final(RestError),
    /// It was certainly not done; Discord may say how long to wait.
    NotDone(&'static str, Option<Duration>),
    /// Nobody knows whether it was done.
    Unknown(&'static str),
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    code: u64,
    retry_after: Option<f64>,
}

pub(super) async fn judge(response: Response) -> Verdict {
    let status = response.status();
    if status.is_success() {
        return Verdict::Done(read(response).await);
    }
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body: ErrorBody = serde_json::from_slice(&read(response).await).unwrap_or_default();
    match status {
        StatusCode::TOO_MANY_REQUESTS => Verdict::NotDone("rate_limited", wait(header.or(body.retry_after))),
        StatusCode::NOT_FOUND => Verdict::Final(RestError::Gone),
        StatusCode::UNAUTHORIZED if body.code == INVALID_WEBHOOK_TOKEN => Verdict::Final(RestError::Gone),
        _ if status.is_server_error() => Verdict::Unknown("server_error"),
        _ => Verdict::Final(RestError::Refused { status: status.as_u16(), code: body.code }),
    }
}

pub(super) fn failed(error: &reqwest::Error) -> Verdict {
    if error.is_connect() {
        Verdict::NotDone("connect", None)
    } else if error.is_timeout() {
        Verdict::Unknown("timeout")
    } else {
        Verdict::Unknown("transport")
    }
}

/// Seconds, with fractions; anything that is no time to wait is as if nothing were said.
fn wait(seconds: Option<f64>) -> Option<Duration> {
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

/// Nothing, if it is too long or breaks off: whoever needs the body says what is missing.
async fn read(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if bytes.len() + chunk.len() > MAX_BODY {
            return Vec::new();
        }
        bytes.extend_from_slice(&chunk);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_waits_are_ignored() {
        assert_eq!(wait(Some(0.25)), Some(Duration::from_millis(250)));
        for seconds in [None, Some(-1.0), Some(f64::NAN), Some(f64::INFINITY), Some(1e300)] {
            assert_eq!(wait(seconds), None);
        }
    }
}
