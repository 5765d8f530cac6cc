//! Every request of a bot is an entry of the timeline; a rule that it broke is one in red.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::sent::SENT_MAX;
use crate::client::{Entry, Kind};
use crate::core::Core;
use crate::machine;
use crate::rules::Violation;

/// The same request, and what it says.
pub(super) async fn keep(request: Request) -> (Request, Bytes) {
    let (parts, body) = request.into_parts();
    // A body that is too long or breaks off is none, and is refused for that.
    let body = to_bytes(body, SENT_MAX).await.unwrap_or_default();
    (Request::from_parts(parts, Body::from(body.clone())), body)
}

/// Notes what was asked and how it ended.
pub(super) fn note(
    core: &Core,
    (method, path): (&str, &str),
    asked: Timestamp,
    body: &[u8],
    response: &Response,
) {
    let (status, title) = (response.status(), format!("{method} {}", short(path)));
    let said = serde_json::from_slice(body).unwrap_or_else(|_| json!(format!("{} bytes", body.len())));
    let detail = json!({ "method": method, "path": path, "status": status.as_u16(), "body": said });
    let entry = Entry::new(Kind::Rest, format!("{title} → {}", status.as_u16()));
    core.feed.note(&entry.since(asked, machine::now()).ended(status.is_success()).with(detail));
    if let Some(Violation { at, rule }) = response.extensions().get() {
        let detail = json!({ "rule": rule, "where": at, "body": said });
        core.feed.note(&Entry::new(Kind::Violation, format!("{title}: {rule}")).ended(false).with(detail));
    }
}

/// Without the ids of messages and channels, and without the token of an interaction, which is longer than all the rest.
fn short(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(|part| if part.len() > 14 { "…" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_long_ids_are_left_out_of_titles() {
        let path = format!("/webhooks/9001/{}/messages/@original", "t".repeat(40));
        assert_eq!(short(&path), "webhooks/9001/…/messages/@original");
        assert_eq!(short("/channels/645027906669510667/messages"), "channels/…/messages");
    }
}
