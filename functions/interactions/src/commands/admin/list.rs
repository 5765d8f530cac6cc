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
    match status.map(|text| text.parse().map_err(malformed)).transpose()? {
        Some(status) => show(visit, &[status], 0).await,
        None => page(visit, 0).await,
    }
}

/// Everybody, those who wait first; a page of it, from 0.
pub(crate) async fn page(visit: &Visit<'_>, number: u32) -> Result<Answer, Refused> {
    show(visit, &[Status::Pending, Status::Approved, Status::Denied, Status::Revoked], number).await
}

async fn show(visit: &Visit<'_>, wanted: &[Status], number: u32) -> Result<Answer, Refused> {
    let mut listed = Vec::new();
    for status in wanted {
        let mut from = None;
        loop {
            let found = visit.read(visit.app.access.list(*status, from).await)?;
            listed.extend(found.guilds);
            from = found.next;
            if from.is_none() {
                break;
            }
        }
    }
    cards::guilds(visit, &listed, number)
}
