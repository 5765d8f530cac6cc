//! Rule: no sound leaves a player before the group that encrypts it end to end (DAVE) stands.
//! Threat: a voice server that offers no such encryption, or is slow to offer it. Songbird then goes on with the
//! transport's encryption alone, which that server can read, and has no event and no setting for it (0.6.1).
//! Refusal: silence goes out, and the guild's actor is told ([`super::PlayerEvent::Unencrypted`]).
//!
//! What songbird does not say to us it says to its log. This listens there: to `davey`, when it makes a key package and
//! when a group's keys are in place, and to songbird, when a connection is made and when one is over. Silence is the
//! default: if a release of theirs words its log anew, nothing is heard, and every end-to-end test of the worker fails.

use core::fmt::{Debug, Write as _};
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// Where the words come from.
const KEYS: &str = "davey::session";
const CONNECTIONS: &str = "songbird::driver::connection";
/// The tasks in which they are said: a driver's own, and that of each connection of its.
const DRIVER: &str = "songbird::driver::tasks";
const CONNECTION: &str = "songbird::driver::tasks::ws";
const TASK: &str = "runner";

/// Nobody's span has this number.
const NONE: u64 = 0;

/// The process has a listener for its log already, and it is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody can hear whether voice is encrypted: the process logs elsewhere")]
pub struct Deaf;

/// The encrypted groups of every channel that somebody plays in. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups(Arc<Mutex<HashMap<u64, Weak<Group>>>>);

/// A channel's encrypted group, as far as the bot is in it.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// The span of the connection whose keys are in place.
    ready_in: AtomicU64,
    /// How many connections have begun to make a group.
    begun: AtomicU64,
}

impl Group {
    /// Whether what is sent now is encrypted for the group.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready_in.load(Ordering::Acquire) != NONE
    }

    /// A number that grows with every connection that encrypts.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Acquire)
    }

    /// Its keys are in place.
    pub(crate) fn open(&self, connection: u64) {
        self.ready_in.store(connection, Ordering::Release);
    }

    fn close(&self) {
        self.ready_in.store(NONE, Ordering::Release);
    }

    /// A connection that was followed by another one takes nothing with it.
    fn close_of(&self, connection: u64) {
        let _ = self.ready_in.compare_exchange(connection, NONE, Ordering::AcqRel, Ordering::Relaxed);
    }
}

impl Groups {
    /// Those of this process: it has one log.
    pub(crate) fn of_process() -> Result<Self, Deaf> {
        static GROUPS: OnceLock<Result<Groups, Deaf>> = OnceLock::new();
        let listen = || {
            let groups = Self::default();
            let listening = Registry::default().with(groups.listener());
            tracing::subscriber::set_global_default(listening).map_err(|_| Deaf)?;
            Ok(groups)
        };
        GROUPS.get_or_init(listen).clone()
    }

    /// A channel's. It is forgotten when nobody holds it.
    pub(crate) fn of(&self, channel: u64) -> Arc<Group> {
        let mut groups = self.lock();
        if let Some(group) = groups.get(&channel).and_then(Weak::upgrade) {
            return group;
        }
        groups.retain(|_, group| group.strong_count() > 0);
        let group = Arc::default();
        groups.insert(channel, Arc::downgrade(&group));
        group
    }

    fn held(&self, channel: Option<u64>) -> Option<Arc<Group>> {
        self.lock().get(&channel?)?.upgrade()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Weak<Group>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listener(&self) -> Listener {
        Listener(self.clone())
    }
}

/// What a task has said so far; kept with its span.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    channel: Option<u64>,
    /// It has made a key package since its last connection.
    begun: bool,
}

/// What somebody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// A key package was made: a group is on its way, and none that there was counts any more.
    KeyPackage(u64),
    /// The server has named itself, and the bot waits to be joined or let in.
    Pending(u64),
    /// The keys are in place.
    Keys,
    /// There is no group any more.
    Reset,
    /// A connection was made, from now on its packets go out.
    Connected,
}

impl Word {
    fn of(from: &str, text: &str) -> Option<Self> {
        let channel = |start: &str| text.strip_prefix(start)?.parse().ok();
        match from {
            KEYS => channel("Created key package for channel ")
                .map(Self::KeyPackage)
                .or_else(|| channel("Created pending group for channel ").map(Self::Pending))
                // Said last, when nothing more can fail.
                .or_else(|| text.starts_with("New Voice Privacy Code").then_some(Self::Keys))
                .or_else(|| text.starts_with("Resetting MLS session").then_some(Self::Reset)),
            CONNECTIONS => text.starts_with("Connected to: ").then_some(Self::Connected),
            _ => None,
        }
    }
}

/// Hears the log.
struct Listener(Groups);

impl Listener {
    fn heard(&self, word: Word, span: u64, said: &mut Said) {
        match word {
            Word::KeyPackage(channel) => *said = Said { channel: Some(channel), begun: true },
            Word::Pending(channel) => said.channel = Some(channel),
            Word::Keys | Word::Reset | Word::Connected => {}
        }
        let encrypts = word != Word::Connected || core::mem::take(&mut said.begun);
        let Some(group) = self.0.held(said.channel) else { return };
        match word {
            Word::KeyPackage(_) => {
                group.close();
                group.begun.fetch_add(1, Ordering::AcqRel);
            }
            Word::Keys => group.open(span),
            Word::Reset => group.close(),
            Word::Connected if !encrypts => group.close(),
            Word::Pending(_) | Word::Connected => {}
        }
    }
}

fn concerns_us(metadata: &Metadata<'_>) -> bool {
    match metadata.target() {
        KEYS | CONNECTIONS => metadata.is_event(),
        DRIVER | CONNECTION => metadata.is_span() && metadata.name() == TASK,
        _ => false,
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if concerns_us(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        concerns_us(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Said::default());
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let Some(word) = Word::of(event.metadata().target(), &text.0) else { return };
        let Some(span) = context.event_span(event) else { return };
        if let Some(said) = span.extensions_mut().get_mut() {
            self.heard(word, span.id().into_u64(), said);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let said = span.extensions().get::<Said>().copied().unwrap_or_default();
        if let Some(group) = self.0.held(said.channel) {
            group.close_of(id.into_u64());
        }
    }
}

/// An event's text. The rest of it, secrets among it, is not looked at.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // Writing into a string does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
#[path = "secrecy_tests.rs"]
mod tests;
