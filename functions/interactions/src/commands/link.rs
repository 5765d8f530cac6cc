//! `/link`: an address that is the caller's alone, on which they sign in at a service (SPEC W12).

use shared::discord::cards;
use shared::discord::envelope::{CommandData, OptionError};
use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::domain::accounts::Provider;
use shared::security::oauth::callback::LIFE;

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let provider = provider(command)?;
    let accounts = visit.accounts()?;
    if !accounts.offers(provider) {
        return Err(Refused::Because(Message::PageNotSetUp { provider }));
    }
    let address = accounts.address(visit, provider).await?;
    let until = Moment(visit.now.saturating_add(LIFE).unwrap_or(visit.now));
    Ok(Answer::private(cards::link_offer(visit.words, provider, &address, until)))
}

/// The service that an option names.
pub(super) fn provider(command: &CommandData) -> Result<Provider, Refused> {
    let service = command.options().string("service").map_err(Refused::Option)?.parse();
    service.map_err(|_| Refused::Option(OptionError::Unresolved { field: "service" }))
}
