//! How each service says yes and no at its token endpoint, as its pages document it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::book::{Given, NotGiven};
use super::client_auth::NotClient;
use super::service::Service;

/// Why a token endpoint gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum No {
    /// The body is no form, or says something twice.
    Malformed,
    /// Nobody knows who asks.
    Client(NotClient),
    /// The grant type is another than a code or a refresh token.
    GrantType,
    /// A field is not there.
    Missing(&'static str),
    /// What was shown is worth nothing.
    Given(NotGiven),
}

/// JSON that nobody keeps (RFC 6749, section 5.1).
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")];
    (status, headers, Json(body)).into_response()
}

/// What was given. What a service does not say is left out.
pub(super) fn given(given: &Given, id_token: Option<&str>) -> Response {
    let service = given.grant.service;
    let mut body = json!({ "access_token": given.access, "token_type": "Bearer" });
    if let Some(life) = given.life {
        body["expires_in"] = json!(life.as_secs());
    }
    if let Some(refresh) = &given.refresh {
        body["refresh_token"] = json!(refresh);
    }
    if let Some(id_token) = id_token {
        body["id_token"] = json!(id_token);
    }
    match service {
        Service::Slack => body["ok"] = json!(true),
        Service::Twitch => {
            body["token_type"] = json!("bearer");
            body["scope"] = json!(given.grant.scopes);
        }
        Service::Discord | Service::Spotify | Service::YouTube => {
            body["scope"] = json!(given.grant.scopes.join(" "));
        }
    }
    json(StatusCode::OK, &body)
}

/// Why nothing was.
pub(super) fn no(service: Service, no: No) -> Response {
    let (status, body) = match service {
        Service::Discord => discord(no),
        Service::Slack => (200, json!({ "ok": false, "error": slack(no) })),
        Service::Spotify => spotify(no),
        Service::Twitch => twitch(no),
        Service::YouTube => google(no),
    };
    json(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST), &body)
}

fn discord(no: No) -> (u16, Value) {
    let described = |error: &str, why: &str| json!({ "error": error, "error_description": why });
    match no {
        No::Malformed => (400, json!({ "error": "invalid_request" })),
        No::Client(_) => (401, json!({ "error": "invalid_client" })),
        No::GrantType => (400, json!({ "error": "unsupported_grant_type" })),
        No::Missing(field) => {
            (400, described("invalid_request", &format!("Missing \"{field}\" in request.")))
        }
        No::Given(NotGiven::NoVerifier) => (400, described("invalid_request", "Missing \"code_verifier\"")),
        No::Given(NotGiven::Verifier) => {
            (400, described("invalid_grant", "Invalid \"code_verifier\" in request."))
        }
        No::Given(NotGiven::Redirect) => {
            (400, described("invalid_grant", "Invalid \"redirect_uri\" in request."))
        }
        No::Given(NotGiven::Code | NotGiven::CodeExpired | NotGiven::CodeUsed) => {
            (400, described("invalid_grant", "Invalid \"code\" in request."))
        }
        No::Given(NotGiven::Refresh | NotGiven::RefreshRevoked) => (400, json!({ "error": "invalid_grant" })),
    }
}

/// <https://docs.slack.dev/reference/methods/openid.connect.token>: always with a 200.
fn slack(no: No) -> &'static str {
    match no {
        No::Malformed | No::Missing(_) => "invalid_arguments",
        No::Client(NotClient::Missing | NotClient::Unknown) => "invalid_client_id",
        No::Client(NotClient::Secret) => "bad_client_secret",
        No::GrantType => "invalid_grant_type",
        No::Given(NotGiven::Redirect) => "bad_redirect_uri",
        No::Given(NotGiven::CodeUsed) => "code_already_used",
        No::Given(NotGiven::Refresh | NotGiven::RefreshRevoked) => "invalid_refresh_token",
        // It looks at no verifier.
        No::Given(NotGiven::Code | NotGiven::CodeExpired | NotGiven::NoVerifier | NotGiven::Verifier) => {
            "invalid_code"
        }
    }
}

fn spotify(no: No) -> (u16, Value) {
    let (error, why) = match no {
        No::Malformed => ("invalid_request", "malformed request"),
        No::Client(NotClient::Missing | NotClient::Unknown) => ("invalid_client", "Invalid client"),
        No::Client(NotClient::Secret) => ("invalid_client", "Invalid client secret"),
        No::GrantType => ("unsupported_grant_type", "grant_type must be authorization_code or refresh_token"),
        No::Missing(field) => {
            let why = format!("{field} must be supplied");
            return (400, json!({ "error": "invalid_request", "error_description": why }));
        }
        No::Given(NotGiven::Code | NotGiven::CodeUsed) => ("invalid_grant", "Invalid authorization code"),
        No::Given(NotGiven::CodeExpired) => ("invalid_grant", "Authorization code expired"),
        No::Given(NotGiven::Redirect) => ("invalid_grant", "Invalid redirect URI"),
        No::Given(NotGiven::NoVerifier) => ("invalid_request", "code_verifier required"),
        No::Given(NotGiven::Verifier) => ("invalid_grant", "code_verifier was incorrect"),
        No::Given(NotGiven::Refresh) => ("invalid_grant", "Invalid refresh token"),
        No::Given(NotGiven::RefreshRevoked) => ("invalid_grant", "Refresh token revoked"),
    };
    (400, json!({ "error": error, "error_description": why }))
}

/// It has no codes, only words.
fn twitch(no: No) -> (u16, Value) {
    let (status, message) = match no {
        No::Malformed => (400, "malformed request".to_owned()),
        No::Client(NotClient::Missing) => (400, "missing client id".to_owned()),
        No::Client(NotClient::Unknown) => (400, "invalid client".to_owned()),
        No::Client(NotClient::Secret) => (403, "invalid client secret".to_owned()),
        No::GrantType => (400, "invalid grant type".to_owned()),
        No::Missing(field) => (400, format!("missing {}", field.replace('_', " "))),
        No::Given(NotGiven::Redirect) => {
            (400, "Parameter redirect_uri does not match registered URI".to_owned())
        }
        No::Given(NotGiven::Refresh | NotGiven::RefreshRevoked) => {
            let body = json!({ "error": "Bad Request", "status": 400, "message": "Invalid refresh token" });
            return (400, body);
        }
        No::Given(_) => (400, "Invalid authorization code".to_owned()),
    };
    (status, json!({ "status": status, "message": message }))
}

fn google(no: No) -> (u16, Value) {
    let (status, error, why) = match no {
        No::Malformed => (400, "invalid_request", "Malformed request"),
        No::Client(NotClient::Missing) => {
            (400, "invalid_request", "Could not determine client ID from request.")
        }
        No::Client(NotClient::Unknown) => (401, "invalid_client", "The OAuth client was not found."),
        No::Client(NotClient::Secret) => (401, "invalid_client", "Unauthorized"),
        No::GrantType => (400, "unsupported_grant_type", "Invalid grant_type"),
        No::Missing(field) => {
            let why = format!("Missing required parameter: {field}");
            return (400, json!({ "error": "invalid_request", "error_description": why }));
        }
        No::Given(NotGiven::Redirect) => (400, "redirect_uri_mismatch", "Bad Request"),
        No::Given(NotGiven::NoVerifier) => (400, "invalid_grant", "Missing code verifier."),
        No::Given(NotGiven::Verifier) => (400, "invalid_grant", "Invalid code verifier."),
        No::Given(NotGiven::Code) => (400, "invalid_grant", "Malformed auth code."),
        No::Given(NotGiven::CodeExpired | NotGiven::CodeUsed | NotGiven::Refresh) => {
            (400, "invalid_grant", "Bad Request")
        }
        No::Given(NotGiven::RefreshRevoked) => (400, "invalid_grant", "Token has been expired or revoked."),
    };
    (status, json!({ "error": error, "error_description": why }))
}

#[cfg(test)]
mod tests {
    use shared::domain::accounts::Provider;
    use shared::providers::answer::{NotGranted, read};

    use super::*;

    /// What the bot makes of a refusal.
    async fn heard(service: Service, why: No) -> NotGranted {
        let response = no(service, why);
        let status = response.status().as_u16();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let provider: Provider = service.code().parse().unwrap();
        read(provider, status, None, &body).unwrap_err()
    }

    #[tokio::test]
    async fn the_bot_hears_what_was_meant() {
        for service in Service::ALL {
            for why in [
                NotGiven::Code,
                NotGiven::CodeExpired,
                NotGiven::CodeUsed,
                NotGiven::Verifier,
                NotGiven::Refresh,
                NotGiven::RefreshRevoked,
            ] {
                let heard = heard(service, No::Given(why)).await;
                assert_eq!(heard, NotGranted::InvalidGrant, "{service:?} {why:?}");
            }
            for why in [NotClient::Unknown, NotClient::Secret] {
                let heard = heard(service, No::Client(why)).await;
                assert_eq!(heard, NotGranted::Refused("client"), "{service:?} {why:?}");
            }
            for why in [No::Malformed, No::GrantType, No::Missing("code"), No::Client(NotClient::Missing)] {
                assert!(matches!(heard(service, why).await, NotGranted::Refused(_)), "{service:?} {why:?}");
            }
        }
    }
}
