//! What is on the player's deck, what is being fetched, and what is kept ready for the end of the track.

use core::time::Duration;

use shared::discord::cards::Notice;
use shared::domain::observed::Heard;
use shared::domain::playback::SeekTarget;
use shared::domain::queue::EntryId;
use shared::ids::ChannelId;
use shared::telemetry::Metric;
use tokio::time::Instant;

use super::Actor;
use crate::failure::PlayError;
use crate::ingest::Limits;
use crate::library::Prepared;
use crate::media::Tags;
use crate::player::{PlayerEvent, Remedy};
use crate::worker::mail::Mail;
use crate::worker::plan::Sound;

/// Tracks that fail one after the other before the bot gives up for now.
const FAILURES: u32 = 5;

/// What the player holds, as far as we told it.
#[derive(Debug)]
pub(super) struct Deck {
    sound: Sound,
    volume: u8,
    /// Being fetched.
    fetching: Option<EntryId>,
    /// Fetched; on the deck already, or to follow.
    ready: Option<(EntryId, Prepared)>,
    /// What the file says of itself that plays, or played last.
    tags: Option<(EntryId, Tags)>,
    /// What the player will go on with by itself.
    follows: Option<EntryId>,
    failures: u32,
    /// The last track that could not be played.
    trouble: Option<(EntryId, PlayError)>,
    line: Line,
}

/// The voice connection, as far as somebody who waits is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Line {
    /// It is not made yet.
    #[default]
    None,
    /// Whoever is in this channel can hear us.
    In(ChannelId),
    /// It would not be encrypted end to end, so nothing is played.
    Unencrypted,
}

impl Default for Deck {
    fn default() -> Self {
        Self {
            sound: Sound::Silent,
            volume: 100,
            fetching: None,
            ready: None,
            tags: None,
            follows: None,
            failures: 0,
            trouble: None,
            line: Line::None,
        }
    }
}

impl Deck {
    pub(super) const fn sound(&self) -> Sound {
        self.sound
    }

    pub(super) const fn volume(&self) -> u8 {
        self.volume
    }

    pub(super) const fn line(&self) -> Line {
        self.line
    }

    /// Nobody is in a channel any more, and nobody waits for what became of it.
    pub(super) const fn hung_up(&mut self) {
        self.line = Line::None;
    }

    /// Why an entry could not be played.
    pub(super) fn trouble_of(&self, entry: EntryId) -> Option<PlayError> {
        self.trouble.filter(|(troubled, _)| *troubled == entry).map(|(_, error)| error)
    }
}

impl Actor {
    /// Fetches the track of the run that is wanted, or plays it if it is at hand.
    pub(super) fn prepare(&mut self, run: u64) {
        let Some(entry) = self.wanted.entry() else { return };
        self.deck.sound = Sound::Preparing { run };
        match self.deck.ready.take_if(|(ready, _)| *ready == entry) {
            Some((_, prepared)) => self.start(run, entry, prepared),
            None => self.fetch(entry),
        }
    }

    /// Fetches what comes next, so that there is no gap (SPEC P3).
    pub(super) fn prefetch(&mut self) {
        let Sound::On { run, .. } = self.deck.sound else { return };
        if Some(run) != self.wanted.run() {
            return;
        }
        let next = self.wanted.next.as_ref().map(|entry| entry.id);
        if self.deck.follows == next {
            return;
        }
        let ready = self.deck.ready.as_ref().filter(|(ready, _)| Some(*ready) == next);
        self.player.prefetch(ready.map(|(entry, prepared)| (*entry, prepared)));
        self.deck.follows = ready.map(|(entry, _)| *entry);
        if let (Some(next), None) = (next, self.deck.follows) {
            self.fetch(next);
        }
    }

    fn fetch(&mut self, entry: EntryId) {
        if self.deck.fetching == Some(entry) {
            return;
        }
        let track = self.wanted.now.iter().map(|(entry, _)| entry).chain(&self.wanted.next);
        let Some(source) =
            track.clone().find(|known| known.id == entry).map(|known| known.track.source().clone())
        else {
            return;
        };
        self.deck.fetching = Some(entry);
        let seconds = self.wanted.settings.max_duration.get();
        let limits = Limits { length: Duration::from_secs(seconds.into()) };
        let (deps, outbox) = (self.deps.clone(), self.outbox.clone());
        tokio::spawn(async move {
            let prepared = Box::pin(deps.playback.prepare(&source, limits)).await;
            // The actor may be gone by now.
            drop(outbox.send(Mail::Prepared(entry, prepared)).await);
        });
    }

    /// A fetch ended.
    pub(super) async fn prepared(&mut self, entry: EntryId, prepared: Result<Prepared, PlayError>) {
        self.deck.fetching.take_if(|fetching| *fetching == entry);
        let current = self.wanted.entry() == Some(entry);
        match (self.deck.sound, prepared) {
            (Sound::Preparing { run }, Ok(prepared)) if current && self.wanted.run() == Some(run) => {
                self.start(run, entry, prepared);
            }
            (Sound::Preparing { .. }, Err(error)) if current => self.give_up_on(entry, error).await,
            (_, Ok(prepared)) => {
                self.deck.ready = Some((entry, prepared));
                self.prefetch();
            }
            // The next one is tried again when its turn comes.
            (_, Err(_)) => {}
        }
    }

    fn start(&mut self, run: u64, entry: EntryId, prepared: Prepared) {
        let seek = self.wanted.playback.seek().filter(|seek| seek.entry == entry);
        let fresh = seek.filter(|seek| seek.seq > self.observed.seek_seq);
        let from = fresh.map_or_else(|| self.goes_on_at(run), |seek| seek.position_ms);
        let from = if prepared.playable.is_seekable() { from } else { 0 };
        if self.player.play(entry, &prepared, Duration::from_millis(from)).is_err() {
            self.deps.telemetry.fault("voice.play", "no_encoder");
            return;
        }
        self.observed.seek_seq = seek.map_or(0, |seek| seek.seq).max(self.observed.seek_seq);
        self.deck.follows = None;
        self.deck.ready = Some((entry, prepared));
        self.on(run);
    }

    /// What the current track's file says of itself.
    pub(super) fn tags(&self) -> Option<&Tags> {
        let known = self.deck.tags.as_ref().filter(|(entry, _)| Some(*entry) == self.wanted.entry());
        known.map(|(_, tags)| tags)
    }

    /// Where a run goes on: the worker before may have played some of it.
    pub(super) fn goes_on_at(&self, run: u64) -> u64 {
        let known = self.before.as_ref().map_or(&self.observed, |before| &before.observed);
        known.resumes_at(run, self.deps.clock.now())
    }

    /// How long the current track is: as the player has counted it, else as its file says.
    pub(super) fn length(&self) -> Option<Duration> {
        let ready = self.deck.ready.as_ref().filter(|(entry, _)| Some(*entry) == self.wanted.entry());
        self.player.length().or_else(|| ready.and_then(|(_, prepared)| prepared.length))
    }

    /// A run is on the deck.
    fn on(&mut self, run: u64) {
        self.deck.sound = Sound::On { run, paused: false };
        // What is kept ready is the next track soon; what this one is called has to last until its end.
        if let Some((entry, prepared)) = &self.deck.ready
            && Some(*entry) == self.wanted.entry()
        {
            self.deck.tags = Some((*entry, prepared.tags.clone()));
        }
        self.note_position();
        self.drawing.due();
        self.prefetch();
    }

    pub(super) fn silence(&mut self) {
        self.note_position();
        self.player.stop();
        self.deck.sound = Sound::Silent;
        self.deck.follows = None;
    }

    pub(super) fn hold(&mut self, paused: bool) {
        if let Sound::On { run, .. } = self.deck.sound {
            if paused {
                self.player.pause();
            } else {
                self.player.resume();
            }
            self.deck.sound = Sound::On { run, paused };
            self.note_position();
            self.drawing.due();
        }
    }

    pub(super) fn seek(&mut self, seek: SeekTarget) {
        self.observed.seek_seq = seek.seq;
        // What cannot be sought in goes on where it is.
        let _ = self.player.seek(Duration::from_millis(seek.position_ms));
        self.note_position();
        self.drawing.due();
    }

    pub(super) fn set_volume(&mut self, percent: u8) {
        self.player.set_volume(f32::from(percent) / 100.0);
        self.deck.volume = percent;
        self.drawing.due();
    }

    /// What the player tells.
    pub(super) async fn heard(&mut self, event: PlayerEvent) {
        match event {
            PlayerEvent::Started { .. } => {
                self.deck.failures = 0;
                self.deps.telemetry.count(Metric::VoiceTracksStarted);
                self.drawing.due();
            }
            PlayerEvent::Ended { entry } => self.ended(entry).await,
            PlayerEvent::Failed { entry, reason } => self.give_up_on(entry, reason).await,
            PlayerEvent::Connected => {
                self.repair.connected();
                self.notice = None;
                self.deck.line = self.seat().map_or(Line::None, Line::In);
            }
            PlayerEvent::Unencrypted => self.refuse().await,
            PlayerEvent::Late => {}
            PlayerEvent::Disconnected { remedy, .. } => self.broken(remedy),
        }
    }

    /// Nothing is played where the server could listen: the bot leaves, and says why.
    async fn refuse(&mut self) {
        self.deps.telemetry.fault("voice.connect", "unencrypted");
        self.deck.line = Line::Unencrypted;
        self.away_because(Notice::Unencrypted).await;
    }

    fn broken(&mut self, remedy: Remedy) {
        let now = Instant::now();
        match remedy {
            Remedy::Nothing => return,
            Remedy::Rejoins => self.repair.asked(now),
            Remedy::NewSession | Remedy::GiveUp => self.repair.failed(now),
            // The gateway says whether we were kicked or moved; if neither, the session is what is wrong.
            Remedy::LookAtVoiceState => self.repair.lost(now),
        }
        self.link.broken();
    }

    async fn ended(&mut self, entry: EntryId) {
        let Sound::On { run, .. } = self.deck.sound else { return };
        if self.wanted.entry() != Some(entry) || self.wanted.run() != Some(run) {
            return;
        }
        let follows = self.deck.follows.take();
        self.deck.sound = Sound::Silent;
        self.advance(entry, run).await;
        if let (Some(run), true) = (self.wanted.run(), follows.is_some() && follows == self.wanted.entry()) {
            self.observed.heard = None;
            self.on(run);
        }
    }

    async fn give_up_on(&mut self, entry: EntryId, error: PlayError) {
        if self.wanted.entry() != Some(entry) {
            return;
        }
        self.deps.telemetry.fault("voice.source", error.words_key());
        self.deps.telemetry.count(Metric::VoiceTracksFailed);
        self.deck.trouble = Some((entry, error));
        if let Some((track, _)) = &self.wanted.now {
            self.drawing.passed_over(track.track.title().clone(), error);
        }
        self.deck.failures += 1;
        self.silence();
        self.drawing.due();
        if self.deck.failures >= FAILURES {
            self.deck.failures = 0;
            self.stop_for_now().await;
        } else {
            self.pass_over(entry).await;
        }
    }

    /// Where the player is, for the checkpoint.
    pub(super) fn note_position(&mut self) {
        let Sound::On { run, paused } = self.deck.sound else { return };
        let Some(position) = self.player.position() else { return };
        let position_ms = u64::try_from(position.at.as_millis()).unwrap_or(u64::MAX);
        let at = self.deps.clock.now();
        self.observed.heard = Some(Heard { entry: position.entry, run, position_ms, at, playing: !paused });
    }
}
