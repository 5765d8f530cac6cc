//! Sends requests to the services and reads what they answer. Redirects are not followed and nothing is tried twice
//! here: a code is worth one exchange and many a refresh token one refresh, so whoever asks decides what comes after an
//! outcome that nobody knows (SPEC T12, W12).

use core::time::Duration;
use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

use super::answer::{self, ANSWER_MAX, Granted, NotGranted};
use super::eventsub::{HelixAsk, HelixMethod};
use super::identity::{self, DiscordProfile, NotIdentified};
use super::pinned_tls::{Pinning, client_config};
use super::request::{self, Ask, Registration};
use super::spec::spec;
use crate::domain::accounts::{Provider, Subject};
use crate::security::oauth::pkce::Verifier;
use crate::security::secret::Secret;

/// Other addresses than the services' own, for simulators and tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bases(BTreeMap<Provider, Url>);

/// A setting that names no base addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected service=address pairs with commas between them, such as spotify=http://127.0.0.1:8000/spotify"
)]
pub struct BadBases;

impl Bases {
    /// All services below one address, each under its code.
    pub fn below(address: &Url) -> Option<Self> {
        let base = |provider: Provider| {
            let mut url = address.clone();
            url.path_segments_mut().ok()?.pop_if_empty().push(provider.code());
            Some((provider, url))
        };
        Provider::ALL.into_iter().map(base).collect::<Option<_>>().map(Self)
    }

    /// The base of a service, if it is not its own.
    pub fn of(&self, provider: Provider) -> Option<&Url> {
        self.0.get(&provider)
    }
}

impl core::str::FromStr for Bases {
    type Err = BadBases;

    fn from_str(text: &str) -> Result<Self, BadBases> {
        let pair = |text: &str| {
            let (provider, url) = text.split_once('=').ok_or(BadBases)?;
            let url = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            Ok((provider.trim().parse().map_err(|_| BadBases)?, url.ok_or(BadBases)?))
        };
        text.split(',').filter(|text| !text.trim().is_empty()).map(pair).collect::<Result<_, _>>().map(Self)
    }
}

/// How long a service may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To connect.
    pub connect: Duration,
    /// In all.
    pub total: Duration,
}

impl Patience {
    /// Fits with the writes around it into a lease ([`crate::store::token_leases::TokenLeases::TTL`]).
    pub const STANDARD: Self = Self { connect: Duration::from_secs(3), total: Duration::from_secs(10) };
}

/// The client could not be made: TLS has no roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the HTTP client could not be made")]
pub struct NoClient;

/// What became of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The token is worth nothing any more.
    Done,
    /// The service has no place for that; its users have a page.
    NoPlace,
}

/// Why it is not known whose a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    /// The service failed.
    #[error(transparent)]
    Failed(#[from] NotGranted),
    /// What it says is not believed.
    #[error(transparent)]
    Refused(#[from] NotIdentified),
}

/// Why a service does not show something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// It does not take the access token.
    #[error("the service does not take the token")]
    Unauthorized,
    /// There is no such thing, or not for this user.
    #[error("the service has no such thing")]
    NotFound,
    /// It may work later.
    #[error("the service failed: {code}")]
    Later {
        /// For the log.
        code: &'static str,
    },
}

/// The services. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Providers {
    http: Client,
    bases: Bases,
}

impl Providers {
    /// At their own addresses, or at these.
    pub fn new(bases: Bases, patience: Patience) -> Result<Self, NoClient> {
        Self::pinned(bases, patience, None)
    }

    /// The same, with the authorities of some hosts pinned (SPEC T9).
    pub fn pinned(bases: Bases, patience: Patience, pinning: Option<Pinning>) -> Result<Self, NoClient> {
        let client = match pinning.filter(|pinning| !pinning.pins.is_empty()) {
            Some(pinning) => {
                let config = client_config(pinning, []).map_err(|_| NoClient)?;
                Client::builder().tls_backend_preconfigured(config)
            }
            None => Client::builder(),
        };
        let http = client
            .user_agent(concat!("TimmyBot/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .https_only(bases.0.values().all(|base| base.scheme() == "https"))
            .connect_timeout(patience.connect)
            .timeout(patience.total)
            .build()
            .map_err(|_| NoClient)?;
        Ok(Self { http, bases })
    }

    /// Where they are.
    pub const fn bases(&self) -> &Bases {
        &self.bases
    }

    /// Tokens for a code.
    pub async fn exchange(
        &self,
        provider: Provider,
        registration: &Registration,
        code: &str,
        redirect: &Url,
        verifier: &Verifier,
    ) -> Result<Granted, NotGranted> {
        let base = self.bases.of(provider);
        let ask = request::exchange(provider, registration, code, redirect, verifier, base);
        self.granted(provider, ask.map_err(|_| NotGranted::Refused("endpoint"))?).await
    }

    /// New tokens for a refresh token.
    pub async fn refresh(
        &self,
        provider: Provider,
        registration: &Registration,
        token: &Secret,
    ) -> Result<Granted, NotGranted> {
        let ask = request::refresh(provider, registration, token, self.bases.of(provider));
        self.granted(provider, ask.map_err(|_| NotGranted::Refused("endpoint"))?).await
    }

    /// A token of our own, for what is nobody's (RFC 6749, section 4.4).
    pub async fn app_token(
        &self,
        provider: Provider,
        registration: &Registration,
    ) -> Result<Granted, NotGranted> {
        let ask = request::app_token(provider, registration, self.bases.of(provider));
        self.granted(provider, ask.map_err(|_| NotGranted::Refused("endpoint"))?).await
    }

    /// A call of Twitch's API.
    pub(super) async fn helix(
        &self,
        ask: HelixAsk,
        client: &str,
        access: &Secret,
    ) -> Result<Said, NotGranted> {
        let request = match ask.method {
            HelixMethod::Get => self.http.get(ask.url),
            HelixMethod::Post(body) => {
                self.http.post(ask.url).header(CONTENT_TYPE, "application/json").body(body.expose().to_vec())
            }
            HelixMethod::Delete => self.http.delete(ask.url),
        };
        let authorization = Secret::new([b"Bearer ", access.expose()].concat());
        self.sent(request.header("client-id", client), Some(authorization)).await
    }

    /// Takes back what the user has given us. A token that is worth nothing already is revoked.
    pub async fn revoke(
        &self,
        provider: Provider,
        registration: &Registration,
        token: &Secret,
    ) -> Result<Revoked, NotGranted> {
        let ask = request::revoke(provider, registration, token, self.bases.of(provider));
        let Some(ask) = ask.map_err(|_| NotGranted::Refused("endpoint"))? else {
            return Ok(Revoked::NoPlace);
        };
        let said = self.send(ask).await?;
        answer::read_revoked(provider, said.status, said.retry_after, &said.body).map(|()| Revoked::Done)
    }

    /// Whose tokens these are; an ID token has to say the same.
    pub async fn identify(
        &self,
        provider: Provider,
        registration: &Registration,
        granted: &Granted,
        now: Timestamp,
    ) -> Result<Subject, NotKnown> {
        let ask = request::identity(provider, &granted.access, self.bases.of(provider));
        let said = self.send(ask.map_err(|_| NotGranted::Refused("endpoint"))?).await?;
        answer::check(provider, said.status, said.retry_after, &said.body)?;
        let subject = identity::subject(provider, &registration.client, &said.body)?;
        if let Some(id_token) = granted.id_token.as_ref().filter(|_| spec(provider).issuer.is_some()) {
            identity::confirm(provider, &registration.client, id_token, &subject, now)?;
        }
        Ok(subject)
    }

    /// Who signs in with Discord.
    pub async fn discord_profile(&self, access: &Secret) -> Result<DiscordProfile, NotKnown> {
        let ask = request::identity(Provider::Discord, access, self.bases.of(Provider::Discord));
        let said = self.send(ask.map_err(|_| NotGranted::Refused("endpoint"))?).await?;
        answer::check(Provider::Discord, said.status, said.retry_after, &said.body)?;
        Ok(identity::discord_profile(&said.body)?)
    }

    /// What the user with this access token sees at an address of the service.
    pub async fn show(&self, url: Url, access: &Secret) -> Result<Vec<u8>, NotShown> {
        let authorization = Some(Secret::new([b"Bearer ", access.expose()].concat()));
        let sent = self.send(Ask { url, authorization, form: None }).await;
        let said = sent.map_err(|error| match error {
            NotGranted::Later { code, .. } | NotGranted::Refused(code) => NotShown::Later { code },
            NotGranted::InvalidGrant => NotShown::Unauthorized,
        })?;
        match said.status {
            200 if said.body.len() > ANSWER_MAX => Err(NotShown::Later { code: "too_large" }),
            200 => Ok(said.body),
            401 => Err(NotShown::Unauthorized),
            400 | 403 | 404 => Err(NotShown::NotFound),
            429 => Err(NotShown::Later { code: "rate_limited" }),
            500.. => Err(NotShown::Later { code: "status_5xx" }),
            _ => Err(NotShown::Later { code: "status_other" }),
        }
    }

    async fn granted(&self, provider: Provider, ask: Ask) -> Result<Granted, NotGranted> {
        let said = self.send(ask).await?;
        answer::read(provider, said.status, said.retry_after, &said.body)
    }

    async fn send(&self, ask: Ask) -> Result<Said, NotGranted> {
        let request = match ask.form {
            // The body stays in the client's buffers until it is sent; nothing of ours keeps a copy.
            Some(form) => self
                .http
                .post(ask.url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.expose().to_vec()),
            None => self.http.get(ask.url),
        };
        self.sent(request, ask.authorization).await
    }

    async fn sent(&self, request: RequestBuilder, authorization: Option<Secret>) -> Result<Said, NotGranted> {
        let mut request = request.header("accept", "application/json");
        if let Some(authorization) = authorization {
            let value = HeaderValue::from_bytes(authorization.expose());
            let mut value = value.map_err(|_| NotGranted::Refused("header"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let response = request.send().await.map_err(|error| failed(&error))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
        let body = read(response).await.ok_or(NotGranted::Later { code: "cut", after: None })?;
        Ok(Said { status, retry_after, body })
    }
}

/// What a service answered.
pub(super) struct Said {
    pub(super) status: u16,
    retry_after: Option<u64>,
    /// One byte more than [`ANSWER_MAX`] at least, if there was more.
    pub(super) body: Vec<u8>,
}

/// `reqwest`'s words quote addresses; a code says enough.
fn failed(error: &reqwest::Error) -> NotGranted {
    let code = match error {
        error if error.is_connect() => "connect",
        error if error.is_timeout() => "timeout",
        _ => "transport",
    };
    NotGranted::Later { code, after: None }
}

/// Seconds; a date is as if nothing were said.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// What is too long is read as far as shows that; `None`: it broke off.
async fn read(mut response: Response) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() <= ANSWER_MAX {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Some(bytes),
            Err(_) => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
