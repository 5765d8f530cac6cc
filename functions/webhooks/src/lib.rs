//! What other services tell us (SPEC W18 to W21, P11).
//!
//! **The door.** `/webhooks/{source}`: size, the address's limit, headers, signature, age, whether it is new, and only
//! then what is in it. What there is to do goes into a queue as a small message of ours, and the sender has its answer
//! within a second ([`ACKNOWLEDGE_WITHIN`]). We may die anywhere: a message counts as come only when the queue has it.
//!
//! **The queue.** One message at a time is done, told apart by its delivery when it comes twice. While the bot is locked
//! down from L2 on, messages are still taken at the door and wait in the queue.
//!
//! **The night.** Subscriptions that end by themselves are made again.
//!
//! The three are told apart by the shape of the event; only AWS can make the first, and who may invoke us the others.

mod app;
mod atom;
mod config;
mod door;
mod event;
pub mod grants;
mod handle;
mod known;
mod messages;
mod reconcile;
mod report;
mod source;

use core::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use shared::http_event::HttpEvent;
use shared::messages::WebhookJob;
use shared::security::webhook::{Delivery, WebhookSource};

pub use app::{App, AppError, Machine, Patience};
pub use config::{Config, YouTubeChannel};
pub use event::UnknownEvent;

use crate::event::Event;

/// How long a sender waits for us at most. Slack gives up after three seconds, Twitch counts what is slow as failed.
pub const ACKNOWLEDGE_WITHIN: Duration = Duration::from_millis(900);

/// Handles whatever invoked us. A night that failed comes again; the door and the queue say themselves what failed.
pub async fn handle(app: &App, event: Value, request_id: &str) -> Result<Value, Failure> {
    let now = app.clock.now();
    let log = app.logbook.of(request_id, now).await;
    match Event::try_from(event) {
        Ok(Event::Http(request)) => {
            let answered = Box::pin(door::answer(app, &request, log, now)).await;
            app.keep_suspicion().await;
            // Strings and numbers: it always is JSON.
            Ok(serde_json::to_value(answered).unwrap_or_default())
        }
        Ok(Event::Messages(batch)) => {
            let settled = Box::pin(messages::settle(app, batch, &log, now)).await;
            app.keep_suspicion().await;
            Ok(serde_json::to_value(settled).unwrap_or_default())
        }
        Ok(Event::Nightly) => {
            Box::pin(reconcile::run(app, &log, now)).await?;
            Ok(Value::Null)
        }
        Err(unknown) => {
            log.fault("event", "unknown");
            Err(unknown.into())
        }
    }
}

/// Why an invocation failed. `EventBridge` brings a night again, twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// Something is not as it should be, and what can be done was done.
    #[error("the subscriptions could not all be renewed")]
    Incomplete,
}

/// Reads a body as if `source` had signed it; for fuzzing. `kind` is what its unsigned header says. The messages
/// that would go into the queue, or `None` for what is not the source's.
pub fn would_read(
    source: WebhookSource,
    kind: &str,
    body: &[u8],
    channels: &[YouTubeChannel],
    now: Timestamp,
) -> Option<Vec<String>> {
    let headers = [("twitch-eventsub-message-type", kind), ("x-github-event", kind)];
    let (request, delivery) = (HttpEvent::new("POST", &headers, body), Delivery::of(&[body]));
    let read = source::read(source, &request, body, &delivery, channels, now).ok()?;
    let bodies = read.jobs().iter().map(|job| {
        WebhookJob::new(source, job.delivery.clone(), now, job.task.clone()).to_body().unwrap_or_default()
    });
    Some(bodies.collect())
}
