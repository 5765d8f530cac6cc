//! Whose a token is, as each service says it.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answers::json as answer;
use super::bearer;
use super::book::{Dead, Grant};
use super::desk::At;
use super::people::{Account, TEAM};
use super::service::Service;
use crate::machine;

pub(super) async fn whoami(State(at): State<At>, headers: HeaderMap) -> Response {
    let (desk, now) = (at.desk(), machine::now());
    match bearer::owner(at.service, &headers, &desk.book, now) {
        Ok((grant, _)) if !may_ask(grant) => no_scope(at.service),
        Ok((grant, until)) => match desk.account(grant) {
            Some(account) => answer(StatusCode::OK, &view(grant, account, until, now)),
            None => dead(at.service, Dead::Revoked),
        },
        Err(why) => dead(at.service, why),
    }
}

/// Spotify and Twitch tell everybody; the others want to have been asked for it.
fn may_ask(grant: &Grant) -> bool {
    let needed = match grant.service {
        Service::Discord => "identify",
        Service::Slack | Service::YouTube => "openid",
        Service::Spotify | Service::Twitch => return true,
    };
    grant.scopes.iter().any(|scope| scope == needed)
}

fn view(grant: &Grant, account: &Account, until: Option<Timestamp>, now: Timestamp) -> Value {
    let Account { id, name, login, .. } = account;
    match grant.service {
        Service::Discord => json!({
            "id": id, "username": login, "global_name": name, "discriminator": "0", "avatar": null,
            "banner": null, "accent_color": null, "flags": 0, "public_flags": 0, "locale": "en-US",
            "mfa_enabled": true, "premium_type": 0,
        }),
        Service::Slack => json!({
            "ok": true, "sub": id, "https://slack.com/user_id": id, "https://slack.com/team_id": TEAM,
        }),
        Service::Spotify => json!({
            "id": id, "display_name": name, "type": "user", "uri": format!("spotify:user:{id}"), "images": [],
            "href": format!("https://api.spotify.com/v1/users/{id}"),
            "external_urls": { "spotify": format!("https://open.spotify.com/user/{id}") },
        }),
        Service::Twitch => json!({
            "client_id": grant.client, "login": login, "scopes": grant.scopes, "user_id": id,
            "expires_in": until.map_or(0, |until| until.duration_since(now).as_secs()),
        }),
        Service::YouTube => json!({ "sub": id }),
    }
}

fn no_scope(service: Service) -> Response {
    match service {
        Service::Slack => answer(StatusCode::OK, &json!({ "ok": false, "error": "missing_scope" })),
        Service::YouTube => {
            let why = "The request requires higher privileges than provided by the access token.";
            let body = json!({ "error": "insufficient_scope", "error_description": why });
            answer(StatusCode::FORBIDDEN, &body)
        }
        Service::Discord | Service::Spotify | Service::Twitch => dead(service, Dead::Unknown),
    }
}

/// What a token that opens nothing is told.
pub(super) fn dead(service: Service, why: Dead) -> Response {
    let status = if service == Service::Slack { StatusCode::OK } else { StatusCode::UNAUTHORIZED };
    let mut response = answer(status, &words(service, why));
    if matches!(service, Service::Spotify | Service::YouTube) {
        let challenge = format!("Bearer realm=\"{}\", error=\"invalid_token\"", service.code());
        if let Ok(value) = challenge.try_into() {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
    }
    response
}

fn words(service: Service, why: Dead) -> Value {
    match (service, why) {
        (Service::Discord, _) => json!({ "message": "401: Unauthorized", "code": 0 }),
        (Service::Slack, why) => {
            let error = match why {
                Dead::Missing => "not_authed",
                Dead::Unknown => "invalid_auth",
                Dead::Expired => "token_expired",
                Dead::Revoked => "token_revoked",
            };
            json!({ "ok": false, "error": error })
        }
        (Service::Spotify, why) => {
            let message = match why {
                Dead::Missing => "No token provided",
                Dead::Expired => "The access token expired",
                Dead::Unknown | Dead::Revoked => "Invalid access token",
            };
            json!({ "error": { "status": 401, "message": message } })
        }
        (Service::Twitch, Dead::Missing) => {
            json!({ "status": 401, "message": "missing authorization token" })
        }
        (Service::Twitch, _) => json!({ "status": 401, "message": "invalid access token" }),
        (Service::YouTube, _) => {
            json!({ "error": "invalid_request", "error_description": "Invalid Credentials" })
        }
    }
}
