//! What the servers share: the world, the sessions, and how a change of one reaches the other.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::accounts::Desk;
use crate::client::{self, Endpoints, Feed, Key, Stage};
use crate::config::Config;
use crate::dave::DaveError;
use crate::fault::RestFaults;
use crate::gateway::{Hub, VoiceRequest};
use crate::ids::{ApplicationId, ChannelId, GuildId, UserId};
use crate::machine::{self, NoEntropy};
use crate::voice::{Stay, Udp, VoiceHub, watch_round};
use crate::world::{Dispatch, Refusal, VoiceFlags, World};

/// Two voice servers, so that there is somewhere to move to.
pub(crate) const REGIONS: usize = 2;

/// Where everything listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) rest: SocketAddr,
    pub(crate) gateway: SocketAddr,
    pub(crate) voice: [SocketAddr; REGIONS],
    pub(crate) udp: SocketAddr,
}

/// What the servers stand on.
pub(crate) struct Ground {
    pub(crate) addresses: Addresses,
    pub(crate) ca_pem: PathBuf,
    pub(crate) voice: Arc<VoiceHub>,
    pub(crate) udp: Udp,
    pub(crate) runtime: Handle,
}

impl Addresses {
    pub(crate) fn gateway_url(&self) -> String {
        format!("ws://{}", self.gateway)
    }
}

/// Everything. Locks are taken in the order of the fields; the voice hub has its own.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) addresses: Addresses,
    pub(crate) ca_pem: PathBuf,
    /// Held by whoever brings somebody into a voice channel or out of it. What a bot is told makes it act at once, on
    /// another thread: without this it would find the move half done.
    moving: Mutex<()>,
    world: Mutex<World>,
    hub: Mutex<Hub>,
    seats: Mutex<Seats>,
    rest_faults: Mutex<RestFaults>,
    accounts: Mutex<Desk>,
    pub(crate) voice: Arc<VoiceHub>,
    pub(crate) udp: Udp,
    /// The simulator's own, whoever calls.
    pub(crate) runtime: Handle,
    changed: watch::Sender<u64>,
    /// What the page shows.
    pub(crate) feed: Feed,
    /// Where interactions are sent.
    pub(crate) endpoints: Endpoints,
    /// What this Discord stands on, if anybody has told.
    stage: OnceLock<Arc<dyn Stage>>,
}

/// Which gateway session put each bot where it is, and which voice server each guild has.
#[derive(Default)]
struct Seats {
    owners: BTreeMap<(GuildId, UserId), String>,
    regions: BTreeMap<GuildId, usize>,
    /// Bots are let in nowhere.
    shut_out: bool,
}

/// Why somebody does not get into a voice channel.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// Discord says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// MLS.
    #[error(transparent)]
    Dave(#[from] DaveError),
    /// No random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

impl Core {
    pub(crate) fn new(config: Config, ground: Ground) -> Self {
        let Ground { addresses, ca_pem, voice, udp, runtime } = ground;
        let hub = Hub::new(config.applications.clone(), config.gateway);
        Self {
            moving: Mutex::default(),
            world: Mutex::new(World::new(&config)),
            hub: Mutex::new(hub),
            seats: Mutex::default(),
            rest_faults: Mutex::default(),
            accounts: Mutex::new(Desk::new(&config.accounts)),
            voice,
            udp,
            changed: watch::channel(0).0,
            feed: Feed::new(machine::now()),
            endpoints: Endpoints::default(),
            stage: OnceLock::new(),
            runtime,
            config,
            addresses,
            ca_pem,
        }
    }

    fn moving(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn rest_faults(&self) -> MutexGuard<'_, RestFaults> {
        self.rest_faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The services whose accounts are linked.
    pub(crate) fn accounts(&self) -> MutexGuard<'_, Desk> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has changed: whoever waits looks again.
    pub(crate) fn touch(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Changes the world and tells all bots whom it concerns, in one step, so that the order holds for all.
    pub(crate) fn change(
        &self,
        act: impl FnOnce(&mut World) -> Result<Vec<Dispatch>, Refusal>,
    ) -> Result<(), Refusal> {
        let mut world = self.world();
        let dispatches = act(&mut world)?;
        let news = world.take_news();
        let messages = world.message_dispatches(&news);
        let mut hub = self.hub();
        hub.dispatch(&dispatches);
        hub.dispatch(&messages);
        drop(hub);
        for event in client::events(&world, &news, &dispatches) {
            self.feed.tell(&event);
        }
        drop(world);
        self.touch();
        Ok(())
    }

    /// What an application's interactions are signed with.
    pub(crate) fn key(&self, application: ApplicationId) -> Option<Key> {
        let found = self.config.applications.iter().find(|one| one.id == application);
        found.map(|application| Key::from_seed(application.signing_seed))
    }

    /// What this Discord stands on; the first one stays.
    pub(crate) fn stand_on(&self, stage: Arc<dyn Stage>) {
        let _ = self.stage.set(stage);
    }

    pub(crate) fn stage(&self) -> Option<&Arc<dyn Stage>> {
        self.stage.get()
    }

    /// From now on bots are let into voice channels, or not.
    pub(crate) fn shut_out(&self, on: bool) {
        self.seats().shut_out = on;
    }

    /// Op 4 of a bot. What makes no sense is ignored without a word, as Discord does.
    pub(crate) fn voice_requested(
        self: &Arc<Self>,
        application: ApplicationId,
        session: &str,
        request: &VoiceRequest,
    ) {
        let (guild, bot) = (request.guild_id, application.cast());
        let _moving = self.moving();
        let Some(channel) = request.channel_id else {
            self.take_out(guild, bot);
            return;
        };
        let refused = self.seats().shut_out;
        if refused || self.world().channel(channel).is_none_or(|(of, _)| of != guild) {
            return;
        }
        let flags = VoiceFlags {
            self_mute: request.self_mute,
            self_deaf: request.self_deaf,
            ..VoiceFlags::default()
        };
        let taken_over =
            self.seats().owners.insert((guild, bot), session.to_owned()).is_some_and(|own| own != session);
        // A voice session belongs to a gateway session: the new one gets its own.
        if taken_over {
            self.world().forget_voice(guild, bot);
        }
        let _ = self.seat(guild, channel, bot, flags, taken_over);
    }

    /// Puts a bot into a channel, or moves it, and tells it where to connect if it has to.
    fn seat(
        &self,
        guild: GuildId,
        channel: ChannelId,
        bot: UserId,
        flags: VoiceFlags,
        anew: bool,
    ) -> Result<(), JoinError> {
        let (session_id, token) = (machine::nonce()?, machine::nonce()?);
        let endpoint = self.endpoint(guild);
        let connected = self.voice.is_connected(guild, bot);
        self.change(|world| {
            let before = world.voice_state(guild, bot).map(|state| state.channel);
            let mut told = world.join(channel, bot, flags, session_id)?;
            if told.is_empty() {
                // Asking again for what one has is answered all the same.
                told.extend(world.voice_state_again(guild, bot));
            }
            if anew || !connected || before != Some(channel) {
                let session_id = world.voice_state(guild, bot).map(|state| state.session_id.clone());
                let stay = Stay { channel, session_id: session_id.unwrap_or_default(), token: token.clone() };
                self.voice.grant(guild, bot, stay);
                told.push(World::voice_server(guild, bot, &token, Some(&endpoint)));
            }
            Ok(told)
        })?;
        Ok(())
    }

    /// Moves somebody, or lets them in: a bot gets a new voice server to connect to, a person listens.
    pub(crate) fn join(self: &Arc<Self>, channel: ChannelId, user: UserId) -> Result<(), JoinError> {
        let _moving = self.moving();
        let (guild, is_bot, before) = {
            let world = self.world();
            let (guild, _) = world.channel(channel).ok_or(Refusal::Channel)?;
            let is_bot = world.person(user).ok_or(Refusal::User)?.bot;
            (guild, is_bot, world.voice_state(guild, user).cloned())
        };
        let flags = before.as_ref().map(|state| state.flags).unwrap_or_default();
        if is_bot {
            return self.seat(guild, channel, user, flags, false);
        }
        if before.as_ref().is_some_and(|state| state.channel == channel) {
            return Ok(());
        }
        let session_id = machine::nonce()?;
        self.change(|world| world.join(channel, user, flags, session_id))?;
        if let Some(before) = before.filter(|state| state.channel != channel) {
            self.watch(before.channel, self.voice.listener_leaves(before.channel, user)?);
        }
        self.watch(channel, self.voice.listener_joins(channel, user)?);
        self.touch();
        Ok(())
    }

    /// Somebody leaves a guild's voice channels, or is kicked from them.
    pub(crate) fn leave(self: &Arc<Self>, guild: GuildId, user: UserId) -> bool {
        let _moving = self.moving();
        self.take_out(guild, user)
    }

    /// The same for who holds the lock.
    fn take_out(self: &Arc<Self>, guild: GuildId, user: UserId) -> bool {
        let Some(before) = self.world().voice_state(guild, user).cloned() else { return false };
        let _ = self.change(|world| Ok(world.leave(guild, user)));
        self.seats().owners.remove(&(guild, user));
        self.voice.revoke(guild, user);
        // What is left of the group goes on without them; an error there shows in what others hear.
        let round = self.voice.listener_leaves(before.channel, user).unwrap_or_default();
        self.watch(before.channel, round);
        self.touch();
        true
    }

    /// Asks for a commit again when nobody makes one.
    fn watch(self: &Arc<Self>, channel: ChannelId, round: Option<u64>) {
        if let Some(round) = round {
            watch_round(Arc::clone(self), channel, round);
        }
    }

    /// A gateway session is over for good: what its bot held in voice ends too.
    pub(crate) fn gateway_session_over(self: &Arc<Self>, session: &str) {
        let Some(application) = self.hub().expire(session) else { return };
        let bot: UserId = application.cast();
        let _moving = self.moving();
        let held: Vec<GuildId> = {
            let seats = self.seats();
            let own =
                seats.owners.iter().filter(|((_, user), owner)| *user == bot && owner.as_str() == session);
            own.map(|((guild, _), _)| *guild).collect()
        };
        for guild in held {
            self.take_out(guild, bot);
        }
        self.touch();
    }

    /// Another voice server takes the guild over. Whether the bot was told.
    pub(crate) fn move_region(&self, guild: GuildId, bot: UserId) -> Result<bool, NoEntropy> {
        let _moving = self.moving();
        {
            let mut seats = self.seats();
            let region = seats.regions.entry(guild).or_default();
            *region = (*region + 1) % REGIONS;
        }
        let (token, endpoint) = (machine::nonce()?, self.endpoint(guild));
        let moved = self.change(|world| {
            let state = world.voice_state(guild, bot).ok_or(Refusal::VoiceState)?;
            let stay =
                Stay { channel: state.channel, session_id: state.session_id.clone(), token: token.clone() };
            self.voice.grant(guild, bot, stay);
            Ok(vec![World::voice_server(guild, bot, &token, Some(&endpoint))])
        });
        Ok(moved.is_ok())
    }

    /// Without a scheme, as Discord writes it.
    fn endpoint(&self, guild: GuildId) -> String {
        let region = self.seats().regions.get(&guild).copied().unwrap_or_default();
        self.addresses.voice[region].to_string()
    }
}
