//! `/privacy`: what is held about the caller, a copy of it, its end, and how far that is (SPEC P1, T30, T31). Nothing of
//! it is done here: data-retention has the rights to.

use shared::discord::cards::{self as shown, Question};
use shared::discord::envelope::CommandData;
use shared::discord::escape::Escaped;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource, PrivacyStatus};
use shared::privacy::DataSubject;
use shared::queues::QueueError;
use shared::security::custom_id::ErasureAsked;
use shared::store::deferred::{Purpose, ReplyKind};

use crate::cards;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    match command.subcommand() {
        Some("what") => Ok(Answer::private(shown::privacy(visit.words))),
        Some("export") => export(visit).await,
        Some("delete") => {
            cards::confirm(visit, Question::Erase(ErasureAsked::new(visit.caller.user(), visit.now)))
        }
        Some("status") => status(visit, command).await,
        _ => Err(Refused::UnknownCommand),
    }
}

/// The question was answered with yes. Pressed twice, it is one request.
pub(crate) async fn erase_agreed(visit: &Visit<'_>, asked: ErasureAsked) -> Result<Message, Refused> {
    let id = asked.agreed_by(visit.caller.user(), visit.now).ok_or(Refused::ComponentExpired)?;
    ask(visit, id, PrivacyAction::Erase).await?;
    Ok(Message::PrivacyEraseAsked { request: named(id) })
}

async fn export(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let id = PrivacyRequestId::new(visit.app.rng).map_err(|_| Refused::Unavailable)?;
    ask(visit, id, PrivacyAction::Export).await?;
    Ok(visit.whisper(&Message::PrivacyExportAsked { request: named(id) }))
}

async fn ask(visit: &Visit<'_>, id: PrivacyRequestId, action: PrivacyAction) -> Result<(), Refused> {
    let subject = DataSubject::User(visit.caller.user());
    let request = PrivacyRequest::new(id, subject, action, PrivacySource::Command);
    visit.app.privacy.ask(&request).await.map_err(|error| unsent(visit, &error))?;
    visit.report.log().note("privacy_request", &[("action", action.as_str().into())]);
    Ok(())
}

/// data-retention answers: only it may read how far a request is, and make a link.
async fn status(visit: &Visit<'_>, command: &CommandData) -> Result<Answer, Refused> {
    let typed = command.options().optional_string("request").map_err(Refused::Option)?;
    let read = |text: &str| text.trim().to_ascii_lowercase().parse();
    let request = typed.map(read).transpose().map_err(|_| Refused::Because(Message::PrivacyRequestForm))?;
    if !visit.owe(Purpose::PrivacyStatus { request }, ReplyKind::Ephemeral).await? {
        return Err(Refused::Unavailable);
    }
    let look = PrivacyStatus::new(visit.caller.user(), visit.interaction.id);
    visit.app.privacy.look(&look).await.map_err(|error| unsent(visit, &error))?;
    visit.debt.made();
    visit.debt.deferral().ok_or(Refused::Unavailable)
}

fn unsent(visit: &Visit<'_>, error: &QueueError) -> Refused {
    visit.report.fault("privacy_queue", error.code());
    Refused::Unavailable
}

/// Hex digits: nothing in it is markdown.
fn named(id: PrivacyRequestId) -> Escaped {
    Escaped::new(&id.to_string())
}
