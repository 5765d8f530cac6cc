//! What the page is told while it is open, and the timeline of what happened.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::Stream;
use futures_util::stream::unfold;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::ids::InteractionId;
use crate::machine;

/// Entries that the timeline keeps.
const KEPT: usize = 500;
/// Events that may wait for a page that is slow; then it loses some, and asks anew when it looks again.
const WAITING: usize = 1024;

/// What an entry of the timeline is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody used the bot.
    Interaction,
    /// What the bot says that it checked and did.
    Answer,
    /// A request of the bot to Discord.
    Rest,
    /// The bot's gateway session.
    Gateway,
    /// The bot in a voice channel.
    Voice,
    /// A call to a table.
    Store,
    /// A message in a queue.
    Doorbell,
    /// What the voice worker does.
    Worker,
    /// Something that was made to go wrong.
    Fault,
    /// Discord looks whether signatures are checked.
    Probe,
    /// A request to a service whose accounts are linked.
    Account,
    /// The bot broke a rule of Discord's.
    Violation,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    kind: Kind,
    title: String,
    interaction: Option<InteractionId>,
    took: Option<Duration>,
    ok: Option<bool>,
    detail: Value,
}

impl Entry {
    /// An entry that says only what it is about.
    pub fn new(kind: Kind, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), interaction: None, took: None, ok: None, detail: Value::Null }
    }

    /// As part of an interaction.
    #[must_use]
    pub fn of(self, interaction: InteractionId) -> Self {
        Self { interaction: Some(interaction), ..self }
    }

    /// How long it took.
    #[must_use]
    pub fn took(self, time: Duration) -> Self {
        Self { took: Some(time), ..self }
    }

    pub(crate) fn since(self, from: Timestamp, to: Timestamp) -> Self {
        self.took(to.duration_since(from).unsigned_abs())
    }

    /// Whether it went well.
    #[must_use]
    pub fn ended(self, ok: bool) -> Self {
        Self { ok: Some(ok), ..self }
    }

    /// More, as JSON.
    #[must_use]
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }

    fn view(&self, id: u64, at: Timestamp, began: Timestamp) -> Value {
        let ms = |time: Duration| (time.as_secs_f64() * 10_000.0).round() / 10.0;
        json!({
            "id": id.to_string(),
            "at": at.to_string(),
            "at_ms": ms(at.duration_since(began).unsigned_abs()),
            "kind": self.kind,
            "interaction": self.interaction,
            "title": self.title,
            "ms": self.took.map(ms),
            "ok": self.ok,
            "detail": self.detail,
        })
    }
}

/// Everything that is told.
#[derive(Debug)]
pub(crate) struct Feed {
    live: broadcast::Sender<String>,
    began: Timestamp,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    entries: VecDeque<(u64, Value)>,
    last: u64,
    /// Since when a worker runs.
    worker: Option<Timestamp>,
}

impl Feed {
    pub(crate) fn new(began: Timestamp) -> Self {
        Self { live: broadcast::channel(WAITING).0, began, kept: Mutex::default() }
    }

    /// Tells every page that is open.
    pub(crate) fn tell(&self, event: &Value) {
        // Without a page nobody is told.
        let _ = self.live.send(event.to_string());
    }

    /// Adds an entry to the timeline.
    pub(crate) fn note(&self, entry: &Entry) {
        let mut kept = self.kept();
        kept.last += 1;
        let (id, view) = (kept.last, entry.view(kept.last, machine::now(), self.began));
        if kept.entries.len() == KEPT {
            kept.entries.pop_front();
        }
        kept.entries.push_back((id, view.clone()));
        self.tell(&json!({ "type": "timeline", "entry": view }));
    }

    /// The entries after one, in their order.
    pub(crate) fn timeline(&self, after: u64) -> Vec<Value> {
        let kept = self.kept();
        kept.entries.iter().filter(|(id, _)| *id > after).map(|(_, view)| view.clone()).collect()
    }

    /// A voice worker runs, or none does.
    pub(crate) fn worker(&self, running: bool, note: &str) {
        let since = running.then(machine::now);
        self.kept().worker = since;
        let since = since.map(|since| since.to_string());
        self.tell(&json!({ "type": "worker", "running": running, "since": since, "note": note }));
        self.note(&Entry::new(Kind::Worker, note).ended(running));
    }

    /// Since when a worker runs.
    pub(crate) fn worker_since(&self) -> Option<Timestamp> {
        self.kept().worker
    }

    /// Events from now on.
    pub(crate) fn listen(&self) -> impl Stream<Item = String> + use<> {
        unfold(self.live.subscribe(), |mut events| async move {
            loop {
                match events.recv().await {
                    Ok(event) => return Some((event, events)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    fn noon() -> Timestamp {
        "2026-01-02T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_timeline_forgets_its_oldest_and_goes_on_after_any() {
        let feed = Feed::new(noon());
        for n in 0..KEPT + 10 {
            feed.note(&Entry::new(Kind::Rest, n.to_string()));
        }
        let all = feed.timeline(0);
        assert_eq!((all.len(), &all[0]["title"]), (KEPT, &json!("10")));
        let last = feed.timeline(KEPT as u64 + 9);
        assert_eq!((last.len(), &last[0]["id"]), (1, &json!("510")));
    }

    #[test]
    fn an_entry_has_tenths_of_milliseconds() {
        let later = noon() + Duration::from_micros(1_234_567);
        let entry = Entry::new(Kind::Interaction, "/play").since(noon(), later).ended(true);
        let view = entry.of(InteractionId::new(5)).view(1, later, noon());
        assert_eq!((&view["ms"], &view["at_ms"]), (&json!(1234.6), &json!(1234.6)));
        assert_eq!((&view["interaction"], &view["kind"]), (&json!("5"), &json!("interaction")));
    }

    #[tokio::test]
    async fn whoever_listens_is_told_and_nobody_need_be() {
        let feed = Feed::new(noon());
        feed.worker(false, "nobody hears this");
        let mut events = Box::pin(feed.listen());
        feed.worker(true, "started");
        let told: Value = serde_json::from_str(&events.next().await.unwrap()).unwrap();
        assert_eq!((&told["type"], &told["running"]), (&json!("worker"), &json!(true)));
        assert!(feed.worker_since().is_some());
    }
}
