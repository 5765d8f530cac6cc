//! What becomes of each invocation.

use serde::Serialize;
use serde_json::Value;
use shared::domain::incident::Signal;
use shared::sqs_event::SqsBatchResponse;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::event::{Event, UnknownEvent};
use crate::hear::hear;
use crate::not_done::{NotDone, Outcome};
use crate::notification::{Names, of_bus, of_topic};
use crate::tick::tick;
use crate::watch::watch;
use crate::{Invocation, orders};

/// What Lambda gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// All of it was dealt with.
    Done,
    /// Which messages have to come again.
    Messages(SqsBatchResponse),
}

/// Why an invocation failed. Lambda brings it again, twice; then it is a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It is none of ours.
    #[error(transparent)]
    Unknown(#[from] UnknownEvent),
    /// Something of it is not done.
    #[error(transparent)]
    NotDone(#[from] NotDone),
}

/// Handles whatever invoked us.
pub async fn handle(app: &App, event: Value, invocation: &Invocation) -> Result<Answer, Failure> {
    let now = app.clock.now();
    let log = app.logbook.of(&invocation.id, now).await;
    match Event::try_from(event) {
        Ok(Event::Topic(published)) => {
            let signals = published.iter().flat_map(|one| of_topic(one, names(app), now)).collect();
            Ok(done(&log, hear_all(app, signals, &log).await)?)
        }
        Ok(Event::Bus(bus)) => Ok(done(&log, hear_all(app, of_bus(&bus, names(app), now), &log).await)?),
        Ok(Event::Tick) => Ok(done(&log, Box::pin(tick(app, invocation.deadline, &log)).await)?),
        Ok(Event::Watch) => Ok(done(&log, Box::pin(watch(app, invocation.deadline, &log)).await)?),
        Ok(Event::Orders(messages)) => Ok(Answer::Messages(orders::settle(app, messages, &log).await)),
        Err(unknown) => {
            log.fault("event", "unknown");
            Err(unknown.into())
        }
    }
}

fn names(app: &App) -> Names<'_> {
    Names {
        alert_topic: &app.config.alert_topic,
        alarm_suffix: app.config.alarm_suffix.as_deref(),
        secret_prefix: &app.config.secret_prefix,
    }
}

/// One that cannot be heard now holds no other up; all of them come again then, which does no harm.
async fn hear_all(app: &App, signals: Vec<Signal>, log: &Telemetry) -> Result<(), NotDone> {
    let mut outcome = Outcome::default();
    for signal in signals {
        outcome.take(hear(app, &signal, log).await);
    }
    outcome.end()
}

fn done(log: &Telemetry, done: Result<(), NotDone>) -> Result<Answer, NotDone> {
    done.inspect_err(|error| error.log(log))?;
    Ok(Answer::Done)
}
