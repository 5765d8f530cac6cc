//! Answers to an interaction after its first three seconds, by its token; no bot token is needed (SPEC P8).
//!
//! The token stands in the path, so no address is ever shown: errors carry a status and Discord's number, and nothing
//! of `reqwest`'s, whose messages quote the address. Redirects are not followed: they would carry the token away.

mod answer;
mod base;
mod bot;
#[cfg(test)]
mod bot_tests;
mod buckets;
mod incoming;
#[cfg(test)]
mod tests;
mod upload;

use core::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, Request, redirect::Policy};
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

use self::answer::Verdict;
pub use self::base::{ApiBase, BadBase};
pub use self::bot::{BadToken, BotRest, Posted};
pub use self::incoming::{BadIncomingWebhook, IncomingWebhook};
pub use self::upload::AttachedFile;
use crate::clock::Rng;
use crate::ids::ApplicationId;
use crate::security::secret::Secret;

/// How long we try.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one attempt, the connection included.
    pub attempt: Duration,
    /// For all attempts and the waits between them.
    pub total: Duration,
    /// Before the second attempt; then it doubles.
    pub first_wait: Duration,
}

impl Patience {
    /// Fits, with the calls to AWS around it, into a function that has 10 s.
    pub const STANDARD: Self = Self {
        attempt: Duration::from_secs(2),
        total: Duration::from_secs(5),
        first_wait: Duration::from_millis(200),
    };
}

/// Nothing was changed at Discord, or nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// The token is dead or the message is gone; trying again is useless.
    #[error("Discord no longer knows the reply")]
    Gone,
    /// Discord refuses what we say; trying again is useless.
    #[error("Discord refused: status {status}, code {code}")]
    Refused {
        /// The HTTP status; 0 if the request could not even be built.
        status: u16,
        /// Discord's own number; 0 if it gave none.
        code: u64,
    },
    /// Discord kept failing until the time was up; try again later.
    #[error("Discord did not take it in time: {cause}")]
    GaveUp {
        /// `rate_limited`, `server_error`, `timeout`, `connect` or `transport`.
        cause: &'static str,
    },
}

impl RestError {
    /// What may be logged.
    pub fn code(&self) -> String {
        match self {
            Self::Gone => "gone".to_owned(),
            Self::Refused { status, code } => format!("refused_{status}_{code}"),
            Self::GaveUp { cause } => (*cause).to_owned(),
        }
    }
}

/// A client of Discord's webhook routes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DiscordRest {
    http: Client,
    base: ApiBase,
    patience: Patience,
    rng: Rng,
}

/// The client could not be made: TLS has no roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client could not be made")]
pub struct NoClient;

/// Whether doing it twice is the same as doing it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeat {
    Harmless,
    Doubles,
}

impl DiscordRest {
    /// Talks to `base`, and says that it is the bot of `home`, an address where people find us.
    pub fn new(base: ApiBase, home: &str, patience: Patience, rng: Rng) -> Result<Self, NoClient> {
        let http = Client::builder()
            .user_agent(format!("DiscordBot ({home}, {})", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .https_only(base.is_https())
            .connect_timeout(patience.attempt)
            .build()
            .map_err(|_| NoClient)?;
        Ok(Self { http, base, patience, rng })
    }

    /// Replaces the reply, or the "thinking…" of a deferral.
    pub async fn edit_original<B: Serialize + Sync>(
        &self,
        application: ApplicationId,
        token: &Secret,
        body: &B,
    ) -> Result<(), RestError> {
        let url = self.url(application, token, &["messages", "@original"])?;
        self.send(self.request(Method::PATCH, url, Some(body))?, Repeat::Harmless).await.map(drop)
    }

    /// The same, and says which message it is: the bot may edit it after the token is dead.
    pub async fn post_original<B: Serialize + Sync>(
        &self,
        application: ApplicationId,
        token: &Secret,
        body: &B,
    ) -> Result<Posted, RestError> {
        let url = self.url(application, token, &["messages", "@original"])?;
        let answer = self.send(self.request(Method::PATCH, url, Some(body))?, Repeat::Harmless).await?;
        Posted::read(&answer)
    }

    /// Replaces the reply and sends a file along. The body names it as `attachment://` and its file name.
    pub async fn edit_original_with<B: Serialize + Sync>(
        &self,
        application: ApplicationId,
        token: &Secret,
        body: &B,
        file: AttachedFile<'_>,
    ) -> Result<(), RestError> {
        let url = self.url(application, token, &["messages", "@original"])?;
        let form = upload::form(body, file).await?;
        self.send(form.request(&self.http, Method::PATCH, url)?, Repeat::Harmless).await.map(drop)
    }

    /// Takes the reply away.
    pub async fn delete_original(&self, application: ApplicationId, token: &Secret) -> Result<(), RestError> {
        let url = self.url(application, token, &["messages", "@original"])?;
        self.send(self.request::<()>(Method::DELETE, url, None)?, Repeat::Harmless).await.map(drop)
    }

    /// Says something more. After an attempt whose outcome is unknown it is not said again.
    pub async fn followup<B: Serialize + Sync>(
        &self,
        application: ApplicationId,
        token: &Secret,
        body: &B,
    ) -> Result<(), RestError> {
        let url = self.url(application, token, &[])?;
        self.send(self.request(Method::POST, url, Some(body))?, Repeat::Doubles).await.map(drop)
    }

    async fn send(&self, request: Request, repeat: Repeat) -> Result<Vec<u8>, RestError> {
        self.send_seeing(request, repeat, &|_| ()).await
    }

    /// `see` gets the headers of each answer.
    async fn send_seeing(
        &self,
        request: Request,
        repeat: Repeat,
        see: &(dyn Fn(&HeaderMap) + Sync),
    ) -> Result<Vec<u8>, RestError> {
        let begin = Instant::now();
        for attempt in 0_u32.. {
            let left = self.patience.total.saturating_sub(begin.elapsed());
            let verdict = self.attempt(&request, left.min(self.patience.attempt), see).await;
            let (cause, wait) = match verdict {
                Verdict::Done(body) => return Ok(body),
                Verdict::Final(error) => return Err(error),
                Verdict::Unknown(cause) if repeat == Repeat::Doubles => {
                    return Err(RestError::GaveUp { cause });
                }
                Verdict::Unknown(cause) | Verdict::NotDone(cause, None) => (cause, self.wait(attempt)),
                Verdict::NotDone(cause, Some(wait)) => (cause, wait),
            };
            if begin.elapsed().saturating_add(wait) >= self.patience.total {
                return Err(RestError::GaveUp { cause });
            }
            tokio::time::sleep(wait).await;
        }
        Err(RestError::GaveUp { cause: "timeout" })
    }

    async fn attempt(
        &self,
        request: &Request,
        limit: Duration,
        see: &(dyn Fn(&HeaderMap) + Sync),
    ) -> Verdict {
        // Our bodies are buffers, which can always be cloned.
        let Some(mut request) = request.try_clone() else {
            return Verdict::Final(RestError::Refused { status: 0, code: 0 });
        };
        *request.timeout_mut() = Some(limit);
        match self.http.execute(request).await {
            Ok(response) => {
                see(response.headers());
                answer::judge(response).await
            }
            Err(error) => answer::failed(&error),
        }
    }

    /// Doubling, half of it jitter.
    fn wait(&self, attempt: u32) -> Duration {
        let ceiling = self.patience.first_wait.saturating_mul(1 << attempt.min(10));
        let half = ceiling / 2;
        let random = self.rng.u64().unwrap_or_default();
        half + Duration::from_millis(random % u64::try_from(half.as_millis()).unwrap_or(u64::MAX).max(1))
    }

    fn request<B: Serialize>(
        &self,
        method: Method,
        url: Url,
        body: Option<&B>,
    ) -> Result<Request, RestError> {
        let request = self.http.request(method, url);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.build().map_err(|_| RestError::Refused { status: 0, code: 0 })
    }

    fn url(&self, application: ApplicationId, token: &Secret, rest: &[&str]) -> Result<Url, RestError> {
        self.base.webhook(application, token, rest).ok_or(RestError::Gone)
    }
}
