//! Rate limits: the headers on every answer, and the faults that were switched on.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{error, journal};
use crate::core::Core;
use crate::fault::RestFaultKind;
use crate::machine;

/// What each bucket is said to admit; nothing here is ever used up by itself.
const LIMIT: u32 = 50;

/// Lets a fault happen instead of the request.
pub(super) async fn layer(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let hit = core.rest_faults().hit(&method, &path);
    if let Some(duration) = hit.and_then(RestFaultKind::hang) {
        tokio::time::sleep(duration).await;
    }
    let asked = machine::now();
    let (request, body) = journal::keep(request).await;
    let mut response = match hit {
        Some(RestFaultKind::RateLimited { retry_after, global }) => {
            let refused = rate_limited(&path, retry_after, global);
            journal::note(&core, (&method, &path), asked, &body, &refused);
            return refused;
        }
        Some(RestFaultKind::Status(status)) => failed(status),
        Some(RestFaultKind::Hang(_)) | None => next.run(request).await,
    };
    budget(response.headers_mut(), &path, LIMIT - 1, 1.0);
    journal::note(&core, (&method, &path), asked, &body, &response);
    response
}

fn failed(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    error::body(status, 0, &status.to_string())
}

/// 429 (Discord: "Exceeding A Rate Limit").
fn rate_limited(path: &str, retry_after: f64, global: bool) -> Response {
    let body =
        json!({ "message": "You are being rate limited.", "retry_after": retry_after, "global": global });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response();
    let headers = response.headers_mut();
    put(headers, "retry-after", &retry_after.ceil().to_string());
    put(headers, "x-ratelimit-scope", if global { "global" } else { "user" });
    if global {
        put(headers, "x-ratelimit-global", "true");
    } else {
        budget(headers, path, 0, retry_after);
    }
    response
}

fn budget(headers: &mut HeaderMap, path: &str, remaining: u32, reset_after: f64) {
    let reset = machine::now().as_second();
    put(headers, "x-ratelimit-limit", &LIMIT.to_string());
    put(headers, "x-ratelimit-remaining", &remaining.to_string());
    put(headers, "x-ratelimit-reset-after", &format!("{reset_after:.3}"));
    put(headers, "x-ratelimit-reset", &format!("{}.000", reset + 1));
    put(headers, "x-ratelimit-bucket", &bucket(path));
}

/// One a route and top-level resource, as Discord's: the first two parts of the path.
fn bucket(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(2).collect();
    hex::encode(parts.join("/"))
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let own = rate_limited("/channels/1/messages", 1.5, false);
        assert_eq!(own.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(own.headers()["retry-after"], "2");
        assert_eq!(own.headers()["x-ratelimit-remaining"], "0");
        assert_eq!(own.headers()["x-ratelimit-reset-after"], "1.500");
        let global = rate_limited("/channels/1/messages", 1.0, true);
        assert_eq!(global.headers()["x-ratelimit-global"], "true");
    }

    #[test]
    fn a_bucket_is_a_route_and_its_resource() {
        assert_eq!(bucket("/channels/1/messages"), bucket("/channels/1/messages/2"));
        assert_ne!(bucket("/channels/1/messages"), bucket("/channels/2/messages"));
    }
}
