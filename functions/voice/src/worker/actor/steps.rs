//! Doing what the plan says, and keeping the row of what is so.

use core::time::Duration;

use shared::discord::cards::Notice;
use shared::domain::observed::{LISTENERS_MAX, OVERLAP};
use shared::domain::playback::Status;
use shared::ids::ChannelId;
use shared::security::access;
use shared::store::StoreError;
use shared::store::leases::{Fence, Saved};
use shared::telemetry::StoreOperation;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;
use twilight_model::gateway::payload::outgoing::UpdateVoiceState;

use super::clocks::Patience;
use super::{Actor, Ended};
use crate::player::{PlayerError, PlayerEvent};
use crate::worker::mail::{HandOver, Mail};
use crate::worker::plan::{Sound, Step};
use crate::worker::repair::Mend;
use crate::worker::room::Room;

/// From this level of containment on no worker plays (SPEC T33).
const STOPS_WORKERS: u8 = 3;

/// How long Discord may take to let the bot into a channel.
const JOIN: Duration = Duration::from_secs(6);

impl Actor {
    pub(super) fn step(&mut self, step: Step) {
        match step {
            Step::Silence => self.silence(),
            Step::Leave => self.leave(),
            Step::Join(channel) => self.join(channel),
            Step::Prepare(run) => self.prepare(run),
            Step::Pause => self.hold(true),
            Step::Resume => self.hold(false),
            Step::Seek(seek) => self.seek(seek),
            Step::Volume(percent) => self.set_volume(percent),
        }
    }

    pub(super) fn join(&mut self, channel: ChannelId) {
        let now = Instant::now();
        self.joining = Some(now);
        self.notice = None;
        self.repair.asked(now);
        // A session that another worker opened is not ours to talk in: Discord gives a new one to who leaves and comes.
        if self.before.is_some() || self.room.me().is_some() {
            self.come_back(channel);
        } else {
            self.ask_for(Some(channel));
        }
        self.seated = true;
    }

    fn leave(&mut self) {
        self.joining = None;
        self.seated = false;
        self.before = None;
        self.repair.over();
        self.player.leave();
        self.link.clear();
        self.room.left();
        self.observed.channel = None;
        self.observed.listeners = None;
        self.ask_for(None);
    }

    fn come_back(&mut self, channel: ChannelId) {
        self.link.clear();
        self.room.left();
        self.ask_for(None);
        self.ask_for(Some(channel));
    }

    /// The voice connection is not there, and it is time to do something about it.
    pub(super) async fn mend(&mut self) {
        let now = Instant::now();
        let Some(mend) = self.repair.due(now) else { return };
        let Some(channel) = self.seat().or(self.observed.channel).filter(|_| self.seated) else { return };
        match mend {
            Mend::AskAgain => {
                self.link.clear();
                self.ask_for(Some(channel));
                return self.repair.asked_again(now);
            }
            Mend::ComeBack => {
                self.joining = Some(now);
                self.come_back(channel);
            }
            Mend::GiveUp => {
                self.deps.telemetry.fault("voice.connect", "gave_up");
                return self.away_because(Notice::ShutOut).await;
            }
        }
        self.repair.asked(now);
    }

    fn ask_for(&self, channel: Option<ChannelId>) {
        // One that slept through its lease would take the channel from the worker that follows.
        if !self.may_send() {
            return;
        }
        let asked = self.gateway.command(&UpdateVoiceState::new(self.guild, channel, true, false));
        if asked.is_err() {
            self.deps.telemetry.fault("gateway.send", "closed");
        }
    }

    /// Somebody came or went; perhaps the bot itself.
    pub(super) async fn look_around(&mut self, room: Room) {
        let was_in = self.seat().is_some();
        self.room = room;
        self.found = None;
        let at = self.seat();
        match at {
            Some(channel) => {
                self.joining = None;
                self.observed.channel = at;
                self.observed.listeners =
                    self.room.listeners_of(channel).filter(|all| all.len() <= LISTENERS_MAX);
                self.connect();
            }
            // Thrown out: whoever did that does not want it back at once.
            None if was_in => {
                if self.may_send() {
                    self.deps.telemetry.fault("voice.session", "thrown_out");
                }
                self.seated = false;
                self.observed.channel = None;
                self.observed.listeners = None;
                self.repair.over();
                self.player.leave();
                self.link.clear();
                self.away_because(Notice::ThrownOut).await;
            }
            None => {}
        }
    }

    /// Goes where nobody has sent it, and says why on the card and to whoever waits.
    pub(super) async fn away_because(&mut self, notice: Notice) {
        self.notice = Some(notice);
        self.drawing.due();
        self.go_away().await;
    }

    /// Connects if both halves of a voice connection are there.
    pub(super) fn connect(&mut self) {
        let me = self.room.me().filter(|_| self.seated);
        let Some(info) = me.and_then(|me| self.link.next(self.guild, self.deps.me(), me)) else {
            return;
        };
        self.repair.asked(Instant::now());
        let (player, outbox) = (self.player.clone(), self.outbox.clone());
        tokio::spawn(async move {
            let connected = player.connect(info).await;
            drop(outbox.send(Mail::Connected(connected)).await);
        });
    }

    pub(super) fn connected(&mut self, result: Result<(), PlayerError>) {
        match result {
            Ok(()) => self.in_channel(),
            Err(error) => {
                self.deps.telemetry.fault("voice.connect", error.code());
                self.repair.failed(Instant::now());
            }
        }
        self.drawing.due();
    }

    /// What the worker before has played meanwhile is not played again.
    fn in_channel(&mut self) {
        self.repair.connected();
        let Some(before) = self.before.take().filter(|before| before.observed.handed_over) else { return };
        if let (Some(run), Sound::On { run: on, .. }) = (self.wanted.run(), self.deck.sound())
            && run == on
        {
            let at = before.observed.resumes_at(run, self.deps.clock.now());
            // What cannot be sought in is a stream, and goes on where it is.
            let _ = self.player.seek(Duration::from_millis(at));
        }
    }

    pub(super) async fn look_at_clocks(&mut self) {
        let now = Instant::now();
        let config = &self.deps.config;
        let patience =
            Patience { empty: config.idle_leave, stopped: config.stop_leave, reread: config.reread };
        let at = self.seat();
        let empty = at.is_some_and(|channel| self.room.is_empty(channel));
        let stopped = at.is_some() && self.wanted.playback.status() == Status::Stopped;
        let asked = self.joining.take_if(|since| now.duration_since(*since) >= JOIN);
        // Discord says nothing to a bot that it does not let in.
        if asked.is_some() && self.seat().is_none() {
            self.deps.telemetry.fault("voice.join", "shut_out");
            self.seated = false;
            self.away_because(Notice::ShutOut).await;
        }
        let moves = self.is_playing() && self.seat().is_some() && self.may_send();
        if self.progress.is_stuck(moves, self.player.position(), now) {
            self.deps.telemetry.fault("voice.player", "stuck");
            self.repair.failed(now);
        }
        let late = self.player.late_frames();
        self.deps.note_late(late.saturating_sub(core::mem::replace(&mut self.late, late)));
        if self.clocks.note(empty, stopped, patience, now) {
            self.go_away().await;
        }
        if self.clocks.is_time_to_reread(patience, now) {
            self.stale = true;
            self.collect_replies().await;
            self.keep().await;
        }
        if self.clocks.is_time_to_draw(now) && self.is_playing() {
            self.drawing.due();
        }
    }

    /// A queue that plays is in use, however long its tracks are.
    async fn keep(&self) {
        if self.is_playing()
            && let Err(error) = Box::pin(self.deps.queue.keep(self.guild, self.deps.clock.now())).await
        {
            self.deps.telemetry.store_failed(StoreOperation::Write, &error);
        }
    }

    pub(super) fn is_playing(&self) -> bool {
        matches!(self.deck.sound(), Sound::On { paused: false, .. })
    }

    /// Whether the guild is (still) approved and nothing is paused (SPEC T15, T33). What cannot be read is a no.
    pub(super) async fn may_play(&self) -> bool {
        let now = self.deps.clock.now();
        let known = self.deps.standings.guild(self.guild, now).zip(self.deps.standings.level(now));
        let (view, level) = match known {
            Some(known) => known,
            None => match self.deps.access.read(self.guild).await {
                Ok(read) => {
                    self.deps.standings.put_guild(read.guild.clone(), now);
                    self.deps.standings.put_level(read.containment, now);
                    (read.guild, read.containment)
                }
                Err(error) => {
                    self.deps.telemetry.store_failed(StoreOperation::Guard, &error);
                    return false;
                }
            },
        };
        access::judge(Ok(&view), now).is_ok() && level.number() < STOPS_WORKERS
    }

    /// Writes where things stand, every few seconds and on every change.
    pub(super) async fn checkpoint(&mut self) {
        if self.clocks.is_time_to_checkpoint(Instant::now()) {
            self.note_position();
        }
        if self.observed == self.saved {
            return;
        }
        let Some(fence) = self.fence() else { return };
        let saved = self.deps.observed.save(self.guild, &self.observed, fence, self.deps.clock.now()).await;
        if self.is_mine(saved) {
            self.saved = self.observed.clone();
        }
    }

    /// Puts the guild on the shard's list, so that the next worker finds it.
    pub(super) async fn enlist(&mut self) {
        let Some(fence) = self.fence() else { return };
        let saved = self.deps.active.add(self.deps.config.shard, self.guild, fence).await;
        self.is_mine(saved);
    }

    pub(super) async fn retire(&mut self) -> Ended {
        let Some(fence) = self.fence() else { return Ended::Followed };
        let saved = self.deps.active.remove(self.deps.config.shard, self.guild, fence).await;
        if self.is_mine(saved) { Ended::Idle } else { Ended::Followed }
    }

    /// Writes where things stand. If somebody follows, the sound goes on until they are in the channel, or for a few
    /// seconds.
    pub(super) async fn hand_over(
        &mut self,
        how: Option<HandOver>,
        events: &mut UnboundedReceiver<PlayerEvent>,
    ) -> Ended {
        let plays_on = how.as_ref().is_some_and(|how| how.plays_on) && self.seat().is_some();
        self.note_position();
        self.observed.handed_over = plays_on && self.is_playing();
        self.checkpoint().await;
        if let Some(how) = how {
            // Nobody waits for it any more if that took too long.
            let _ = how.written.send(());
        }
        if plays_on {
            let taken_over = async {
                while let Some(event) = events.recv().await {
                    if matches!(event, PlayerEvent::Disconnected { .. }) {
                        return;
                    }
                }
            };
            let _ = tokio::time::timeout(OVERLAP.unsigned_abs(), taken_over).await;
        }
        Ended::HandedOver
    }

    fn fence(&self) -> Option<Fence> {
        self.lease.borrow().as_ref().map(shared::store::leases::Held::fence)
    }

    fn is_mine(&mut self, saved: Result<Saved, StoreError>) -> bool {
        match saved {
            Ok(Saved::Now) => true,
            Ok(Saved::Fenced) => {
                self.followed = true;
                false
            }
            Err(error) => {
                self.deps.telemetry.store_failed(StoreOperation::Write, &error);
                false
            }
        }
    }
}
