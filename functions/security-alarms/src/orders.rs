//! What comes out of the queue `-control`. A message is deleted when what it orders is done; each may come twice, and late.

use jiff::SignedDuration;
use shared::domain::incident::{Alert, By, Change, Deed, Incident, IncidentId, Signal};
use shared::messages::{Control, Order};
use shared::sqs_event::{SqsBatchResponse, SqsEvent};
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::change::TRIES;
use crate::hear::hear;
use crate::looking::{Step, act, look};
use crate::not_done::NotDone;
use crate::{contained, score, telling};

/// The shortest silence, in seconds: a shorter one is a fault of whoever sent it.
const SHORTEST_SILENCE_S: u32 = 60;

/// Handles a batch; the answer names the messages that have to come again.
pub(crate) async fn settle(app: &App, messages: SqsEvent, log: &Telemetry) -> SqsBatchResponse {
    let mut failed = Vec::new();
    for record in messages.records {
        let done = match Control::parse(&record.body) {
            Ok(control) => Box::pin(carry_out(app, &control, log)).await,
            // After a few times somebody looks at it.
            Err(_) => Err(NotDone::new("control.message", "unknown")),
        };
        if let Err(error) = done {
            error.log(log);
            failed.push(record.message_id);
        }
    }
    SqsBatchResponse::failing(failed)
}

async fn carry_out(app: &App, control: &Control, log: &Telemetry) -> Result<(), NotDone> {
    let deed = |by: &str| Deed { by: By::Person(by.to_owned()), at: control.at() };
    match control.order() {
        Order::Raise { alert, label } => {
            let signal = Signal { label: label.clone(), ..Signal::new(*alert, Change::Fires, control.at()) };
            if *alert == Alert::GuildBanned {
                score::publish(app, log).await;
            }
            hear(app, &signal, log).await
        }
        Order::Acknowledge { incident, by } => {
            by_person(app, *incident, log, |one, app| one.acknowledge(deed(by), app.clock.now())).await
        }
        Order::Resolve { incident, by } => {
            by_person(app, *incident, log, |one, app| one.resolve(deed(by), app.clock.now())).await
        }
        Order::Review { incident, by } => {
            by_person(app, *incident, log, |one, app| one.reviewed(deed(by), app.clock.now())).await
        }
        Order::Silence { for_s, .. } if *for_s < SHORTEST_SILENCE_S => {
            Err(NotDone::new("control.message", "silence"))
        }
        Order::Silence { incident, for_s, by } => {
            let time = SignedDuration::from_secs((*for_s).into());
            by_person(app, *incident, log, |one, app| one.silence(deed(by), time, app.clock.now())).await
        }
        Order::Contain { incident } => {
            let cause = match incident {
                Some(id) => app.incidents.by_id(*id, app.clock.now()).await?.map(|seen| seen.incident),
                None => None,
            };
            let followed = contained::ordered(app, cause, log).await;
            let published = crate::status::publish(app, log, app.clock.now()).await;
            followed.and(published.map_err(NotDone::from))
        }
        Order::Flush { incident } => look(app, *incident, log).await,
        Order::Deliver { channel, notice, attempt } => {
            telling::deliver(app, channel, notice, *attempt, log).await
        }
        Order::Test { channel } => telling::test(app, channel, log).await,
    }
}

/// What a person does to an incident; the others are told at once. If that was done before, what of it is still owed is
/// looked after.
async fn by_person(
    app: &App,
    id: IncidentId,
    log: &Telemetry,
    by: impl Fn(&Incident, &App) -> Option<Incident>,
) -> Result<(), NotDone> {
    for _ in 0..TRIES {
        let Some(seen) = app.incidents.by_id(id, app.clock.now()).await? else { return Ok(()) };
        let Some(next) = by(&seen.incident, app) else { return look(app, id, log).await };
        if let Some(saved) = app.incidents.save(&seen, next).await? {
            return act(app, Step::changed(&seen.incident, saved).then(true, None), log).await;
        }
    }
    Err(NotDone::contended("incidents.deed"))
}
