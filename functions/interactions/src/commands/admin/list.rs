//! `/admin list`: servers by their state; those that wait have buttons to decide with.

use shared::discord::envelope::{CommandData, OptionError};
use shared::discord::response::Answer;
use shared::domain::access::Status;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let status = command.options().optional_string("status").map_err(Refused::Option)?;
    let malformed = |_| Refused::Option(OptionError::WrongType { field: "status" });
    let status = status.map_or(Ok(Status::Pending), |text| text.parse().map_err(malformed))?;
    show(visit, status).await
}

/// What waits, for the button.
pub(crate) async fn page(visit: &Visit<'_>) -> Result<Answer, Refused> {
    show(visit, Status::Pending).await
}

async fn show(visit: &Visit<'_>, status: Status) -> Result<Answer, Refused> {
    let listed = visit.read(visit.app.access.list(status, None).await)?;
    cards::guilds(visit, status, &listed.guilds)
}
