//! Who asks: an API key or a bearer token (SPEC W5, W7, W8). Whatever is wrong with either gives one answer each; the cause
//! goes to the log only.

use jiff::Timestamp;
use shared::http_event::{HeaderFault, HttpEvent};
use shared::ids::UserId;
use shared::security::access_token::{self, Access, InvalidToken};
use shared::security::api_key::{ApiKey, KeyHash};
use shared::store::api_keys::StoredKey;
use shared::telemetry::{AuthFailure, StoreOperation};

use crate::app::App;
use crate::report::Report;

/// A good credential.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A person who signed in.
    Person(Person),
    /// An API key.
    Key(Box<StoredKey>),
}

/// A person who signed in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) access: Access,
    /// The operator's configuration names them, and Discord asks them for a second factor (SPEC W3).
    pub(crate) operator: bool,
}

/// Why nobody is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotCaller {
    /// No credential, two of them, or a key that opens nothing: 401 `unauthorized`.
    Unauthorized(AuthFailure, &'static str),
    /// A token that is not believed: 401 `invalid_token`.
    InvalidToken(AuthFailure, &'static str),
    /// Nobody knows, so no: 503.
    Unavailable,
}

impl Caller {
    /// In whose name it acts: a key's maker stands for what it does.
    pub(crate) const fn user(&self) -> UserId {
        match self {
            Self::Person(person) => person.access.user,
            Self::Key(key) => key.made.0,
        }
    }
}

/// Believes one credential, and no more than one.
pub(crate) async fn authenticate(
    app: &App,
    request: &HttpEvent,
    report: &Report,
    now: Timestamp,
) -> Result<Caller, NotCaller> {
    let (key, bearer) = (request.header_once("x-api-key"), request.header_once("authorization"));
    match (key, bearer) {
        (Ok(text), Err(HeaderFault::Missing)) => by_key(app, text, report, now).await,
        (Err(HeaderFault::Missing), Ok(text)) => by_token(app, text, report, now).await,
        (Err(HeaderFault::Missing), Err(HeaderFault::Missing)) => {
            Err(NotCaller::Unauthorized(AuthFailure::MissingHeader, "missing"))
        }
        _ => Err(NotCaller::Unauthorized(AuthFailure::RepeatedHeader, "repeated")),
    }
}

async fn by_key(app: &App, text: &str, report: &Report, now: Timestamp) -> Result<Caller, NotCaller> {
    let refused = |reason| NotCaller::Unauthorized(AuthFailure::NotHonoured, reason);
    let key: ApiKey = text.parse().map_err(|_| refused("malformed_key"))?;
    let hash: KeyHash = key.hash();
    let stored = app.api_keys.find(&hash).await.map_err(|error| {
        report.store_failed(StoreOperation::Guard, &error);
        NotCaller::Unavailable
    })?;
    let stored = stored.ok_or_else(|| refused("unknown_key"))?;
    if !stored.is_good(now) {
        return Err(refused(if stored.revoked_at.is_some() { "revoked_key" } else { "expired_key" }));
    }
    // When it was used last is for people to read; a failure to write it down keeps nobody out.
    if stored.used_at.is_none_or(|at| now.duration_since(at) >= shared::security::api_key::USE_NOTED_EVERY)
        && let Err(error) = app.api_keys.note_use(&hash, now).await
    {
        report.store_failed(StoreOperation::Write, &error);
    }
    Ok(Caller::Key(Box::new(stored)))
}

async fn by_token(app: &App, header: &str, report: &Report, now: Timestamp) -> Result<Caller, NotCaller> {
    let malformed = NotCaller::InvalidToken(AuthFailure::MalformedHeader, "scheme");
    let (scheme, token) = header.split_once(' ').ok_or(malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(malformed);
    }
    let keys = app.jwt_keys(now).await.map_err(|error| {
        report.fault("jwt_keys", error.code());
        NotCaller::Unavailable
    })?;
    let access = access_token::verify(token.trim(), &keys, &app.realm, now)
        .map_err(|error| NotCaller::InvalidToken(failure(error), error.reason()))?;
    let standing = app.sessions.standing(&access, now).await.map_err(|error| {
        report.store_failed(StoreOperation::Guard, &error);
        NotCaller::Unavailable
    })?;
    let ended = NotCaller::InvalidToken(AuthFailure::NotHonoured, "signed_out");
    let sign_in = standing.ok_or(ended)?;
    let operator = sign_in.mfa && app.config.operators.contains(&access.user);
    Ok(Caller::Person(Person { access, operator }))
}

const fn failure(error: InvalidToken) -> AuthFailure {
    match error {
        InvalidToken::Malformed | InvalidToken::Algorithm | InvalidToken::Claims => {
            AuthFailure::MalformedHeader
        }
        InvalidToken::UnknownKey | InvalidToken::BadSignature => AuthFailure::BadSignature,
        InvalidToken::Future | InvalidToken::Expired => AuthFailure::Stale,
    }
}
