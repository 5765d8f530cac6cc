//! Whoever can reach this address can play everybody. It is on loopback; but a web page that somebody has open in
//! another tab could reach it, too: under a name of its own that it lets point here, or by a request across origins.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};

/// Lets only this machine's own pages and programs in.
pub(crate) fn local_only(router: Router) -> Router {
    router.layer(from_fn(check))
}

async fn check(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "only for pages of this address").into_response()
}

fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(host) = text(header::HOST) else { return false };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_ours = |origin: &str| origin.strip_prefix("http://") == Some(host);
    matches!(name, "127.0.0.1" | "localhost") && text(header::ORIGIN).is_none_or(is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_local(&headers)
    }

    #[test]
    fn programs_and_the_page_itself_get_in() {
        assert!(ask("127.0.0.1:8123", None));
        assert!(ask("localhost:8123", Some("http://localhost:8123")));
    }

    #[test]
    fn other_names_and_other_pages_do_not() {
        assert!(!ask("evil.example:8123", None));
        assert!(!ask("127.0.0.1.evil.example:8123", None));
        assert!(!ask("127.0.0.1:8123", Some("http://evil.example")));
        assert!(!ask("127.0.0.1:8123", Some("http://127.0.0.1:9")));
        assert!(!ask("127.0.0.1:8123", Some("null")));
        assert!(!is_local(&HeaderMap::new()));
    }
}
