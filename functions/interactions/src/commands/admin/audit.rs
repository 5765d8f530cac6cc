//! `/admin audit`: the latest administrative actions. Looking at them is one itself (SPEC T36, T37).

use jiff::SignedDuration;
use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::ids::GuildId;
use shared::security::custom_id::{AuditFilter, AuditPage};
use shared::security::permissions::ReadAudit;

use super::audited::{Deed, event, note, tenant};
use crate::cards;
use crate::commands::options::in_range;
use crate::refused::Refused;
use crate::visit::Visit;

/// How many actions are looked through.
const LATEST: u16 = 50;
/// How far back one may look, in hours; the registration says the same.
const HOURS_MAX: u64 = 720;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let options = command.options();
    let about = options.optional_string("server").map_err(Refused::Option)?;
    let malformed = |_| Refused::Because(Message::GuildIdBad);
    let guild = about.map(|text| text.trim().parse::<GuildId>().map_err(malformed)).transpose()?;
    let hours = options.optional_integer("hours").map_err(Refused::Option)?;
    let hours = hours.map(|hours| in_range::<u32>(hours, 1, HOURS_MAX)).transpose()?;
    page(visit, AuditPage { page: 0, filter: AuditFilter { guild, hours } }).await
}

/// What the filter leaves of a chain; the button carries the filter. Hours count from now, on each page anew.
pub(crate) async fn page(visit: &Visit<'_>, page: AuditPage) -> Result<Answer, Refused> {
    visit.authorize::<ReadAudit>()?;
    let AuditFilter { guild, hours } = page.filter;
    let tenant = tenant(guild);
    let mut rows = visit.read(visit.app.audit.latest(&tenant, LATEST, None, visit.now).await)?;
    if let Some(hours) = hours {
        let since = visit.now - SignedDuration::from_hours(hours.into());
        rows.retain(|row| row.event.at() >= since);
    }
    let look = Deed { action: "audit.read", resource: "audit", guild };
    note(visit, look, event(visit, look)?).await?;
    cards::audit(visit, &rows, page)
}
