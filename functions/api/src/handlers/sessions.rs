//! Signing in and out (SPEC W7 to W10).

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::http_error::{ErrorCode, HttpError};
use shared::security::access_token::{self, Access};
use shared::security::key_set::KeySet;
use shared::security::oauth::one_time::{Digest, OneTime};
use shared::security::refresh_token::RefreshToken;
use shared::store::sessions::{Refreshed, SignIn};
use shared::telemetry::{AuthFailure, StoreOperation};

use crate::reply::Reply;
use crate::visit::{Visit, unavailable};

/// The cookie of the browser that began to sign in; the oauth function sets it.
const COOKIE: &str = "__Host-timmybot-linking";

/// The code that a sign-in ends with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Redeem {
    /// As the page shows it.
    #[schemars(length(max = 100))]
    code: String,
    /// The secret whose hash was given when the sign-in began, by a terminal. A browser has its cookie instead.
    #[schemars(length(max = 100))]
    verifier: Option<String>,
}

/// A refresh token.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The one that was given last.
    #[schemars(length(max = 200))]
    refresh_token: String,
}

/// What a sign-in is worth. Keep it to yourself.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tokens {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// For so many seconds.
    expires_in: i64,
    /// Good once, for the next two tokens.
    refresh_token: String,
}

/// Redeems a code. Whoever does not hold what it is bound to finds nothing, and uses nothing up.
pub(crate) async fn begin(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Redeem = visit.body()?;
    let refused = |detail| not_believed(visit, AuthFailure::NotHonoured, detail);
    let code: OneTime = asked.code.parse().map_err(|_| refused("malformed_code"))?;
    let bound = bound(visit, asked.verifier.as_deref()).ok_or_else(|| refused("unbound"))?;
    let keys = keys(visit).await?;
    let redeemed = visit.app.sign_ins.redeem(&code.digest(), &bound, visit.now).await;
    let who = redeemed.map_err(|error| visit.failed(StoreOperation::Guard, &error))?;
    let who = who.ok_or_else(|| refused("unknown_code"))?;
    let first = RefreshToken::first(visit.app.rng).map_err(|_| unavailable())?;
    let name = visit.report.names().user(who.user);
    let sign_in = visit.wrote(visit.app.sessions.begin(&first, who, visit.now).await)?;
    visit.report.signed_in(name, visit.now);
    Ok(Reply::json(201, &tokens(visit, &sign_in, &first, &keys)?))
}

/// Gives the next two tokens for a refresh token. A spent one ends its sign-in.
pub(crate) async fn refresh(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let asked: Refresh = visit.body()?;
    let refused = |detail| not_believed(visit, AuthFailure::NotHonoured, detail);
    let presented: RefreshToken =
        asked.refresh_token.parse().map_err(|_| refused("malformed_refresh_token"))?;
    let keys = keys(visit).await?;
    let refreshed = visit.app.sessions.refresh(&presented, &keys, visit.now).await;
    match refreshed.map_err(|error| visit.failed(StoreOperation::Guard, &error))? {
        Refreshed::Granted { sign_in, next } => Ok(Reply::ok(&tokens(visit, &sign_in, &next, &keys)?)),
        Refreshed::Reused { user } => {
            visit.report.reused(visit.report.names().user(user), visit.now);
            Err(invalid_token())
        }
        Refreshed::Over => Err(refused("over")),
    }
}

/// Signs out: the access token is denied until it would have ended, and its sign-in is over.
pub(crate) async fn end(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let access = &visit.person()?.access;
    visit.wrote(visit.app.sessions.deny(access).await)?;
    visit.wrote(visit.app.sessions.end(&access.family).await)?;
    visit.report.credential("sign_out", "session", visit.report.names().user(access.user), visit.now);
    Ok(Reply::done())
}

/// Signs out everywhere.
pub(crate) async fn end_all(visit: &Visit<'_>) -> Result<Reply, HttpError> {
    let user = visit.person()?.access.user;
    visit.wrote(visit.app.sessions.end_all(user).await)?;
    visit.report.credential("sign_out_everywhere", "session", visit.report.names().user(user), visit.now);
    Ok(Reply::done())
}

/// What a code is bound to: what a terminal says, or the browser's cookie.
fn bound(visit: &Visit<'_>, verifier: Option<&str>) -> Option<Digest> {
    let text = match verifier {
        Some(text) => text,
        None => visit.request.cookie_once(COOKIE).ok()?,
    };
    text.parse::<OneTime>().ok().map(|one| one.digest())
}

async fn keys(visit: &Visit<'_>) -> Result<std::sync::Arc<KeySet>, HttpError> {
    visit.app.jwt_keys(visit.now).await.map_err(|error| {
        visit.report.fault("jwt_keys", error.code());
        unavailable()
    })
}

fn tokens(
    visit: &Visit<'_>,
    sign_in: &SignIn,
    refresh: &RefreshToken,
    keys: &KeySet,
) -> Result<Tokens, HttpError> {
    let life = visit.app.config.access_token_life;
    let expires_at = visit.now.saturating_add(life).unwrap_or(Timestamp::MAX);
    let operator = sign_in.mfa && visit.app.config.operators.contains(&sign_in.user);
    let access = Access {
        user: sign_in.user,
        username: sign_in.username.clone(),
        roles: operator.then(|| "admin".to_owned()).into_iter().collect(),
        id: HEXLOWER.encode(&visit.random::<16>()?),
        family: refresh.family(),
        epoch: sign_in.epoch,
        expires_at,
    };
    let signed = access_token::sign(&access, keys, &visit.app.realm, visit.now);
    let access_token = signed.map_err(|_| {
        visit.report.fault("access_token", "not_signed");
        unavailable()
    })?;
    let expires_in = life.min(SignedDuration::from_hours(1)).as_secs();
    Ok(Tokens { access_token, token_type: "Bearer", expires_in, refresh_token: refresh.reveal() })
}

fn not_believed(visit: &Visit<'_>, reason: AuthFailure, detail: &'static str) -> HttpError {
    visit.report.not_believed(reason, detail, visit.now);
    invalid_token()
}

/// One and the same for a code and for a refresh token, whatever is wrong with it.
fn invalid_token() -> HttpError {
    HttpError::new(ErrorCode::InvalidToken, "It is not good, or not any more. Sign in again.")
}
