//! Where tokens are taken back: RFC 7009 at Discord and Google, their own ways at Twitch and Slack.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::json;

use super::answers::{self, No};
use super::bearer;
use super::book::{Book, Dead, Grant};
use super::client_auth;
use super::desk::{At, Desk};
use super::form::Fields;
use super::service::Service;
use super::token::form;
use super::whoami;
use crate::machine;

pub(super) async fn revoke(State(at): State<At>, headers: HeaderMap, body: Bytes) -> Response {
    let (mut desk, now) = (at.desk(), machine::now());
    let fields = form(&headers, &body);
    match at.service {
        Service::Discord => discord(&mut desk, &headers, fields, now),
        Service::Slack => slack(&mut desk, &headers, &fields.unwrap_or_default(), now),
        Service::Twitch => twitch(&mut desk, &fields.unwrap_or_default(), now),
        Service::YouTube => google(&mut desk, &fields.unwrap_or_default(), now),
        // It has no such place, so nothing leads here.
        Service::Spotify => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The living grant of a token of either kind.
fn owner<'a>(book: &'a Book, service: Service, token: &str, now: Timestamp) -> Option<&'a Grant> {
    let access = book.owner(service, token, now).ok().map(|(grant, _)| grant);
    access.or_else(|| book.of_refresh(service, token))
}

/// All that the user has given the client ends (Discord: "Token Revocation Example"); what is unknown is revoked already.
fn discord(desk: &mut Desk, headers: &HeaderMap, fields: Option<Fields>, now: Timestamp) -> Response {
    let service = Service::Discord;
    let Some(fields) = fields else { return answers::no(service, No::Malformed) };
    let client = match client_auth::client(service, headers, &fields, &desk.clients) {
        Ok(client) => client,
        Err(why) => return answers::no(service, No::Client(why)),
    };
    let Some(token) = fields.get("token") else { return answers::no(service, No::Missing("token")) };
    let grant = owner(&desk.book, service, token, now).filter(|grant| grant.client == client).cloned();
    if let Some(Grant { account, .. }) = grant {
        desk.book.end_all(service, &client, &account);
    }
    answers::json(StatusCode::OK, &json!({}))
}

/// <https://docs.slack.dev/reference/methods/auth.revoke>: the token is who asks. A refresh token is taken, too.
fn slack(desk: &mut Desk, headers: &HeaderMap, fields: &Fields, now: Timestamp) -> Response {
    let Some(token) = bearer::token(Service::Slack, headers).or_else(|| fields.get("token")) else {
        return whoami::dead(Service::Slack, Dead::Missing);
    };
    if matches!(fields.get("test"), Some("1" | "true")) {
        return answers::json(StatusCode::OK, &json!({ "ok": true, "revoked": false }));
    }
    let Some(grant) = owner(&desk.book, Service::Slack, token, now).map(|grant| grant.id) else {
        let why = desk.book.owner(Service::Slack, token, now).err();
        return whoami::dead(Service::Slack, why.unwrap_or(Dead::Unknown));
    };
    desk.book.end(grant);
    answers::json(StatusCode::OK, &json!({ "ok": true, "revoked": true }))
}

/// <https://dev.twitch.tv/docs/authentication/revoke-tokens>: it takes access tokens, and no others. With one its refresh
/// token ends as well.
fn twitch(desk: &mut Desk, fields: &Fields, now: Timestamp) -> Response {
    let no = |status: StatusCode, message: &str| {
        answers::json(status, &json!({ "status": status.as_u16(), "message": message }))
    };
    let Some(client) = fields.get("client_id") else {
        return no(StatusCode::BAD_REQUEST, "missing client id");
    };
    if !desk.clients.iter().any(|one| one.service == Service::Twitch && one.id == client) {
        return no(StatusCode::NOT_FOUND, "client does not exist");
    }
    let Some(token) = fields.get("token") else {
        return no(StatusCode::BAD_REQUEST, "missing oauth token");
    };
    let found = desk.book.owner(Service::Twitch, token, now).ok();
    let Some((grant, _)) = found.filter(|(grant, _)| grant.client == client) else {
        return no(StatusCode::BAD_REQUEST, "Invalid token");
    };
    let grant = grant.id;
    desk.book.end(grant);
    StatusCode::OK.into_response()
}

/// <https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke>: either token ends both.
fn google(desk: &mut Desk, fields: &Fields, now: Timestamp) -> Response {
    let Some(token) = fields.get("token") else {
        return answers::no(Service::YouTube, No::Missing("token"));
    };
    let Some(grant) = owner(&desk.book, Service::YouTube, token, now).map(|grant| grant.id) else {
        let body = json!({ "error": "invalid_token", "error_description": "Token expired or revoked" });
        return answers::json(StatusCode::BAD_REQUEST, &body);
    };
    desk.book.end(grant);
    answers::json(StatusCode::OK, &json!({}))
}
