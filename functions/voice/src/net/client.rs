//! The guarded connector (SPEC T18): checked URL, checked addresses, the same for each redirect, bounded everything.

use core::error::Error;
use std::collections::HashSet;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, tls};
use tokio::time::timeout;

use super::resolver::CheckedDns;
use super::{Body, NetPolicy, Target, read_small};
use crate::failure::PlayError;

/// Most redirects that are followed.
const REDIRECTS_MAX: usize = 5;
/// What sources see of us.
const USER_AGENT: &str = concat!("TimmyBot/", env!("CARGO_PKG_VERSION"));

/// The only HTTP client of the worker's playback. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guarded {
    http: reqwest::Client,
    policy: std::sync::Arc<NetPolicy>,
}

/// No TLS, so no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no HTTP client")]
pub struct NoClient;

/// What is asked for beside the URL.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    headers: HeaderMap,
}

impl Ask {
    /// Everything from this byte on.
    pub fn from_byte(offset: u64) -> Self {
        Self::default().with(header::RANGE, &format!("bytes={offset}-"))
    }

    /// These bytes, `first` and `last` included.
    pub fn bytes(first: u64, last: u64) -> Self {
        Self::default().with(header::RANGE, &format!("bytes={first}-{last}"))
    }

    /// With this header; a value that is none is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

/// An answer whose headers have come.
#[derive(Debug)]
pub struct Answer {
    /// Where it came from, after redirects.
    pub at: Target,
    /// 200 or 206.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// What follows.
    pub body: Body,
}

impl Guarded {
    /// A client under this policy.
    pub fn new(policy: NetPolicy) -> Result<Self, NoClient> {
        let http = reqwest::Client::builder()
            .dns_resolver(CheckedDns::new(policy.private_hosts.clone()))
            // A proxy of the environment would resolve names for us, unchecked.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(policy.timeouts.connect)
            .tls_version_min(tls::Version::TLS_1_2)
            .pool_max_idle_per_host(2)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|_| NoClient)?;
        Ok(Self { http, policy: policy.into() })
    }

    /// The rules.
    pub fn policy(&self) -> &NetPolicy {
        &self.policy
    }

    /// Parses a link under this client's rules.
    pub fn target(&self, text: &str) -> Result<Target, PlayError> {
        Target::parse(text, &self.policy)
    }

    /// Gets `target`, following redirects; an answer that is not 200 or 206 is its error.
    pub async fn get(&self, target: &Target, ask: &Ask) -> Result<Answer, PlayError> {
        let mut at = target.clone();
        let mut seen = HashSet::new();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.once(&at, ask).await?;
            let Some(next) = self.redirect(&at, &response)? else { return self.answer(at, response) };
            if !seen.insert(at) {
                return Err(PlayError::Redirect);
            }
            at = next;
        }
        Err(PlayError::Redirect)
    }

    /// Gets a document of at most `max` bytes.
    pub async fn document(&self, target: &Target, max: usize) -> Result<(Target, Vec<u8>), PlayError> {
        let answer = self.get(target, &Ask::default()).await?;
        let bytes = read_small(answer.body, max, self.policy.timeouts.document).await?;
        Ok((answer.at, bytes))
    }

    async fn once(&self, at: &Target, ask: &Ask) -> Result<reqwest::Response, PlayError> {
        let sent = self.http.get(at.url().clone()).headers(ask.headers.clone()).send();
        let patience = self.policy.timeouts.connect + self.policy.timeouts.first_byte;
        let answered = timeout(patience, sent).await.map_err(|_| PlayError::TooSlow)?;
        answered.map_err(|error| failure(&error))
    }

    fn redirect(&self, at: &Target, response: &reqwest::Response) -> Result<Option<Target>, PlayError> {
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let next = at.join(location.ok_or(PlayError::Redirect)?, &self.policy)?;
        if at.is_https() && !next.is_https() {
            return Err(PlayError::Redirect);
        }
        Ok(Some(next))
    }

    fn answer(&self, at: Target, mut response: reqwest::Response) -> Result<Answer, PlayError> {
        let status = response.status();
        refused(status)?;
        if response.content_length().is_some_and(|length| length > self.policy.size_max) {
            return Err(PlayError::TooLarge);
        }
        let headers = core::mem::take(response.headers_mut());
        let body = Body::new(response, self.policy.timeouts, self.policy.size_max);
        Ok(Answer { at, status, headers, body })
    }
}

fn refused(status: StatusCode) -> Result<(), PlayError> {
    match status.as_u16() {
        200 | 206 => Ok(()),
        401..=403 | 407 | 451 => Err(PlayError::Forbidden),
        408 | 425 | 429 | 500..=599 => Err(PlayError::Unreachable),
        // 404, 410, and what makes no sense as an answer to a plain GET.
        _ => Err(PlayError::NotFound),
    }
}

/// What went wrong below HTTP. Our resolver's judgement is somewhere in the chain of causes.
pub(super) fn failure(error: &reqwest::Error) -> PlayError {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(ours) = error.downcast_ref::<PlayError>() {
            return *ours;
        }
        let carried = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        if let Some(ours) = carried.and_then(|inner| inner.downcast_ref::<PlayError>()) {
            return *ours;
        }
        cause = error.source();
    }
    if error.is_timeout() { PlayError::TooSlow } else { PlayError::Unreachable }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
