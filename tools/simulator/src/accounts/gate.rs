//! What every request to a service passes: it is counted, noted, and may go wrong.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use super::answers::{self, No};
use super::book::NotGiven;
use super::desk::{At, Endpoint};
use super::fault::AccountsFaultKind;
use super::service::Service;
use crate::client::{Entry, Kind};
use crate::machine;

/// More than any answer here.
const ANSWER_MAX: usize = 1024 * 1024;

pub(super) async fn layer(State(at): State<At>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let endpoint = Endpoint::of(at.service, &path);
    let fault = {
        let mut desk = at.desk();
        desk.count(at.service, endpoint);
        desk.faults.hit(at.service, endpoint)
    };
    let asked = machine::now();
    let response = match fault {
        None => next.run(request).await,
        Some(AccountsFaultKind::RateLimited(seconds)) => rate_limited(at.service, seconds),
        Some(AccountsFaultKind::Status(status)) => failed(status),
        Some(AccountsFaultKind::InvalidGrant) => answers::no(at.service, No::Given(NotGiven::RefreshRevoked)),
        Some(AccountsFaultKind::Hang(ms)) => {
            let response = next.run(request).await;
            tokio::time::sleep(Duration::from_millis(ms)).await;
            response
        }
        Some(AccountsFaultKind::Cut) => cut(next.run(request).await).await,
        Some(AccountsFaultKind::Malformed) => malformed(next.run(request).await).await,
    };
    note(&at, (&method, &path), asked, &response);
    at.core.touch();
    response
}

/// An entry of the timeline. It has the path alone: queries and bodies hold codes and tokens.
fn note(at: &At, (method, path): (&Method, &str), asked: jiff::Timestamp, response: &Response) {
    let status = response.status();
    let title = format!("{} {method} {path} → {}", at.service.name(), status.as_u16());
    let detail =
        json!({ "service": at.service, "method": method.as_str(), "path": path, "status": status.as_u16() });
    let entry = Entry::new(Kind::Account, title).since(asked, machine::now());
    let is_good = status.is_success() || status.is_redirection();
    at.core.feed.note(&entry.ended(is_good).with(detail));
}

/// 429, with the body that the service puts there.
fn rate_limited(service: Service, seconds: u64) -> Response {
    let body = match service {
        Service::Discord => {
            json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": false })
        }
        Service::Slack => json!({ "ok": false, "error": "ratelimited" }),
        Service::Spotify => json!({ "error": { "status": 429, "message": "API rate limit exceeded" } }),
        Service::Twitch => json!({ "error": "Too Many Requests", "status": 429, "message": "" }),
        Service::YouTube => json!({ "error": "rate_limit_exceeded" }),
    };
    let mut response = answers::json(StatusCode::TOO_MANY_REQUESTS, &body);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What stands before a service answers for it, with a page.
fn failed(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let page = format!("<html><body><h1>{status}</h1></body></html>");
    (status, [(header::CONTENT_TYPE, "text/html")], page).into_response()
}

/// Half of an answer; then the connection is gone.
async fn cut(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = body.slice(..body.len() / 2);
    let broken = async {
        // Whoever sends has nothing left for a moment, and so sends what there is.
        tokio::task::yield_now().await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    };
    let pieces = stream::iter([Ok::<Bytes, std::io::Error>(half)]).chain(stream::once(broken));
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// An answer whose end is missing, as if it were whole.
async fn malformed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, ANSWER_MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body.slice(..body.len() / 2)))
}
