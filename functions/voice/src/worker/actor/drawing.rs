//! The player card and the text under the channel's name (SPEC P2). At most one edit of each is on its way; what
//! changes meanwhile is drawn after it.

use core::time::Duration;

use serde_json::value::RawValue;
use shared::discord::components::Picture;
use shared::discord::rest::{AttachedFile, Posted, RestError};
use shared::domain::observed::CardAt;
use shared::domain::queue::EntryId;
use shared::domain::track::Title;
use shared::ids::{ChannelId, InteractionId};
use shared::telemetry::Telemetry;
use tokio::time::Instant;

use super::Actor;
use crate::failure::PlayError;
use crate::media::Cover;
use crate::worker::card::{Shown, card, cover, title};
use crate::worker::deps::Deps;
use crate::worker::mail::{Drawn, Hung, Mail};

/// How long the card says why a track was passed over, from when the next one plays: less than until its next drawing.
const NEWS: Duration = Duration::from_secs(8);

/// Where drawing stands.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    due: bool,
    busy: bool,
    /// The text under a channel's name, as it was set last.
    status: Option<(ChannelId, Option<String>)>,
    passed_over: Option<PassedOver>,
    /// The cover that was sent last.
    cover: Option<Hung>,
}

/// A track that could not be played.
#[derive(Debug)]
struct PassedOver {
    title: Title,
    error: PlayError,
    /// When it stood on the card beside the track that plays instead.
    shown: Option<Instant>,
}

impl Drawing {
    /// Something that the card shows has changed.
    pub(super) const fn due(&mut self) {
        self.due = true;
    }

    pub(super) const fn is_busy(&self) -> bool {
        self.busy
    }

    /// A track could not be played, and whoever sees the card should know why.
    pub(super) fn passed_over(&mut self, title: Title, error: PlayError) {
        self.passed_over = Some(PassedOver { title, error, shown: None });
        self.due = true;
    }

    /// What became of this entry's cover on this card, if it was sent.
    fn hung(&self, card: CardAt, entry: EntryId) -> Option<&Hung> {
        self.cover.as_ref().filter(|hung| hung.card == card && hung.entry == entry)
    }

    fn news(&self, now: Instant) -> Option<(&Title, PlayError)> {
        let is_news = |shown: Option<Instant>| shown.is_none_or(|at| now.duration_since(at) < NEWS);
        let news = self.passed_over.as_ref().filter(|news| is_news(news.shown))?;
        Some((&news.title, news.error))
    }

    /// Everybody sees the card now, and something plays.
    fn seen(&mut self, now: Instant) {
        if let Some(news) = &mut self.passed_over {
            news.shown.get_or_insert(now);
        }
    }
}

impl Actor {
    /// Draws what is due.
    pub(super) fn draw(&mut self) {
        if !self.drawing.due || self.drawing.busy {
            return;
        }
        self.drawing.due = false;
        self.write_status();
        let Some(at) = self.observed.card else { return };
        let cover = self.cover_to_hang(at);
        let body = match &cover {
            Some((_, cover)) => self.body_with(Some(Picture::Attached(cover.file_name()))),
            None => self.body(),
        };
        let Some(body) = body else { return };
        self.drawing.busy = true;
        let (deps, outbox) = (self.deps.clone(), self.outbox.clone());
        tokio::spawn(async move {
            let (drawn, hung) = match cover {
                Some((entry, cover)) => hang(&deps, at, &body, entry, &cover).await,
                None => (judge(deps.bot.edit_message(posted(at), &body).await, &deps.telemetry), None),
            };
            drop(outbox.send(Mail::Drawn(drawn, hung)).await);
        });
    }

    /// The cover of what plays, if it still has to be sent.
    fn cover_to_hang(&self, at: CardAt) -> Option<(EntryId, Cover)> {
        let (entry, _) = self.wanted.now.as_ref()?;
        let cover = cover(&entry.track, self.tags())?;
        self.drawing.hung(at, entry.id).is_none().then(|| (entry.id, cover.clone()))
    }

    /// The card as a message's body.
    pub(super) fn body(&self) -> Option<Box<RawValue>> {
        let entry = self.wanted.entry();
        let hung = self
            .observed
            .card
            .zip(entry)
            .and_then(|(card, entry)| self.drawing.hung(card, entry)?.url.as_deref());
        self.body_with(hung.map(Picture::At))
    }

    fn body_with(&self, cover: Option<Picture<'_>>) -> Option<Box<RawValue>> {
        let position = self.observed.heard.filter(|heard| Some(heard.run) == self.wanted.run());
        let position = position.map(|heard| heard.position_at(self.deps.clock.now()));
        let shown = Shown {
            tenant: &self.tenant,
            locale: &self.locale,
            position_ms: position,
            length: self.length().filter(|_| position.is_some()),
            tags: self.tags(),
            cover,
            notice: self.notice,
            passed_over: self.drawing.news(Instant::now()),
        };
        serde_json::from_slice(&card(&self.deps, &self.wanted, shown).message_body()).ok()
    }

    pub(super) fn drawn(&mut self, drawn: Drawn, hung: Option<Hung>) {
        self.drawing.busy = false;
        self.drawing.cover = hung.or_else(|| self.drawing.cover.take());
        match drawn {
            Drawn::Yes if self.is_playing() => self.drawing.seen(Instant::now()),
            Drawn::Yes => {}
            Drawn::Gone => self.observed.card = None,
            Drawn::Later => self.drawing.due(),
        }
    }

    /// An interaction was answered; its message may be the card from now on, and the one before goes.
    pub(super) fn posted(&mut self, interaction: InteractionId, card: Option<CardAt>) {
        self.answering.remove(&interaction);
        self.queued.remove(&interaction);
        self.replies.retain(|(id, _)| *id != interaction);
        let Some(card) = card else { return };
        if let Some(old) = self.observed.card.replace(card).filter(|old| *old != card) {
            let deps = self.deps.clone();
            tokio::spawn(async move {
                judge(deps.bot.delete_message(posted(old)).await, &deps.telemetry);
            });
        }
        self.drawing.due();
    }

    fn write_status(&mut self) {
        let Some(channel) = self.seat() else {
            self.drawing.status = None;
            return;
        };
        let playing = self.wanted.now.as_ref().filter(|_| self.is_playing());
        let title = playing.map(|(entry, _)| title(&entry.track, self.tags()).as_str().to_owned());
        let status = Some((channel, title.clone()));
        if self.drawing.status == status {
            return;
        }
        self.drawing.status = status;
        let deps = self.deps.clone();
        tokio::spawn(async move {
            judge(deps.bot.set_voice_status(channel, title.as_deref()).await, &deps.telemetry);
        });
    }
}

const fn posted(card: CardAt) -> Posted {
    Posted { message: card.message, channel: card.channel }
}

/// Draws the card with its cover. A cover that Discord does not want must not cost the card.
async fn hang(
    deps: &Deps,
    card: CardAt,
    body: &RawValue,
    entry: EntryId,
    cover: &Cover,
) -> (Drawn, Option<Hung>) {
    let (name, media_type) = (cover.file_name(), cover.media_type());
    let file = AttachedFile { name, media_type, bytes: cover.bytes() };
    match deps.bot.edit_message_with(posted(card), &body, file).await {
        Ok(url) => (Drawn::Yes, Some(Hung { card, entry, url })),
        Err(error @ RestError::Refused { .. }) => {
            deps.telemetry.fault("discord.cover", &error.code());
            (Drawn::Later, Some(Hung { card, entry, url: None }))
        }
        Err(error) => (judge(Err(error), &deps.telemetry), None),
    }
}

fn judge(result: Result<(), RestError>, log: &Telemetry) -> Drawn {
    match result {
        Ok(()) => Drawn::Yes,
        Err(RestError::Gone) => Drawn::Gone,
        Err(error @ RestError::Refused { .. }) => {
            log.fault("discord.card", &error.code());
            Drawn::Gone
        }
        Err(RestError::GaveUp { .. }) => Drawn::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_stay_until_the_next_track_has_been_shown_for_a_while() {
        let (mut drawing, start) = (Drawing::default(), Instant::now());
        let title = Title::parse("Away").unwrap();
        assert_eq!(drawing.news(start), None);
        drawing.passed_over(title.clone(), PlayError::NotFound);
        assert!(drawing.due);
        assert_eq!(
            drawing.news(start + 100 * NEWS),
            Some((&title, PlayError::NotFound)),
            "nothing plays yet"
        );
        drawing.seen(start);
        drawing.seen(start + NEWS);
        assert!(drawing.news(start + NEWS / 2).is_some());
        assert_eq!(drawing.news(start + NEWS), None);
        drawing.passed_over(title, PlayError::TooSlow);
        assert!(drawing.news(start + NEWS).is_some());
    }
}
