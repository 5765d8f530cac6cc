//! Brings what is heard from the gateway and the doorbells to the guilds' actors, starts one where there is something
//! to do, and knows when there is nothing left.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::Arc;

use shared::ids::GuildId;
use shared::messages::HandOver;
use shared::store::leases::Held;
use shared::telemetry::{Metric, StoreOperation, VoiceCall};
use tokio::sync::mpsc::Receiver;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};
use twilight_gateway::{Event, MessageSender};

use super::actor::{self, Actor, Parts};
use super::at;
use super::deps::Deps;
use super::farewell;
use super::gateway::News;
use super::health::{Health, Vitals};
use super::inboxes::Inboxes;
use super::lease::Loss;
use super::mail::{self, Mail};
use super::room::Room;

/// Actors that are told to end have this long to write down where they are.
const WRITE: Duration = Duration::from_secs(5);
/// How often the log hears how the worker is.
const HEARTBEAT: Duration = Duration::from_mins(1);

/// Why the router ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nothing to do for long enough.
    Idle,
    /// It was told to, or somebody is ready to follow.
    Stopped,
    /// Somebody else holds the shard.
    Lost,
    /// Discord does not want the bot.
    Refused,
}

/// The router.
pub(crate) struct Router {
    deps: Arc<Deps>,
    held: watch::Receiver<Option<Held>>,
    gateway: MessageSender,
    health: Health,
    rooms: HashMap<GuildId, Room>,
    actors: Inboxes,
    running: Running,
    idle_since: Instant,
    /// Told to stop; until then somebody may come who follows.
    leaves_at: Option<Instant>,
    late_told: u64,
}

/// The actors that run.
pub(crate) type Running = JoinSet<(GuildId, actor::Ended)>;

impl Router {
    pub(crate) fn new(
        deps: Arc<Deps>,
        held: watch::Receiver<Option<Held>>,
        gateway: MessageSender,
        health: Health,
    ) -> Self {
        Self {
            deps,
            held,
            gateway,
            health,
            rooms: HashMap::new(),
            actors: Inboxes::default(),
            running: JoinSet::new(),
            idle_since: Instant::now(),
            leaves_at: None,
            late_told: 0,
        }
    }

    /// Runs until there is nothing to do. The actors that come back play on until somebody follows.
    pub(crate) async fn run(
        mut self,
        rung: Option<GuildId>,
        mut news: Receiver<News>,
        bells: &mut Receiver<GuildId>,
        mut lost: watch::Receiver<Loss>,
        mut stop: watch::Receiver<bool>,
    ) -> (Ended, Running) {
        self.wake_all().await;
        if let Some(guild) = rung {
            self.ring(guild).await;
        }
        let mut tick = interval(Duration::from_secs(1));
        let mut reread = interval(self.deps.config.reread);
        let mut heartbeat = interval(HEARTBEAT);
        let ended = loop {
            tokio::select! {
                heard = news.recv() => match heard {
                    Some(News::Event(event)) => self.news(*event).await,
                    Some(News::Refused) | None => break Ended::Refused,
                },
                bell = bells.recv() => if let Some(guild) = bell { self.ring(guild).await },
                Some(done) = self.running.join_next() => self.ended(done.ok()).await,
                _ = lost.changed() => match *lost.borrow_and_update() {
                    Loss::No => {}
                    Loss::Wanted => break Ended::Stopped,
                    Loss::Lost => break Ended::Lost,
                },
                _ = stop.wait_for(|stop| *stop), if self.leaves_at.is_none() => {
                    if self.actors.is_empty() {
                        break Ended::Stopped;
                    }
                    self.look_for_successor();
                }
                () = at(self.leaves_at) => break Ended::Stopped,
                _ = heartbeat.tick() => self.tell_log(),
                _ = reread.tick() => self.wake_all().await,
                _ = tick.tick() => {
                    self.beat();
                    if self.is_idle() {
                        break Ended::Idle;
                    }
                    if self.leaves_at.is_some() && self.actors.is_empty() {
                        break Ended::Stopped;
                    }
                }
            }
        };
        let followed = *lost.borrow() == Loss::Wanted;
        self.hand_over(followed).await;
        (ended, self.running)
    }

    /// Plays on while somebody is started who follows (SPEC P6).
    fn look_for_successor(&mut self) {
        self.leaves_at = Some(Instant::now() + self.deps.config.hand_over);
        let Some(supervisor) = self.deps.supervisor.clone() else { return };
        let Some(epoch) = self.held.borrow().as_ref().map(Held::epoch) else { return };
        let deps = self.deps.clone();
        tokio::spawn(async move {
            if let Err(error) = supervisor.hand_over(HandOver::new(deps.config.shard, epoch)).await {
                deps.telemetry.fault("voice.hand_over", error.code());
                deps.telemetry.count(Metric::VoiceFailures { call: VoiceCall::Wake });
            }
        });
    }

    /// Every guild of the shard's list: that of the worker before, and our own.
    async fn wake_all(&mut self) {
        match self.deps.active.all(self.deps.config.shard).await {
            Ok(guilds) => {
                for guild in guilds {
                    if !self.actors.contains(guild) {
                        self.ring(guild).await;
                    }
                }
            }
            Err(error) => self.deps.telemetry.store_failed(StoreOperation::Read, &error),
        }
    }

    async fn ring(&mut self, guild: GuildId) {
        self.idle_since = Instant::now();
        if self.deps.config.shard_count.shard_of(guild) != self.deps.config.shard {
            return self.deps.telemetry.fault("doorbell.guild", "other_shard");
        }
        if !self.actors.contains(guild) {
            self.start(guild);
        }
        self.actors.ring(guild).await;
    }

    fn start(&mut self, guild: GuildId) {
        let (outbox, inbox) = self.actors.open(guild);
        let parts = Parts {
            deps: self.deps.clone(),
            guild,
            lease: self.held.clone(),
            gateway: self.gateway.clone(),
            inbox,
            outbox,
            room: self.rooms.get(&guild).cloned().unwrap_or_default(),
        };
        self.running.spawn(async move { (guild, Box::pin(Actor::run(parts)).await) });
        self.deps.note_playing(self.actors.len());
    }

    async fn news(&mut self, event: Event) {
        let me = self.deps.me();
        match event {
            Event::GuildCreate(created) => {
                let guild = created.id();
                let states = match &*created {
                    twilight_model::gateway::payload::incoming::GuildCreate::Available(guild) => {
                        guild.voice_states.as_slice()
                    }
                    twilight_model::gateway::payload::incoming::GuildCreate::Unavailable(_) => &[],
                };
                let room = Room::from_states(me, states);
                self.rooms.insert(guild, room.clone());
                self.actors.send(guild, Mail::Room(room)).await;
            }
            Event::GuildDelete(deleted) => {
                if deleted.unavailable.is_none() {
                    tokio::spawn(farewell::tell(self.deps.clone(), deleted.id));
                }
                self.rooms.remove(&deleted.id);
                self.actors.send(deleted.id, Mail::Room(Room::default())).await;
            }
            Event::VoiceStateUpdate(update) => {
                let Some(guild) = update.guild_id else { return };
                self.rooms.entry(guild).or_default().apply(me, &update);
                self.actors.send(guild, Mail::Moved(Box::new(update.0))).await;
            }
            Event::VoiceServerUpdate(update) => {
                let guild = update.guild_id;
                self.actors.send(guild, Mail::Server(Box::new(update))).await;
            }
            _ => {}
        }
    }

    async fn ended(&mut self, done: Option<(GuildId, actor::Ended)>) {
        // A panic in one guild's actor must not end the others; its guild is found again by the next re-read.
        let Some((guild, ended)) = done else {
            self.deps.telemetry.fault("voice.actor", "panicked");
            self.actors.forget_closed();
            return;
        };
        let missed = self.actors.over(guild);
        self.idle_since = Instant::now();
        if missed || ended == actor::Ended::Again {
            self.ring(guild).await;
        }
    }

    fn is_idle(&self) -> bool {
        self.actors.is_empty() && self.idle_since.elapsed() >= self.deps.config.idle_exit
    }

    fn beat(&self) {
        self.health.note(self.vitals());
        self.deps.note_playing(self.actors.len());
    }

    fn vitals(&self) -> Vitals {
        let held = self.held.borrow();
        let age = held.as_ref().map(|held| held.age(self.deps.clock.now()).as_millis());
        Vitals {
            players: u32::try_from(self.actors.len()).unwrap_or(u32::MAX),
            epoch: held.as_ref().map_or(0, |held| held.epoch().get()),
            lease_age_ms: u64::try_from(age.unwrap_or(0)).unwrap_or(0),
            late_packets: self.deps.late(),
        }
    }

    /// A heartbeat: who hears none knows that there is no worker.
    fn tell_log(&mut self) {
        let vitals = self.vitals();
        let late = vitals.late_packets - core::mem::replace(&mut self.late_told, vitals.late_packets);
        let figure = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        self.deps.telemetry.metric(Metric::VoicePlayers, vitals.players);
        self.deps.telemetry.metric(Metric::VoiceLatePackets, figure(late));
        self.deps.telemetry.metric(Metric::VoiceLeaseAge, figure(vitals.lease_age_ms));
    }

    /// Everything is written down before anybody may follow.
    async fn hand_over(&mut self, followed: bool) {
        let mut all = Vec::new();
        for actor in self.actors.all() {
            let (written, is_written) = oneshot::channel();
            let told = Mail::HandOver(mail::HandOver { plays_on: followed, written });
            if actor.send(told).await.is_ok() {
                all.push(is_written);
            }
        }
        let written = async {
            for is_written in all {
                // An actor that ended instead has written what there was.
                let _ = is_written.await;
            }
        };
        if tokio::time::timeout(WRITE, written).await.is_err() {
            self.deps.telemetry.fault("voice.hand_over", "timeout");
        }
    }
}
