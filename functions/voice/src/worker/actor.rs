//! One guild's actor: the only one that moves its player. Whatever happens (a doorbell, a person who leaves, a track
//! that ends) it looks at what is wanted and what is so, and does what [`plan`] says until both agree.

mod changes;
mod clocks;
mod drawing;
mod replies;
mod sound;
mod steps;

use core::time::Duration;
use std::collections::HashSet;
use std::sync::Arc;

use shared::discord::cards::Notice;
use shared::domain::observed::Observed;
use shared::domain::playback::Status;
use shared::ids::{ChannelId, GuildId, InteractionId, UserId};
use shared::store::deferred::DeferredReply;
use shared::store::leases::Held;
use shared::telemetry::StoreOperation;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};
use twilight_gateway::MessageSender;

use self::clocks::{Clocks, Progress};
use self::drawing::Drawing;
use self::sound::Deck;
use super::at;
use super::deps::Deps;
use super::link::Link;
use super::mail::Mail;
use super::plan::{Situation, Sound, plan};
use super::repair::Repair;
use super::room::Room;
use super::wanted::Wanted;
use crate::player::{Player, PlayerEvent};

/// How often it looks at its clocks.
const TICK: Duration = Duration::from_millis(500);

/// Why an actor ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// There is nothing to do for the guild.
    Idle,
    /// There was nothing to do, and then somebody rang.
    Again,
    /// It was told to.
    HandedOver,
    /// Another worker holds the shard.
    Followed,
}

/// What it is made of.
pub(crate) struct Parts {
    pub(crate) deps: Arc<Deps>,
    pub(crate) guild: GuildId,
    pub(crate) lease: watch::Receiver<Option<Held>>,
    pub(crate) gateway: MessageSender,
    pub(crate) inbox: Receiver<Mail>,
    pub(crate) outbox: Sender<Mail>,
    pub(crate) room: Room,
}

/// What the worker before left behind: the channel that the bot is in, and what is heard there.
struct Before {
    channel: ChannelId,
    observed: Observed,
}

/// The actor.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Actor {
    deps: Arc<Deps>,
    guild: GuildId,
    tenant: String,
    lease: watch::Receiver<Option<Held>>,
    gateway: MessageSender,
    outbox: Sender<Mail>,
    player: Arc<Player>,
    room: Room,
    link: Link,
    joining: Option<Instant>,
    /// Whether this worker has asked for the channel that the bot is in; else the worker before has.
    seated: bool,
    /// What the worker before left behind, until its channel is taken over.
    before: Option<Before>,
    /// Why it is in no channel, where nobody has wished for that.
    notice: Option<Notice>,
    repair: Repair,
    progress: Progress,
    late: u64,
    /// Who called the bot last, and where REST has found them.
    caller: Option<UserId>,
    found: Option<(UserId, Option<ChannelId>)>,
    wanted: Wanted,
    /// What was read last may be old.
    stale: bool,
    allowed: bool,
    observed: Observed,
    saved: Observed,
    deck: Deck,
    clocks: Clocks,
    drawing: Drawing,
    replies: Vec<(InteractionId, DeferredReply)>,
    answering: HashSet<InteractionId>,
    /// Interactions whose change is known to be made.
    queued: HashSet<InteractionId>,
    locale: String,
    followed: bool,
}

impl Actor {
    /// Runs until there is nothing to do.
    pub(crate) async fn run(parts: Parts) -> Ended {
        let Parts { deps, guild, lease, gateway, mut inbox, outbox, room } = parts;
        let (player, mut events) = deps.playback.player();
        let now = deps.clock.now();
        let saved = deps.observed.load(guild, now).await.unwrap_or_default();
        let before = saved.channel.map(|channel| Before { channel, observed: saved.clone() });
        let mut actor = Self {
            tenant: guild.to_string(),
            deps,
            guild,
            lease,
            gateway,
            outbox,
            player: Arc::new(player),
            room,
            link: Link::default(),
            joining: None,
            seated: false,
            before,
            notice: None,
            repair: Repair::default(),
            progress: Progress::default(),
            late: 0,
            caller: None,
            found: None,
            wanted: Wanted::default(),
            stale: true,
            allowed: false,
            observed: Observed { handed_over: false, ..saved.clone() },
            saved,
            deck: Deck::default(),
            clocks: Clocks::default(),
            drawing: Drawing::default(),
            replies: Vec::new(),
            answering: HashSet::new(),
            queued: HashSet::new(),
            locale: String::new(),
            followed: false,
        };
        actor.remember();
        actor.enlist().await;
        let ended = Box::pin(actor.live(&mut inbox, &mut events)).await;
        inbox.close();
        match ended {
            Ended::Idle if inbox.recv().await.is_some() => Ended::Again,
            ended => ended,
        }
    }

    async fn live(
        &mut self,
        inbox: &mut Receiver<Mail>,
        events: &mut UnboundedReceiver<PlayerEvent>,
    ) -> Ended {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                mail = inbox.recv() => match mail {
                    None => return self.hand_over(None, events).await,
                    Some(Mail::HandOver(how)) => return self.hand_over(Some(how), events).await,
                    Some(mail) => self.read(mail).await,
                },
                event = events.recv() => if let Some(event) = event { self.heard(event).await },
                _ = tick.tick() => self.look_at_clocks().await,
                () = at(self.repair.next()) => self.mend().await,
            }
            self.refresh().await;
            self.settle();
            self.checkpoint().await;
            // Without the lease, replies and card may be somebody else's by now.
            if self.may_send() {
                self.answer().await;
                self.draw();
            }
            if self.followed {
                self.player.pause();
                return Ended::Followed;
            }
            if self.is_done() {
                return self.retire().await;
            }
        }
    }

    async fn read(&mut self, mail: Mail) {
        match mail {
            Mail::Bell => {
                self.stale = true;
                self.collect_replies().await;
            }
            Mail::Room(room) => {
                self.look_around(room).await;
                self.remember();
            }
            Mail::Moved(state) => {
                let mut room = self.room.clone();
                room.apply(self.deps.me(), &state);
                self.look_around(room).await;
            }
            Mail::Server(server) => {
                self.link.server(&server);
                self.connect();
            }
            Mail::Prepared(entry, prepared) => self.prepared(entry, prepared).await,
            Mail::Connected(result) => self.connected(result),
            Mail::Found(user, channel) => self.found = Some((user, channel)),
            Mail::Posted(interaction, card) => self.posted(interaction, card),
            Mail::Drawn(drawn, hung) => self.drawn(drawn, hung),
            Mail::HandOver(_) => {}
        }
    }

    /// Reads the rows again if they may have changed.
    async fn refresh(&mut self) {
        if !self.stale {
            return;
        }
        let now = self.deps.clock.now();
        match Wanted::read(&self.deps, self.guild, now).await {
            Ok(wanted) => {
                self.want(wanted);
                self.stale = false;
            }
            Err(error) => self.deps.telemetry.store_failed(StoreOperation::Read, &error),
        }
        self.allowed = self.may_play().await;
        self.look_for_requester();
    }

    /// What is wanted from now on.
    fn want(&mut self, wanted: Wanted) {
        if wanted.rev != self.wanted.rev {
            self.drawing.due();
        }
        self.observed.rev = wanted.rev;
        self.wanted = wanted;
        self.prefetch();
    }

    fn situation(&self) -> Situation {
        let at = self.seat();
        let playback = self.wanted.playback;
        let entry = self.wanted.entry();
        Situation {
            allowed: self.allowed,
            leave: playback.away() || self.clocks.is_time_to_leave(),
            status: playback.status(),
            run: self.wanted.run(),
            seek: playback.seek().filter(|seek| Some(seek.entry) == entry),
            sought: self.observed.seek_seq,
            volume: (playback.volume().get(), self.deck.volume()),
            at,
            joining: self.joining.is_some(),
            taking_over: self.before.is_some(),
            called_to: self.called_to(),
            alone: at.is_some_and(|channel| self.room.is_empty(channel)),
            sound: self.deck.sound(),
        }
    }

    fn settle(&mut self) {
        if !self.may_send() {
            return self.player.pause();
        }
        // Nothing has been read yet: what is wanted is not known to be nothing.
        if self.stale && self.wanted.rev == 0 {
            return;
        }
        // Each round does what it says; the rule's property test says that four are enough.
        for _ in 0..4 {
            let steps = plan(&self.situation());
            if steps.is_empty() {
                return;
            }
            for step in steps {
                self.step(step);
            }
        }
    }

    fn may_send(&self) -> bool {
        let now = self.deps.clock.now();
        self.lease.borrow().as_ref().is_some_and(|held| held.may_send(now))
    }

    /// The channel that the bot is in because this worker asked for it.
    fn seat(&self) -> Option<ChannelId> {
        self.room.me().filter(|_| self.seated).map(|me| me.channel)
    }

    /// Takes over what the worker before knew of its channel.
    fn remember(&mut self) {
        if let Some(Before { channel, observed }) = &self.before
            && let Some(listeners) = &observed.listeners
        {
            self.room.remember(*channel, listeners);
        }
    }

    /// Where the one who called the bot is, else the one who asked for the track.
    fn called_to(&self) -> Option<ChannelId> {
        let requester = self.wanted.now.as_ref().map(|(entry, _)| entry.requester);
        let people = self.caller.into_iter().chain(requester);
        let before = self.before.as_ref().map(|before| before.channel);
        before.or_else(|| people.into_iter().find_map(|user| self.channel_of(user)))
    }

    fn channel_of(&self, user: UserId) -> Option<ChannelId> {
        let found = self.found.filter(|(who, _)| *who == user).and_then(|(_, channel)| channel);
        self.room.channel_of(user).or(found)
    }

    fn is_done(&self) -> bool {
        let nothing = self.wanted.playback.status() == Status::Stopped || self.wanted.playback.away();
        let outside = self.seat().is_none() && self.joining.is_none() && self.before.is_none();
        let quiet = self.replies.is_empty() && self.answering.is_empty() && !self.drawing.is_busy();
        !self.stale && nothing && outside && quiet && self.deck.sound() == Sound::Silent
    }
}
