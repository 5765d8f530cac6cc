//! The consent page over HTTP: a browser comes, somebody clicks, the browser goes.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use url::Url;

use super::authorize::{self, Asked, Lasting, Refused};
use super::book::Consent;
use super::consent;
use super::desk::{At, Desk};
use super::service::Service;
use super::token::form;
use crate::machine;

/// The page, or why there is none.
pub(super) async fn ask(State(at): State<At>, RawQuery(query): RawQuery) -> Response {
    let desk = at.desk();
    match authorize::read(at.service, query.as_deref().unwrap_or_default(), &desk.clients) {
        Ok(asked) => consent::ask(at.service, &asked, &desk.people),
        Err(refused) => refuse(at.service, refused),
    }
}

/// A click. The request is in the form's address and is read again: nothing of it is taken on trust from the page.
pub(super) async fn answer(
    State(at): State<At>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut desk = at.desk();
    let asked = authorize::read(at.service, query.as_deref().unwrap_or_default(), &desk.clients);
    let asked = match asked {
        Ok(asked) => asked,
        Err(refused) => return refuse(at.service, refused),
    };
    let Some(clicked) = form(&headers, &body) else {
        return consent::refuse(at.service, "nothing was chosen");
    };
    match (clicked.get("account"), clicked.get("deny")) {
        (Some(account), None) => allow(at.service, &mut desk, asked, account),
        (None, Some(_)) => see_other(&asked.back.denied()),
        _ => consent::refuse(at.service, "nothing was chosen"),
    }
}

fn allow(service: Service, desk: &mut Desk, asked: Asked, account: &str) -> Response {
    if desk.person(service, account).is_none() {
        return consent::refuse(service, "there is no such account");
    }
    let Ok(code) = machine::nonce() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let Asked { client, back, scopes, challenge, lasting } = asked;
    let is_new = !desk.book.knows(service, &client.id, account);
    let url = back.code(&code, &scopes);
    let consent = Consent {
        service,
        client: client.id,
        redirect: back.registered,
        account: account.to_owned(),
        scopes,
        challenge,
        lasting: lasting == Lasting::Always || lasting == Lasting::Once && is_new,
    };
    desk.book.consent(consent, code, machine::now());
    see_other(&url)
}

fn refuse(service: Service, refused: Refused) -> Response {
    match refused {
        Refused::Here(why) => consent::refuse(service, &why),
        Refused::There(url) => see_other(&url),
    }
}

/// 303: whatever the browser sent here is not sent on.
fn see_other(url: &Url) -> Response {
    let headers = [(header::LOCATION, url.as_str()), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}
