//! Discord's signed door. The order of refusal is fixed here and in `gate.rs`, and nowhere else:
//!
//! event → method → size → headers exactly once → signature over the raw bytes → freshness → PING → replay → access →
//! containment → rate → permission → options.
//!
//! Up to and including the signature, and for an id that was seen before, every refusal is 401 with an empty body.
//! After it Discord gets a 200, and the person an ephemeral answer in their language (SPEC T2, T15, W20, W24).

pub mod accounts;
mod app;
mod ask;
mod autocomplete;
mod caller;
mod cards;
pub mod checks;
mod commands;
mod components;
pub mod config;
mod debt;
mod gate;
pub mod grants;
mod limits;
mod music;
mod orders;
mod refused;
mod report;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod twitch_tests;
mod visit;
pub mod voice;

#[cfg(test)]
mod accounts_tests;
#[cfg(test)]
mod admin_tests;
#[cfg(test)]
mod containment_tests;
#[cfg(test)]
mod event_tests;
#[cfg(test)]
mod failure_tests;
#[cfg(test)]
mod gate_tests;
#[cfg(test)]
mod incidents_tests;
#[cfg(test)]
mod prewake_tests;
#[cfg(test)]
mod privacy_tests;
#[cfg(test)]
mod tenancy_tests;
#[cfg(test)]
mod voice_tests;

use serde_json::value::RawValue;
use shared::discord::envelope::{Interaction, Kind};
use shared::discord::response::Answer;
use shared::http_event::{HttpAnswer, HttpEvent};
use shared::security::pseudonym::Pseudonyms;
use shared::security::signature::{self, Refusal, Verified};
use shared::telemetry::Telemetry;

pub use app::{App, Machine};

use crate::report::Report;

/// Answers one event of Lambda: payload format 2.0, from a Function URL or an HTTP API.
pub async fn handle(app: &App, event: &RawValue) -> HttpAnswer {
    let now = app.now();
    let parsed = HttpEvent::parse(event.get().as_bytes()).ok();
    let entered = match &parsed {
        Some(event) => signature::verify(event, app.public_keys(), now),
        None => Err(Refusal::MalformedEvent),
    };
    let answer = match entered {
        Ok(verified) => Box::pin(inside(app, &verified, parsed.as_ref())).await,
        Err(refusal) => refuse(app, refusal, parsed.as_ref()).await,
    };
    app.keep_suspicion().await;
    answer
}

/// 401 and nothing else; the cause goes to the log.
async fn refuse(app: &App, refusal: Refusal, event: Option<&HttpEvent>) -> HttpAnswer {
    let now = app.now();
    let names = app.keys_in_time(now).await.pseudonyms;
    let report = Report::new(app.log(event.and_then(HttpEvent::request_id), names));
    report.refused_at_the_door(refusal, event, now);
    HttpAnswer::empty(401)
}

/// Past the signature. A PING needs nothing but the proof that Discord sent it, whatever state we are in.
async fn inside(app: &App, verified: &Verified<'_>, event: Option<&HttpEvent>) -> HttpAnswer {
    let request_id = event.and_then(HttpEvent::request_id);
    let interaction = match Interaction::parse(verified.body()) {
        Ok(interaction) if interaction.kind == Kind::Ping => return ok(&Answer::Pong),
        Ok(interaction) => interaction,
        Err(_) => return unreadable(&app.log(request_id, Pseudonyms::unavailable())),
    };
    match visit::answer(app, &interaction, request_id).await {
        Ok(answer) => ok(&answer),
        Err(visit::NoAnswer::Replayed) => refuse(app, Refusal::Replayed, event).await,
        Err(visit::NoAnswer::Nobody) => unreadable(&app.log(request_id, Pseudonyms::unavailable())),
    }
}

fn ok(answer: &Answer) -> HttpAnswer {
    HttpAnswer::json(200, answer.to_json())
}

/// Signed by Discord and still nothing that we can read: a fault on one of the two sides, worth a line.
fn unreadable(log: &Telemetry) -> HttpAnswer {
    log.fault("interaction", "unreadable");
    let body = r#"{"error":{"code":"invalid_input","message":"The body is not an interaction."}}"#;
    HttpAnswer::json(400, body.to_owned())
}
