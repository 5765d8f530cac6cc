//! `/admin list`: servers by their state; those that wait have buttons to decide with.

use shared::discord::envelope::{CommandData, OptionError};
use shared::discord::response::Answer;
use shared::domain::access::Status;
use shared::security::custom_id::GuildsPage;

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

/// Those who wait come first.
const EVERYBODY: [Status; 4] = [Status::Pending, Status::Approved, Status::Denied, Status::Revoked];

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let status = command.options().optional_string("status").map_err(Refused::Option)?;
    let malformed = |_| Refused::Option(OptionError::WrongType { field: "status" });
    let status = status.map(|text| text.parse().map_err(malformed)).transpose()?;
    page(visit, GuildsPage { page: 0, status }).await
}

/// The guilds in one state, or everybody, those who wait first.
pub(crate) async fn page(visit: &Visit<'_>, page: GuildsPage) -> Result<Answer, Refused> {
    let mut listed = Vec::new();
    for status in page.status.as_ref().map_or(&EVERYBODY[..], core::slice::from_ref) {
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
    cards::guilds(visit, &listed, page)
}
