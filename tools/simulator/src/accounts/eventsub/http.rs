//! `/helix/eventsub/subscriptions`, with the answers that Twitch documents.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::book::{Filter, Refused, Subscription, Wanted};
use super::deliver;
use crate::accounts::answers::json as answer;
use crate::accounts::bearer;
use crate::accounts::desk::{At, Desk};
use crate::accounts::form::Fields;
use crate::accounts::service::Service;
use crate::machine;

pub(in crate::accounts) async fn create(State(at): State<At>, headers: HeaderMap, body: Bytes) -> Response {
    let Ok(id) = id() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let made = {
        let mut desk = at.desk();
        let client = match client(&desk, &headers) {
            Ok(client) => client,
            Err((status, why)) => return no(status, why),
        };
        let Ok(wanted) = serde_json::from_slice::<Wanted>(&body) else {
            return no(StatusCode::BAD_REQUEST, "missing or unparseable body");
        };
        let grants = desk.book.grants(Service::Twitch);
        let allowed = |user: &str, scope: &str| {
            grants.iter().any(|grant| {
                grant.client == client && grant.account == user && grant.scopes.iter().any(|own| own == scope)
            })
        };
        desk.eventsub.create(&client, wanted, id, machine::now(), allowed)
    };
    match made {
        Ok(made) => {
            let body = list_body(&[made.view()], 1, None);
            at.core.runtime.spawn(deliver::verify(at.core.clone(), made));
            answer(StatusCode::ACCEPTED, &body)
        }
        Err(Refused::Bad(why)) => no(StatusCode::BAD_REQUEST, why),
        Err(Refused::Forbidden) => no(StatusCode::FORBIDDEN, "subscription missing proper authorization"),
        Err(Refused::Conflict) => no(StatusCode::CONFLICT, "subscription already exists"),
    }
}

pub(in crate::accounts) async fn list(
    State(at): State<At>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let desk = at.desk();
    let client = match client(&desk, &headers) {
        Ok(client) => client,
        Err((status, why)) => return no(status, why),
    };
    let Ok(fields) = Fields::parse(query.unwrap_or_default().as_bytes()) else {
        return no(StatusCode::BAD_REQUEST, "malformed query parameters");
    };
    let (status, kind, user) = (fields.get("status"), fields.get("type"), fields.get("user_id"));
    if [status, kind, user].into_iter().flatten().count() > 1 {
        return no(StatusCode::BAD_REQUEST, "you may specify only one filter");
    }
    let Ok(after) = fields.get("after").map_or(Ok(0), str::parse) else {
        return no(StatusCode::BAD_REQUEST, "invalid cursor");
    };
    let (page, total, next) = desk.eventsub.list(&client, Filter { status, kind, user, after });
    let page: Vec<_> = page.into_iter().map(Subscription::view).collect();
    answer(StatusCode::OK, &list_body(&page, total, next))
}

pub(in crate::accounts) async fn delete(
    State(at): State<At>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let mut desk = at.desk();
    let client = match client(&desk, &headers) {
        Ok(client) => client,
        Err((status, why)) => return no(status, why),
    };
    let fields = Fields::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let Some(id) = fields.get("id") else { return no(StatusCode::BAD_REQUEST, "missing id") };
    if desk.eventsub.delete(&client, id) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        no(StatusCode::NOT_FOUND, "subscription not found")
    }
}

/// The client whose own token a request brings. A user's token makes no webhook.
fn client(desk: &Desk, headers: &HeaderMap) -> Result<String, (StatusCode, &'static str)> {
    let unauthorized = |why| Err((StatusCode::UNAUTHORIZED, why));
    let now = machine::now();
    let Some(token) = bearer::token(Service::Twitch, headers) else {
        return unauthorized("OAuth token is missing");
    };
    let Some(said) = headers.get("client-id").and_then(|id| id.to_str().ok()) else {
        return unauthorized("Client ID is missing");
    };
    if desk.book.owner(Service::Twitch, token, now).is_ok() {
        return Err((StatusCode::BAD_REQUEST, "invalid transport and auth combination"));
    }
    match desk.eventsub.client(token, now) {
        Some(client) if client == said => Ok(client.to_owned()),
        Some(_) => unauthorized("Client ID and OAuth token do not match"),
        None => unauthorized("Invalid OAuth token"),
    }
}

fn list_body(data: &[Value], total: usize, next: Option<usize>) -> Value {
    let pagination = next.map_or_else(|| json!({}), |next| json!({ "cursor": next.to_string() }));
    json!({ "data": data, "total": total, "total_cost": 0, "max_total_cost": 10_000, "pagination": pagination })
}

fn no(status: StatusCode, message: &str) -> Response {
    let error = status.canonical_reason().unwrap_or_default();
    answer(status, &json!({ "error": error, "status": status.as_u16(), "message": message }))
}

/// In the shape of a UUID.
fn id() -> Result<String, machine::NoEntropy> {
    super::uuid()
}
