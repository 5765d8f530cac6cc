//! The token endpoint: a code, or a refresh token, for new tokens.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::answers::{self, No};
use super::book::{Exchange, Fresh, Given, NotGiven};
use super::client_auth;
use super::desk::{At, Desk};
use super::eventsub::TOKEN_LIFE;
use super::form::Fields;
use super::id_token::id_token;
use super::service::Service;
use crate::machine::{self, NoEntropy};

pub(super) async fn token(State(at): State<At>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(fresh) = fresh(at.service) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let now = fresh.now;
    if let Some(own) = of_client(at.service, &mut at.desk(), &headers, &body, &fresh) {
        return own;
    }
    let done = give(at.service, &mut at.desk(), &headers, &body, fresh);
    match done {
        Ok(given) => answers::given(&given, id_token(&given.grant, now).as_deref()),
        Err(no) => answers::no(at.service, no),
    }
}

/// A client's own token (RFC 6749, section 4.4), which only Twitch gives here; `None`: something else is asked for.
fn of_client(
    service: Service,
    desk: &mut Desk,
    headers: &HeaderMap,
    body: &[u8],
    fresh: &Fresh,
) -> Option<Response> {
    let fields = form(headers, body).filter(|_| service == Service::Twitch)?;
    if fields.get("grant_type") != Some("client_credentials") {
        return None;
    }
    Some(match client_auth::client(service, headers, &fields, &desk.clients) {
        Ok(client) => {
            desk.eventsub.give(&fresh.access, &client, fresh.now);
            let body = json!({
                "access_token": fresh.access, "expires_in": TOKEN_LIFE.as_secs(), "token_type": "bearer",
            });
            answers::json(StatusCode::OK, &body)
        }
        Err(why) => answers::no(service, No::Client(why)),
    })
}

fn give(
    service: Service,
    desk: &mut Desk,
    headers: &HeaderMap,
    body: &[u8],
    fresh: Fresh,
) -> Result<Given, No> {
    let fields = form(headers, body).ok_or(No::Malformed)?;
    let client = client_auth::client(service, headers, &fields, &desk.clients).map_err(No::Client)?;
    let field = |name: &'static str| fields.get(name).ok_or(No::Missing(name));
    let given = match fields.get("grant_type").ok_or(No::GrantType)? {
        "authorization_code" => desk.book.exchange(
            Exchange {
                service,
                client: &client,
                code: field("code")?,
                redirect: field("redirect_uri")?,
                verifier: fields.get("code_verifier"),
            },
            fresh,
        ),
        "refresh_token" => refresh(service, desk, &client, field("refresh_token")?, fresh),
        _ => return Err(No::GrantType),
    };
    given.map_err(No::Given)
}

fn refresh(
    service: Service,
    desk: &mut Desk,
    client: &str,
    token: &str,
    fresh: Fresh,
) -> Result<Given, NotGiven> {
    let given = desk.book.refresh(service, client, token, fresh)?;
    // Twitch says it again although it is the same; Google does not.
    let again = (service == Service::Twitch).then(|| token.to_owned());
    Ok(Given { refresh: given.refresh.or(again), ..given })
}

/// The fields of a body that says it is a form, and is one.
pub(super) fn form(headers: &HeaderMap, body: &[u8]) -> Option<Fields> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let is_form = kind.split(';').next()?.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    Fields::parse(body).ok().filter(|_| is_form)
}

/// New tokens that look like the service's.
fn fresh(service: Service) -> Result<Fresh, NoEntropy> {
    let (access, refresh) = match service {
        Service::Slack => ("xoxp-", "xoxe-1-"),
        Service::YouTube => ("ya29.", "1//"),
        Service::Discord | Service::Spotify | Service::Twitch => ("", ""),
    };
    Ok(Fresh {
        access: format!("{access}{}", machine::nonce()?),
        refresh: format!("{refresh}{}", machine::nonce()?),
        now: machine::now(),
    })
}
