//! Buttons and windows. Each does what its command does, under the same row of the route table, and then the message
//! that carried it shows what has become of it.

use shared::discord::envelope::ModalData;
use shared::discord::response::{Answer, Modal, REASON_INPUT};
use shared::discord::words::Message;
use shared::domain::access::Reason;
use shared::domain::playback::LoopMode;
use shared::domain::queue::{Command, EntryId, Selection};
use shared::ids::GuildId;
use shared::security::custom_id::{Action, Handle, Loop};
use shared::security::permissions::{EditQueue, Permission, ReviewAccess};

use crate::cards;
use crate::commands::admin::{self, review};
use crate::commands::{clear, playlist, privacy, remove, settings, shuffle, volume};
use crate::music::Changed;
use crate::refused::Refused;
use crate::visit::Visit;

/// A button of ours was pressed.
pub(crate) async fn run(visit: &Visit<'_>, action: Action) -> Result<Answer, Refused> {
    match action {
        Action::QueuePage(page) => Ok(updated(cards::queue_page(visit, page).await?)),
        Action::HistoryPage(page) => Ok(updated(cards::history_page(visit, page).await?)),
        Action::HelpPage(page) => Ok(updated(cards::help(visit, page)?)),
        Action::PlaylistPage(page) => Ok(updated(playlist::list(visit, page).await?)),
        Action::AdminPage(page) => Ok(updated(admin::list_page(visit, page).await?)),
        Action::AuditPage(page) => Ok(updated(admin::audit_page(visit, page).await?)),
        Action::IncidentsPage(page) => Ok(updated(admin::incidents_page(visit, page).await?)),
        Action::Incident(deed, incident) => admin::incident::pressed(visit, deed, incident).await,
        Action::Remove(entry) => {
            let entry = entry_of(entry);
            Ok(cards::settled(visit.words, &remove::take_out(visit, Selection::Entry(entry)).await?))
        }
        Action::PlayNext(entry) => play_next(visit, entry_of(entry)).await,
        Action::ClearConfirm => Ok(cards::settled(visit.words, &clear::confirmed(visit).await?)),
        Action::SettingsReset => Ok(cards::settled(visit.words, &settings::reset_confirmed(visit).await?)),
        Action::PlaylistDelete(which) => {
            Ok(cards::settled(visit.words, &playlist::delete_confirmed(visit, which).await?))
        }
        Action::AdminApprove(guild) => approve(visit, guild).await,
        Action::AdminDeny(guild) => ask_why(visit, guild),
        Action::Erase(asked) => Ok(cards::settled(visit.words, &privacy::erase_agreed(visit, asked).await?)),
        Action::EraseNot => Ok(cards::settled(visit.words, &Message::PrivacyEraseKept)),
        Action::Cancel => Ok(cards::settled(visit.words, &Message::SettingsUnchanged)),
        player => on_player(visit, player).await,
    }
}

/// A window of ours was filled in.
pub(crate) async fn submitted(
    visit: &Visit<'_>,
    action: Action,
    modal: &ModalData,
) -> Result<Answer, Refused> {
    let Action::AdminDeny(guild) = action else { return Err(Refused::ComponentExpired) };
    let proof = visit.authorize::<ReviewAccess>()?;
    let reason = modal.text(REASON_INPUT);
    let message = review::decide(visit, proof, guild, review::Verdict::Deny, reason).await?;
    Ok(visit.whisper(&message))
}

/// The player's own buttons: the card changes in place.
async fn on_player(visit: &Visit<'_>, action: Action) -> Result<Answer, Refused> {
    let changed = match action {
        Action::Pause => visit.change(&Command::Pause).await?,
        Action::Resume => visit.change(&Command::Resume).await?,
        Action::Previous => visit.change(&Command::Previous).await?,
        Action::Loop(mode) => visit.change(&Command::SetLoop(loop_mode(mode))).await?,
        Action::VolumeUp => volume::step(visit, true).await?,
        Action::VolumeDown => volume::step(visit, false).await?,
        Action::Shuffle => shuffle::change(visit).await?,
        Action::Skip => skip(visit).await?,
        _ => return Err(Refused::ComponentExpired),
    };
    cards::player_card(visit, &changed.view).await.map(Answer::Update)
}

async fn skip(visit: &Visit<'_>) -> Result<Changed, Refused> {
    let own = visit.unless(Permission::PlaybackControl);
    // What plays when the press arrives is what is skipped, also when somebody else is skipping it right now.
    let expect = visit.queue()?.now().map(|now| now.slot.entry);
    visit.change_own(&Command::Skip { expect }, own).await
}

async fn play_next(visit: &Visit<'_>, entry: EntryId) -> Result<Answer, Refused> {
    visit.authorize::<EditQueue>()?;
    visit.change(&Command::Promote { entry }).await?;
    let title = visit.title(entry).await?;
    Ok(cards::settled(visit.words, &Message::QueuedNext { title }))
}

async fn approve(visit: &Visit<'_>, guild: GuildId) -> Result<Answer, Refused> {
    let proof = visit.authorize::<ReviewAccess>()?;
    let message =
        review::decide(visit, proof, guild, review::Verdict::Approve { premium: None }, None).await?;
    Ok(cards::settled(visit.words, &message))
}

/// A denial needs a reason, so a window asks for it.
fn ask_why(visit: &Visit<'_>, guild: GuildId) -> Result<Answer, Refused> {
    visit.authorize::<ReviewAccess>()?;
    let ids = visit.custom_ids.ok_or(Refused::Unavailable)?;
    let id = ids.sign(&Action::AdminDeny(guild), &visit.tenant);
    let (title, question) =
        (visit.words.say(&Message::ModalDenyTitle), visit.words.say(&Message::ModalDenyReason));
    let longest = u16::try_from(Reason::MAX).unwrap_or(u16::MAX);
    Ok(Answer::Modal(Modal::new(&title, &question, id, longest)))
}

/// A card that a command would send becomes what the button's message turns into.
fn updated(answer: Answer) -> Answer {
    match answer {
        Answer::Message(card, _) => Answer::Update(card),
        other => other,
    }
}

fn entry_of(handle: Handle) -> EntryId {
    EntryId::from_bytes(handle.to_bytes())
}

const fn loop_mode(mode: Loop) -> LoopMode {
    match mode {
        Loop::Off => LoopMode::Off,
        Loop::Track => LoopMode::Track,
        Loop::Queue => LoopMode::Queue,
    }
}
