//! One guild's voice connection.

use core::num::{NonZeroU8, NonZeroUsize};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::domain::queue::EntryId;
use songbird::driver::{Bitrate, DisposalThread, Driver, Scheduler, SchedulerConfig, SchedulerMode};
use songbird::events::context_data::DisconnectData;
use songbird::events::{CoreEvent, Event, EventContext, EventHandler};
use songbird::tracks::{Track, TrackHandle};
use songbird::{Config, ConnectionInfo};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use super::deck::{Deck, Position};
use super::disconnect::{code_of, remedy};
use super::secrecy::{Deaf, Group, Groups};
use super::{PlayerEvent, Remedy, reader};
use crate::library::Prepared;

/// How long a voice server may take for its whole handshake. Songbird gives up by itself; this is for when it does not.
const CONNECT: Duration = Duration::from_secs(15);
/// Songbird's own tries of one connection, two seconds in all; what comes after them is decided in [`remedy`].
const RETRIES: Option<NonZeroU8> = NonZeroU8::new(3);
/// Players whose frames are sent by one thread.
const PLAYERS_A_THREAD: NonZeroUsize = NonZeroUsize::MIN.saturating_add(31);
/// What is encoded anew has as much as a server without boosts allows (Discord: "Channel", `bitrate`).
const BITRATE: Bitrate = Bitrate::Bits(96_000);
/// The loudest that a listener may choose: twice as loud.
const VOLUME_MAX: f32 = 2.0;

/// What all players of a worker share: the thread that drops what may block, and the mixers' scheduler. Songbird's
/// own default scheduler lives on the runtime that first made a driver, and panics for every later one.
#[derive(Clone, Debug)]
pub struct Engine {
    config: Config,
    groups: Groups,
}

impl Engine {
    /// Starts it on the current runtime.
    pub fn start() -> Result<Self, Deaf> {
        let groups = Groups::of_process()?;
        let mut config = Config::default();
        config.disposer = Some(DisposalThread::run());
        config.scheduler = Some(Scheduler::new(mixers()));
        config.driver_retry.retry_limit = RETRIES;
        Ok(Self { config, groups })
    }
}

/// Songbird's own choice is 16 players a thread. Each thread is woken for every frame, and 32 players are at most half
/// of what a thread can do, even if all have to be encoded; songbird moves some elsewhere when it gets tight.
fn mixers() -> SchedulerConfig {
    let mut config = SchedulerConfig::default();
    config.strategy = SchedulerMode::MaxPerThread(PLAYERS_A_THREAD);
    config
}

/// Why a player could not do as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlayerError {
    /// The voice connection was not made.
    #[error("no voice connection")]
    NoConnection,
    /// The voice server did not answer in time.
    #[error("the voice server did not answer")]
    TimedOut,
    /// A stream cannot be sought in, and neither can nothing.
    #[error("it cannot be sought in")]
    NotSeekable,
    /// libopus could not be set up.
    #[error("no decoder")]
    NoDecoder,
}

impl PlayerError {
    /// What may be logged.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoConnection => "no_connection",
            Self::TimedOut => "timeout",
            Self::NotSeekable => "not_seekable",
            Self::NoDecoder => "no_decoder",
        }
    }
}

/// Plays in one guild. Dropped, it leaves the channel.
#[derive(Debug)]
pub struct Player {
    deck: Arc<Deck>,
    line: Arc<Line>,
    groups: Groups,
}

/// What the event handlers share with the player.
#[derive(Debug)]
struct Line {
    inner: Mutex<Inner>,
    events: UnboundedSender<PlayerEvent>,
}

#[derive(Debug)]
struct Inner {
    driver: Driver,
    track: Option<TrackHandle>,
    session: Option<ConnectionInfo>,
    /// The group of the session's channel, and how many connections had begun to make one before this one.
    group: Option<(Arc<Group>, u64)>,
    rejoins: u32,
    volume: f32,
    paused: bool,
}

impl Player {
    /// A player that is connected to nothing, and what it will tell.
    pub fn new(engine: &Engine) -> (Self, UnboundedReceiver<PlayerEvent>) {
        let (events, told) = unbounded_channel();
        let deck = Deck::new(events.clone());
        let mut driver = Driver::new(engine.config.clone());
        driver.set_bitrate(BITRATE);
        let inner =
            Inner { driver, track: None, session: None, group: None, rejoins: 0, volume: 1.0, paused: false };
        let line = Arc::new(Line { inner: Mutex::new(inner), events });
        let watch = Watch { deck: Arc::downgrade(&deck), line: Arc::downgrade(&line) };
        for event in [CoreEvent::DriverConnect, CoreEvent::DriverReconnect, CoreEvent::DriverDisconnect] {
            line.lock().driver.add_global_event(Event::Core(event), watch.clone());
        }
        (Self { deck, line, groups: engine.groups.clone() }, told)
    }

    /// Connects with what the gateway said. Connected already, it moves there, and what plays goes on. After
    /// [`PlayerError::TimedOut`] songbird may still be trying; [`PlayerEvent::Connected`] tells if it gets there.
    pub async fn connect(&self, session: ConnectionInfo) -> Result<(), PlayerError> {
        let connecting = {
            let group = self.groups.of(session.channel_id.0.get());
            let mut inner = self.line.lock();
            if inner.session.replace(session.clone()).as_ref() != Some(&session) {
                inner.group = Some((group.clone(), group.begun()));
                self.deck.play_to(group);
            }
            inner.rejoins = 0;
            inner.driver.connect(session)
        };
        let connected = timeout(CONNECT, connecting).await.map_err(|_| PlayerError::TimedOut)?;
        connected.map_err(|_| PlayerError::NoConnection)
    }

    /// Leaves the channel. What was played stays on the deck, paused by the want of a connection.
    pub fn leave(&self) {
        let mut inner = self.line.lock();
        inner.session = None;
        inner.driver.leave();
    }

    /// Plays this now, from there.
    pub fn play(&self, entry: EntryId, prepared: &Prepared, from: Duration) -> Result<(), PlayerError> {
        let needs_track = self.deck.play(entry, prepared.playable.clone(), from);
        let mut inner = self.line.lock();
        inner.paused = false;
        match inner.track.as_ref().filter(|_| !needs_track) {
            // A handle whose track has just ended is no error: the next branch is taken by the next call.
            Some(track) if track.play().is_ok() => Ok(()),
            _ => inner.start(&self.deck),
        }
    }

    /// What follows without a gap when the current entry ends; `None` takes it away.
    pub fn prefetch(&self, next: Option<(EntryId, &Prepared)>) {
        self.deck.prefetch(next.map(|(entry, prepared)| (entry, prepared.playable.clone())));
    }

    /// Pauses. Five frames of silence are sent, then nothing.
    pub fn pause(&self) {
        let mut inner = self.line.lock();
        inner.paused = true;
        inner.tell_track(TrackHandle::pause);
    }

    /// Goes on.
    pub fn resume(&self) {
        let mut inner = self.line.lock();
        inner.paused = false;
        inner.tell_track(TrackHandle::play);
    }

    /// Moves within the current entry, exact to 20 ms.
    pub fn seek(&self, to: Duration) -> Result<(), PlayerError> {
        if self.deck.seek(to) { Ok(()) } else { Err(PlayerError::NotSeekable) }
    }

    /// Sets the volume. At exactly 1 packets pass through; at any other songbird decodes and encodes.
    pub fn set_volume(&self, volume: f32) {
        let volume = passthrough_or(volume);
        let mut inner = self.line.lock();
        inner.volume = volume;
        inner.tell_track(|track| track.set_volume(volume));
    }

    /// Stops, and forgets what was to come.
    pub fn stop(&self) {
        self.deck.clear();
        let mut inner = self.line.lock();
        inner.track = None;
        inner.driver.stop();
    }

    /// What is played, and how far it is.
    pub fn position(&self) -> Option<Position> {
        self.deck.position()
    }

    /// How long what is played is, once that is known; never of a stream.
    pub fn length(&self) -> Option<Duration> {
        self.deck.length()
    }

    /// Frames so far that were missing when they were due; for `/healthz`.
    pub fn late_frames(&self) -> u64 {
        self.deck.late()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.deck.clear();
        self.leave();
    }
}

/// Near enough to 1 is 1, or a rounding would cost ten times the processor's time.
fn passthrough_or(volume: f32) -> f32 {
    let volume = if volume.is_finite() { volume.clamp(0.0, VOLUME_MAX) } else { 1.0 };
    if (volume - 1.0).abs() < 0.005 { 1.0 } else { volume }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: PlayerEvent) {
        // Nobody listens once the guild's actor is gone.
        let _ = self.events.send(event);
    }
}

impl Inner {
    /// Whether a connection of this session has begun to encrypt end to end.
    fn encrypts(&self) -> bool {
        self.group.as_ref().is_some_and(|(group, before)| group.begun() > *before)
    }

    /// What a connection began ends with it.
    fn lost(&mut self) {
        if let Some((group, before)) = &mut self.group {
            *before = group.begun();
        }
    }

    fn start(&mut self, deck: &Arc<Deck>) -> Result<(), PlayerError> {
        let input = reader::input(deck.clone()).map_err(|_| PlayerError::NoDecoder)?;
        let track = Track::from(input).volume(self.volume);
        self.track = Some(self.driver.play_only(track));
        Ok(())
    }

    /// Songbird's handles only put a command into a queue. A track that is over has nobody who reads it.
    fn tell_track(&mut self, command: impl FnOnce(&TrackHandle) -> songbird::tracks::TrackResult<()>) {
        if self.track.as_ref().is_some_and(|track| command(track).is_err()) {
            self.track = None;
        }
    }
}

/// Hears what songbird says of the connection. It holds the player weakly: handlers live as long as the driver.
#[derive(Clone)]
struct Watch {
    deck: std::sync::Weak<Deck>,
    line: std::sync::Weak<Line>,
}

impl Watch {
    fn connected(&self) {
        let (Some(deck), Some(line)) = (self.deck.upgrade(), self.line.upgrade()) else { return };
        deck.settle();
        let encrypts = {
            let mut inner = line.lock();
            inner.rejoins = 0;
            inner.encrypts()
        };
        line.tell(if encrypts { PlayerEvent::Connected } else { PlayerEvent::Unencrypted });
    }

    fn disconnected(&self, data: &DisconnectData<'_>) {
        let Some(line) = self.line.upgrade() else { return };
        let kind = data.kind.into();
        let remedy = {
            let mut inner = line.lock();
            let remedy = remedy(kind, data.reason, inner.rejoins);
            // After leaving on purpose another session may have begun already.
            if remedy != Remedy::Nothing {
                inner.lost();
            }
            remedy
        };
        line.tell(PlayerEvent::Disconnected { code: code_of(data.reason), kind, remedy });
        if remedy == Remedy::Rejoins {
            line.rejoin();
        }
    }
}

impl Line {
    /// Joins again without leaving: songbird keeps its track, which goes on where it stopped.
    fn rejoin(&self) {
        let mut inner = self.lock();
        let Some(session) = inner.session.clone() else { return };
        inner.rejoins += 1;
        // How it goes is told by the next event; the future only says the same.
        drop(inner.driver.connect(session));
    }
}

/// `songbird::events::EventHandler` is an `async_trait`; this is what that macro writes.
impl EventHandler for Watch {
    fn act<'a, 'b, 'c, 'd>(
        &'a self,
        context: &'b EventContext<'c>,
    ) -> core::pin::Pin<Box<dyn Future<Output = Option<Event>> + Send + 'd>>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
        Self: 'd,
    {
        match context {
            EventContext::DriverConnect(_) | EventContext::DriverReconnect(_) => self.connected(),
            EventContext::DriverDisconnect(data) => self.disconnected(data),
            _ => {}
        }
        Box::pin(core::future::ready(None))
    }
}

#[cfg(test)]
#[path = "driver_tests.rs"]
mod tests;
