//! What this Discord stands on, when it is part of a stack: songs to begin with, and what can go wrong there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Entry, Kind, problem};
use crate::core::Core;

/// A song that can be played at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Song {
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub artist: String,
    /// For `/play`.
    pub url: String,
}

/// Something that can be made to go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// Its name, as in `{"fault": …}`.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// How it is used.
    #[serde(flatten)]
    pub kind: OfferKind,
}

/// How a fault is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OfferKind {
    /// Once.
    Button,
    /// On and off.
    Switch {
        /// Whether it is on.
        on: bool,
    },
    /// With a close code.
    Code {
        /// Those that Discord documents.
        codes: Vec<u16>,
    },
}

/// The stack below.
pub trait Stage: Send + Sync {
    /// Songs for a first `/play`.
    fn songs(&self) -> Vec<Song>;
    /// What can go wrong.
    fn offers(&self) -> Vec<Offer>;
    /// Makes it go wrong, or mends it; the error says why it cannot be.
    fn fault<'a>(&'a self, id: &'a str, on: bool) -> BoxFuture<'a, Result<(), String>>;
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    fault: String,
    #[serde(default = "yes")]
    on: bool,
}

fn yes() -> bool {
    true
}

/// Makes something of the stack go wrong.
pub(super) async fn fault(
    State(core): State<Arc<Core>>,
    Json(Wanted { fault, on }): Json<Wanted>,
) -> Response {
    let Some(stage) = core.stage() else {
        return problem(StatusCode::NOT_FOUND, "this Discord stands alone: no stack is below it");
    };
    let Some(offer) = stage.offers().into_iter().find(|offer| offer.id == fault) else {
        return problem(StatusCode::NOT_FOUND, "there is no such fault");
    };
    let done = stage.fault(&fault, on).await;
    let title = match offer.kind {
        OfferKind::Switch { .. } if !on => format!("{}: over", offer.title),
        _ => offer.title,
    };
    let entry = Entry::new(Kind::Fault, title).with(json!({ "fault": fault, "on": on }));
    core.feed.note(&match &done {
        Ok(()) => entry,
        Err(_) => entry.ended(false),
    });
    core.feed.tell(&json!({ "type": "faults" }));
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => problem(StatusCode::CONFLICT, &why),
    }
}

/// What can go wrong with Discord itself.
pub(super) fn of_discord() -> Vec<Offer> {
    let offer = |id: &str, title: &str, kind| Offer { id: id.to_owned(), title: title.to_owned(), kind };
    let voice = [4006, 4009, 4011, 4014, 4015, 4017, 4020, 4021, 4022].to_vec();
    vec![
        offer("close_voice", "Close the voice socket", OfferKind::Code { codes: voice }),
        offer("close_gateway", "Close the gateway", OfferKind::Code { codes: vec![4000, 4007, 4009] }),
        offer("kick", "Put the bot out of voice", OfferKind::Button),
        offer("move_region", "Move to another voice server", OfferKind::Button),
        offer("mend", "Mend Discord's REST and UDP, and the services", OfferKind::Button),
    ]
}
