//! `/accounts`: what the caller has linked, and what has to be linked again.

use shared::discord::cards::{Tone, notice_text};
use shared::discord::response::Answer;
use shared::discord::words::{Message, Moment};
use shared::store::links::{Link, LinkStatus};

use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let links = visit.links().await?;
    if links.is_empty() {
        return Ok(visit.whisper(&Message::AccountsNone));
    }
    let said: Vec<String> = links.iter().map(|link| visit.words.say(&line(link))).collect();
    visit.has_read(links).await;
    Ok(Answer::private(notice_text(Tone::Calm, said.join("\n"))))
}

fn line(link: &Link) -> Message {
    let provider = link.provider;
    match link.status {
        LinkStatus::Linked => Message::AccountLinked { provider, since: Moment(link.linked_at) },
        LinkStatus::Pending => Message::AccountPending { provider },
        LinkStatus::NeedsReauth => Message::AccountLapsed { provider },
    }
}
