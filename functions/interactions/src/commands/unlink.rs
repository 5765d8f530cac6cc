//! `/unlink`: an account is taken back. The oauth function has the tokens; it tells the service, and answers.

use shared::discord::envelope::CommandData;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::store::deferred::Purpose;

use super::link::provider;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let provider = provider(command)?;
    if visit.links().await?.iter().all(|link| link.provider != provider) {
        return Err(Refused::Because(Message::NotLinked { provider }));
    }
    visit.accounts()?.ask(visit, Purpose::Unlink { provider }).await
}
