//! Brings what is heard from the gateway and the doorbells to the guilds' actors, starts one where there is something
//! to do, and knows when there is nothing left.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::Arc;

use shared::ids::GuildId;
use shared::store::leases::Held;
use shared::telemetry::StoreOperation;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};
use twilight_gateway::{Event, MessageSender};

use super::actor::{self, Actor, Parts};
use super::deps::Deps;
use super::gateway::News;
use super::health::Health;
use super::lease::Loss;
use super::mail::Mail;
use super::room::Room;

/// Letters that may wait for an actor.
const INBOX: usize = 256;
/// Actors that are told to end have this long.
const HAND_OVER: Duration = Duration::from_secs(5);

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
    actors: HashMap<GuildId, Sender<Mail>>,
    running: JoinSet<(GuildId, actor::Ended)>,
    idle_since: Instant,
}

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
            actors: HashMap::new(),
            running: JoinSet::new(),
            idle_since: Instant::now(),
        }
    }

    /// Runs until there is nothing to do.
    pub(crate) async fn run(
        mut self,
        rung: Option<GuildId>,
        mut news: Receiver<News>,
        bells: &mut Receiver<GuildId>,
        mut lost: watch::Receiver<Loss>,
        mut stop: watch::Receiver<bool>,
    ) -> Ended {
        self.wake_all().await;
        if let Some(guild) = rung {
            self.ring(guild).await;
        }
        let mut tick = interval(Duration::from_secs(1));
        let mut reread = interval(self.deps.config.reread);
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
                _ = stop.wait_for(|stop| *stop) => break Ended::Stopped,
                _ = reread.tick() => self.wake_all().await,
                _ = tick.tick() => {
                    self.beat();
                    if self.is_idle() {
                        break Ended::Idle;
                    }
                }
            }
        };
        self.hand_over().await;
        ended
    }

    /// Every guild of the shard's list: that of the worker before, and our own.
    async fn wake_all(&mut self) {
        match self.deps.active.all(self.deps.config.shard).await {
            Ok(guilds) => {
                for guild in guilds {
                    if !self.actors.contains_key(&guild) {
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
        if !self.actors.contains_key(&guild) {
            self.start(guild);
        }
        self.send(guild, Mail::Bell).await;
    }

    fn start(&mut self, guild: GuildId) {
        let (outbox, inbox) = channel(INBOX);
        let parts = Parts {
            deps: self.deps.clone(),
            guild,
            lease: self.held.clone(),
            gateway: self.gateway.clone(),
            inbox,
            outbox: outbox.clone(),
            room: self.rooms.get(&guild).cloned().unwrap_or_default(),
        };
        self.running.spawn(async move { (guild, Box::pin(Actor::run(parts)).await) });
        self.actors.insert(guild, outbox);
    }

    async fn send(&self, guild: GuildId, mail: Mail) {
        if let Some(actor) = self.actors.get(&guild) {
            // An actor that has just ended says so next, and is started again if somebody rang.
            drop(actor.send(mail).await);
        }
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
                self.send(guild, Mail::Room(room)).await;
            }
            Event::GuildDelete(deleted) => {
                self.rooms.remove(&deleted.id);
                self.send(deleted.id, Mail::Room(Room::default())).await;
            }
            Event::VoiceStateUpdate(update) => {
                let Some(guild) = update.guild_id else { return };
                let room = self.rooms.entry(guild).or_default();
                room.apply(me, &update);
                let room = room.clone();
                self.send(guild, Mail::Room(room)).await;
            }
            Event::VoiceServerUpdate(update) => {
                let guild = update.guild_id;
                self.send(guild, Mail::Server(Box::new(update))).await;
            }
            _ => {}
        }
    }

    async fn ended(&mut self, done: Option<(GuildId, actor::Ended)>) {
        // A panic in one guild's actor must not end the others; its guild is found again by the next re-read.
        let Some((guild, ended)) = done else {
            self.deps.telemetry.fault("voice.actor", "panicked");
            self.actors.retain(|_, actor| !actor.is_closed());
            return;
        };
        self.actors.remove(&guild);
        self.idle_since = Instant::now();
        if ended == actor::Ended::Again {
            self.ring(guild).await;
        }
    }

    fn is_idle(&self) -> bool {
        self.actors.is_empty() && self.idle_since.elapsed() >= self.deps.config.idle_exit
    }

    fn beat(&self) {
        let held = self.held.borrow();
        self.health.note(self.actors.len(), held.as_ref().map(|held| held.epoch().get()));
        self.deps.note_playing(self.actors.len());
    }

    async fn hand_over(&mut self) {
        for actor in self.actors.values() {
            drop(actor.send(Mail::HandOver).await);
        }
        let all = async { while self.running.join_next().await.is_some() {} };
        if tokio::time::timeout(HAND_OVER, all).await.is_err() {
            self.deps.telemetry.fault("voice.hand_over", "timeout");
        }
    }
}
