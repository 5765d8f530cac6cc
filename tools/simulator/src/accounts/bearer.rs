//! Whose request it is: an access token in the header `Authorization`.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;

use super::book::{Book, Dead, Grant};
use super::service::Service;

/// The token that a request brings.
pub(super) fn token(service: Service, headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let is_known = scheme.eq_ignore_ascii_case("bearer") || (service == Service::Twitch && scheme == "OAuth");
    is_known.then(|| token.trim()).filter(|token| !token.is_empty())
}

/// The living grant behind it, and until when the token is good.
pub(super) fn owner<'a>(
    service: Service,
    headers: &HeaderMap,
    book: &'a Book,
    now: Timestamp,
) -> Result<(&'a Grant, Option<Timestamp>), Dead> {
    book.owner(service, token(service, headers).ok_or(Dead::Missing)?, now)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_comes_after_its_scheme() {
        let read = |service, header: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            token(service, &headers).map(str::to_owned)
        };
        for service in Service::ALL {
            assert_eq!(read(service, "Bearer abc").as_deref(), Some("abc"));
            assert_eq!(read(service, "bearer abc").as_deref(), Some("abc"));
            assert_eq!(read(service, "OAuth abc").is_some(), service == Service::Twitch);
            for bad in ["abc", "Bearer ", "Basic abc", ""] {
                assert_eq!(read(service, bad), None, "{bad}");
            }
        }
    }
}
