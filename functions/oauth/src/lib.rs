//! Linking accounts at other services, and what is done with them (SPEC W12, W13, T3 to T5).
//!
//! **The page.** `/link` gives a user an address that is theirs alone. Opening it sets a cookie and says which Discord
//! user is about to link what; the button sends the browser to the service; the service sends it back to us. Only with
//! the address, the cookie and the state together anything is kept (`shared::security::oauth`).
//!
//! **Jobs.** What takes longer than Discord waits, unlinking and importing, is asked for by an invocation that names a
//! reply's row; we do it and answer there.
//!
//! **Use of tokens.** Others say what they want to know; they get that, and never a token.
//!
//! The three are told apart by the shape of the event. Only AWS can make the first, from a request to our address; the
//! others take the right to invoke us.

mod app;
mod callback;
mod channel;
mod config;
mod door;
mod event;
pub mod grants;
mod import;
mod job;
mod link;
mod page;
mod report;
mod revoked;
mod sign_in;
mod unlink;
mod use_token;
mod visit;

pub use app::{App, AppError, Machine};
pub use config::Config;
pub use event::UnknownEvent;
pub use job::JobError;

use serde_json::Value;

use crate::event::Event;

/// Why an invocation failed. Lambda brings an asynchronous one again, twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// A job could not be done, or its reply not be given.
    #[error(transparent)]
    Job(#[from] JobError),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, request_id: &str) -> Result<Value, Failure> {
    let now = app.clock().now();
    let log = app.logbook.of(request_id, now).await;
    match Event::try_from(event) {
        Ok(Event::Http(request)) => {
            let answered = Box::pin(door::answer(app, &request, log, now)).await;
            app.keep_suspicion().await;
            // Strings and numbers: it always is JSON.
            Ok(serde_json::to_value(answered).unwrap_or_default())
        }
        Ok(Event::Job(job)) => {
            let done = Box::pin(job::run(app, job, &log, now)).await;
            if let Err(error) = &done {
                log.fault("account_job", error.code());
            }
            Ok(done.map(|()| Value::Null)?)
        }
        Ok(Event::Revoked(message)) => {
            let done = revoked::run(app, &message, &log, now).await;
            if let Err(error) = &done {
                log.fault("accounts_revoked", error.code());
            }
            Ok(done.map(|()| Value::Null)?)
        }
        Ok(Event::Use(wanted)) => {
            let used = Box::pin(use_token::run(app, wanted.user(), wanted.call(), &log)).await;
            Ok(serde_json::to_value(used).unwrap_or_default())
        }
        Err(unknown) => {
            log.fault("event", "unknown");
            Err(unknown.into())
        }
    }
}
