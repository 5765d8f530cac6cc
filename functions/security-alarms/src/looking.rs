//! What has to be done about an incident once its row is written, and looking at one again when something may be due.

use jiff::{SignedDuration, Timestamp};
use shared::domain::incident::grouping::{Outcome as Decided, Policy, can_be_hidden, due, is_hidden};
use shared::domain::incident::{Alert, Incident, IncidentId};
use shared::messages::{Control, Order};
use shared::queues::Delay;
use shared::store::incidents::Seen;
use shared::telemetry::Telemetry;

use crate::app::App;
use crate::change::TRIES;
use crate::contained::contain;
use crate::not_done::{NotDone, Outcome};
use crate::{status, telling};

/// Who has begun an incident has contained the bot and told about it by then, or was killed: then whoever hears of the
/// cause again does it.
const TAKEN_OVER_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// An incident as its row is now, and what is to be done.
#[derive(Debug)]
pub(crate) struct Step {
    seen: Seen,
    kind: Kind,
    tell: bool,
    flush_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// We have begun it, or opened it again.
    Opened,
    /// We have changed it; whether members see it.
    Changed { visibly: bool },
    /// Somebody else is at it.
    Same,
}

impl Step {
    /// We have begun it.
    pub(crate) const fn began(seen: Seen) -> Self {
        Self { seen, kind: Kind::Opened, tell: false, flush_at: None }
    }

    /// We have changed it.
    pub(crate) fn changed(before: &Incident, seen: Seen) -> Self {
        let after = &seen.incident;
        let kind = match (before.is_open(), after.is_open()) {
            (false, true) => Kind::Opened,
            (open, _) => Kind::Changed { visibly: open != after.is_open() || before.status != after.status },
        };
        Self { seen, kind, tell: false, flush_at: None }
    }

    /// We have changed nothing.
    pub(crate) const fn same(seen: Seen) -> Self {
        Self { seen, kind: Kind::Same, tell: false, flush_at: None }
    }

    /// What comes next.
    pub(crate) fn then(self, tell: bool, flush_at: Option<Timestamp>) -> Self {
        Self { tell, flush_at, ..self }
    }

    /// Whether the bot has to be contained for it, by us.
    fn contains(&self, now: Timestamp) -> bool {
        let ours =
            self.kind != Kind::Same || now.duration_since(self.seen.incident.since) >= TAKEN_OVER_AFTER;
        ours && self.seen.incident.wants_containment().is_some()
    }
}

/// The bot is contained first, then people hear of it, then what can wait. What fails holds nothing of the rest up.
pub(crate) async fn act(app: &App, step: Step, log: &Telemetry) -> Result<(), NotDone> {
    let now = app.clock.now();
    let (contains, Step { seen, kind, tell, flush_at }) = (step.contains(now), step);
    let (id, settled) = (seen.incident.id, seen.incident.is_settled());
    let mut outcome = Outcome::default();
    outcome.take(Box::pin(contain_and_tell(app, seen, contains, tell, log)).await);
    if let Some(at) = flush_at {
        let order = Control::new(Order::Flush { incident: id }, now);
        outcome.take(app.control.order(&order, Delay::until(at, now)).await.map_err(NotDone::from));
    }
    match kind {
        Kind::Opened => {
            outcome.take(app.rule.turn_on(now).await);
        }
        Kind::Changed { .. } | Kind::Same if settled => {}
        Kind::Changed { .. } | Kind::Same => {
            outcome.take(app.rule.keep_on(now).await);
        }
    }
    if contains || matches!(kind, Kind::Opened | Kind::Changed { visibly: true }) {
        outcome.take(status::publish(app, log, now).await.map_err(NotDone::from));
    }
    outcome.end()
}

async fn contain_and_tell(
    app: &App,
    seen: Seen,
    contains: bool,
    tell: bool,
    log: &Telemetry,
) -> Result<(), NotDone> {
    match (contains, seen.incident.wants_containment()) {
        (true, Some(level)) => Box::pin(contain(app, seen, level, log)).await,
        _ if tell => telling::tell(app, seen, log).await,
        _ => Ok(()),
    }
}

/// Looks whether something is due with an incident, and does it. For the tick and for a doorbell.
pub(crate) async fn look(app: &App, id: IncidentId, log: &Telemetry) -> Result<(), NotDone> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let Some(seen) = app.incidents.by_id(id, now).await? else { return Ok(()) };
        let hidden = hidden(app, seen.incident.alert).await?;
        let decision = due(now, &seen.incident, hidden, &Policy::DEFAULT);
        let step = match decision.outcome {
            Decided::Change(next) => match app.incidents.save(&seen, *next).await? {
                Some(saved) => Step::changed(&seen.incident, saved),
                None => continue,
            },
            Decided::Ignore | Decided::Begin(_) | Decided::Remember(_) => Step::same(seen),
        };
        return act(app, step.then(decision.tell.is_some(), decision.flush_at), log).await;
    }
    Err(NotDone::contended("incidents.look"))
}

/// Whether something that is open hides an alert. Most alerts nothing hides, and nobody asks.
pub(crate) async fn hidden(app: &App, alert: Alert) -> Result<bool, NotDone> {
    if !can_be_hidden(alert) {
        return Ok(false);
    }
    let open = app.incidents.open().await?;
    Ok(is_hidden(alert, &open))
}
