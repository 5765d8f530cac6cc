//! `/admin incidents`: what goes on, the most urgent first, then what has been, the latest first (SPEC P1, T34).

use shared::discord::response::Answer;
use shared::domain::incident::Incident;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

/// How many of the latest are looked through besides those that go on.
const LATEST: usize = 50;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    page(visit, 0).await
}

/// A page of them, from 0.
pub(crate) async fn page(visit: &Visit<'_>, number: u32) -> Result<Answer, Refused> {
    let (open, latest) = tokio::join!(
        visit.app.incidents.open(),
        Box::pin(visit.app.incidents.recent(LATEST, None, visit.now))
    );
    let (mut all, latest) = (visit.read(open)?, visit.read(latest)?);
    all.sort_by_key(|incident| (incident.severity, core::cmp::Reverse(incident.id)));
    let over = |incident: &Incident| all.iter().all(|open| open.id != incident.id);
    let over: Vec<_> = latest.into_iter().filter(over).collect();
    all.extend(over);
    cards::incidents(visit, &all, number)
}
