//! `/admin audit`: the latest administrative actions. Looking at them is one itself (SPEC T36, T37).

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::ids::GuildId;
use shared::security::permissions::ReadAudit;
use shared::store::audit::AppendError;

use super::audited::{Deed, event, tell, tenant};
use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

/// How many actions are shown.
const SHOWN: u32 = 10;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let about = command.options().optional_string("server").map_err(Refused::Option)?;
    let malformed = |_| Refused::Because(shared::discord::words::Message::GuildIdBad);
    let about = about.map(|text| text.trim().parse::<GuildId>().map_err(malformed)).transpose()?;
    show(visit, about).await
}

/// The operators' own chain, for the button.
pub(crate) async fn page(visit: &Visit<'_>) -> Result<Answer, Refused> {
    show(visit, None).await
}

async fn show(visit: &Visit<'_>, about: Option<GuildId>) -> Result<Answer, Refused> {
    visit.authorize::<ReadAudit>()?;
    let tenant = tenant(about);
    let rows = visit.read(visit.app.audit.latest(&tenant, SHOWN, None).await)?;
    note_the_look(visit, &tenant, about).await?;
    cards::audit(visit, &rows)
}

async fn note_the_look(visit: &Visit<'_>, tenant: &str, about: Option<GuildId>) -> Result<(), Refused> {
    let deed = Deed { action: "audit.read", resource: "audit", guild: about };
    let event = event(visit, deed)?;
    match visit.app.audit.append(tenant, event.clone()).await {
        Ok(_) => {
            tell(visit, deed, &event);
            Ok(())
        }
        Err(AppendError::Store(error)) => visit.wrote(Err(error)),
        Err(AppendError::Refused { .. }) => Err(Refused::Busy),
    }
}
