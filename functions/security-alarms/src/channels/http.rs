//! One request to a channel and what its answer means. Nothing is tried twice here: what failed is told later, as an order
//! of its own. No address is ever shown: a failure is a code.

use core::time::Duration;

use jiff::SignedDuration;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use shared::security::alert_channel::Plain;

use super::checked_dns::CheckedDns;

/// What is longer is not read.
const ANSWER_MAX: usize = 64 * 1024;

/// The clients.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    named: Client,
    anybodys: Client,
    limit: Duration,
}

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// One of a few hosts whose names stand in our source.
    Named,
    /// Somebody's own: its name is looked up with care.
    Anybodys,
}

/// Why a channel was not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotTold {
    /// Nobody knows, or not now: it is told later, and perhaps twice.
    Later {
        /// Why, as a code.
        code: String,
        /// How long it wants to be left alone.
        asked: Option<SignedDuration>,
    },
    /// It does not take this notice, and would not take it later.
    Refused {
        /// Why, as a code.
        code: String,
    },
    /// It takes nothing any more.
    Broken {
        /// Why, as a code.
        code: String,
    },
}

/// A client could not be made: TLS has no roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client of the channels could not be made")]
pub struct NoClient;

#[derive(Deserialize)]
struct Wait {
    retry_after: f64,
}

impl NotTold {
    fn later(code: &str) -> Self {
        Self::Later { code: code.to_owned(), asked: None }
    }

    /// The secret's address is none: no try will help.
    pub(super) fn address() -> Self {
        Self::Broken { code: "address".to_owned() }
    }

    pub(super) fn code(&self) -> &str {
        match self {
            Self::Later { code, .. } | Self::Refused { code } | Self::Broken { code } => code,
        }
    }
}

impl Sender {
    /// Says that it is the bot of `home`, and gives each request so long.
    pub(super) fn new(home: &str, plain: Plain, limit: Duration) -> Result<Self, NoClient> {
        let version = env!("CARGO_PKG_VERSION");
        let client = |name: &str| {
            Client::builder()
                .user_agent(format!("{name} ({home}, {version})"))
                .redirect(Policy::none())
                .referer(false)
                .https_only(plain == Plain::Never)
        };
        // A proxy would look names up itself.
        let anybodys = client("TimmyBot").no_proxy().dns_resolver(CheckedDns);
        Ok(Self {
            named: client("DiscordBot").build().map_err(|_| NoClient)?,
            anybodys: anybodys.build().map_err(|_| NoClient)?,
            limit,
        })
    }

    /// Sends JSON; the answer's body.
    pub(super) async fn json(
        &self,
        method: Method,
        url: Url,
        way: Way,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, NotTold> {
        self.send(method, url, way, &[], body).await
    }

    /// Sends JSON with headers; the answer's body.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        way: Way,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Vec<u8>, NotTold> {
        let client = match way {
            Way::Named => &self.named,
            Way::Anybodys => &self.anybodys,
        };
        let request = client.request(method, url).header(CONTENT_TYPE, "application/json").body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        tokio::time::timeout(self.limit, exchange(request)).await.unwrap_or(Err(NotTold::later("timeout")))
    }
}

async fn exchange(request: RequestBuilder) -> Result<Vec<u8>, NotTold> {
    match request.send().await {
        Ok(response) => judge(response).await,
        Err(error) if error.is_builder() => Err(NotTold::address()),
        Err(error) if error.is_connect() => Err(NotTold::later("connect")),
        Err(error) if error.is_timeout() => Err(NotTold::later("timeout")),
        Err(_) => Err(NotTold::later("transport")),
    }
}

async fn judge(response: Response) -> Result<Vec<u8>, NotTold> {
    let (status, told) = (response.status(), asked(response.headers()));
    let body = read(response).await;
    let code = format!("status_{}", status.as_u16());
    match status {
        _ if status.is_success() => Ok(body),
        StatusCode::TOO_MANY_REQUESTS => {
            let said = || wait(serde_json::from_slice::<Wait>(&body).ok()?.retry_after);
            Err(NotTold::Later { code: "rate_limited".to_owned(), asked: told.or_else(said) })
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Err(NotTold::Later { code, asked: told }),
        _ if status.is_server_error() => Err(NotTold::Later { code, asked: told }),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(NotTold::Broken { code })
        }
        _ => Err(NotTold::Refused { code }),
    }
}

/// In seconds; a date is as if nothing were said.
fn asked(headers: &HeaderMap) -> Option<SignedDuration> {
    wait(headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?)
}

/// Anything that is no time to wait is none.
fn wait(seconds: f64) -> Option<SignedDuration> {
    SignedDuration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_negative())
}

/// Nothing, if it is too long or breaks off: what was asked for is done all the same.
async fn read(mut response: Response) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if bytes.len() + chunk.len() > ANSWER_MAX {
            return Vec::new();
        }
        bytes.extend_from_slice(&chunk);
    }
    bytes
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
