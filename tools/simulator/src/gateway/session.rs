//! One bot's session: its sequence numbers, and what it may have missed.

use std::collections::VecDeque;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::hub::Out;
use crate::ids::ApplicationId;
use crate::world::Dispatch;

/// How many dispatches can be replayed. Who missed more starts anew.
const REPLAYED: usize = 1000;

/// `GUILD_VOICE_STATES`.
const VOICE_STATES: u64 = 1 << 7;
/// `GUILD_MESSAGES`.
const MESSAGES: u64 = 1 << 9;
/// `MESSAGE_CONTENT`.
const CONTENT: u64 = 1 << 15;
/// What is empty in others' messages for who may not read them.
const CONTENTS: [&str; 4] = ["content", "embeds", "attachments", "components"];

/// A session, connected or waiting to be resumed.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) application: ApplicationId,
    intents: u64,
    seq: u64,
    sent: VecDeque<(u64, String)>,
    line: Option<mpsc::Sender<Out>>,
}

impl Session {
    pub(super) fn new(application: ApplicationId, intents: u64, line: mpsc::Sender<Out>) -> Self {
        Self { application, intents, seq: 0, sent: VecDeque::new(), line: Some(line) }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.line.as_ref().is_some_and(|line| !line.is_closed())
    }

    /// The socket is gone; what comes is kept for a resume.
    pub(super) fn disconnect(&mut self) {
        self.line = None;
    }

    /// Whether `line` is the one that it talks on.
    pub(super) fn talks_on(&self, line: &mpsc::Sender<Out>) -> bool {
        self.line.as_ref().is_some_and(|own| own.same_channel(line))
    }

    /// Hangs up; the session can be resumed.
    pub(super) fn hang_up(&mut self, code: u16) {
        if let Some(line) = self.line.take() {
            let _ = line.try_send(Out::Close(code));
        }
    }

    /// Whether this session is told about it.
    pub(super) fn wants(&self, dispatch: &Dispatch) -> bool {
        let own = dispatch.data.get("user_id").and_then(Value::as_str).and_then(|id| id.parse().ok())
            == Some(self.application.get());
        match dispatch.event {
            "VOICE_STATE_UPDATE" => own || self.intents & VOICE_STATES != 0,
            "MESSAGE_CREATE" | "MESSAGE_UPDATE" | "MESSAGE_DELETE" => self.intents & MESSAGES != 0,
            _ => true,
        }
    }

    /// What it is told: others' messages are empty without `MESSAGE_CONTENT`.
    pub(super) fn reads(&self, dispatch: &Dispatch) -> Value {
        let mut data = dispatch.data.clone();
        let is_message = matches!(dispatch.event, "MESSAGE_CREATE" | "MESSAGE_UPDATE");
        let own = data["author"]["id"] == json!(self.application);
        if is_message && !own && self.intents & CONTENT == 0 {
            for field in CONTENTS {
                data[field] = if field == "content" { json!("") } else { json!([]) };
            }
        }
        data
    }

    /// Sends an event, or keeps it for the time when the client is back.
    pub(super) fn dispatch(&mut self, event: &str, data: &Value) {
        self.seq += 1;
        let text = json!({ "op": 0, "t": event, "s": self.seq, "d": data }).to_string();
        if self.sent.len() == REPLAYED {
            self.sent.pop_front();
        }
        self.sent.push_back((self.seq, text.clone()));
        self.send(text);
    }

    /// Takes the session over on a new line and replays what came after `seq`. None: too much was missed, or `seq` is
    /// of another world.
    pub(super) fn resume(&mut self, seq: u64, line: mpsc::Sender<Out>) -> Option<()> {
        let oldest = self.sent.front().map_or(self.seq + 1, |(first, _)| *first);
        if seq > self.seq || seq + 1 < oldest {
            return None;
        }
        self.line = Some(line);
        let missed: Vec<String> =
            self.sent.iter().filter(|(at, _)| *at > seq).map(|(_, text)| text.clone()).collect();
        for text in missed {
            self.send(text);
        }
        self.dispatch("RESUMED", &json!({}));
        Some(())
    }

    /// A client that does not read is cut off instead of filling our memory.
    fn send(&mut self, text: String) {
        if self.line.as_ref().is_some_and(|line| line.try_send(Out::Text(text)).is_err()) {
            self.line = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(out: &mut mpsc::Receiver<Out>) -> Vec<String> {
        std::iter::from_fn(|| out.try_recv().ok())
            .map(|one| match one {
                Out::Text(text) => serde_json::from_str::<Value>(&text).unwrap()["t"].to_string(),
                Out::Close(code) => code.to_string(),
            })
            .collect()
    }

    #[test]
    fn what_was_missed_is_replayed_in_order() {
        let (line, mut out) = mpsc::channel(16);
        let mut session = Session::new(ApplicationId::new(9001), u64::MAX, line);
        session.dispatch("A", &json!({}));
        session.disconnect();
        session.dispatch("B", &json!({}));
        session.dispatch("C", &json!({}));
        assert_eq!(texts(&mut out), ["\"A\""]);
        let (line, mut out) = mpsc::channel(16);
        session.resume(1, line).unwrap();
        assert_eq!(texts(&mut out), ["\"B\"", "\"C\"", "\"RESUMED\""]);
    }

    #[test]
    fn a_sequence_of_another_world_and_a_gap_cannot_be_resumed() {
        let (line, _out) = mpsc::channel(16);
        let mut session = Session::new(ApplicationId::new(9001), u64::MAX, line.clone());
        assert!(session.resume(1, line.clone()).is_none());
        session.disconnect();
        for _ in 0..=REPLAYED {
            session.dispatch("A", &json!({}));
        }
        assert!(session.resume(0, line.clone()).is_none());
        assert!(session.resume(1, line).is_some());
    }

    #[test]
    fn messages_are_for_who_asked_for_them_and_their_contents_for_who_may_read() {
        let message = |author: &str| Dispatch {
            guild: crate::ids::GuildId::new(1000),
            to: crate::world::Audience::Guild,
            event: "MESSAGE_CREATE",
            data: json!({ "content": "hello", "author": { "id": author } }),
        };
        let session = |intents| Session::new(ApplicationId::new(9001), intents, mpsc::channel(1).0);
        assert!(!session(1).wants(&message("5001")));
        assert!(session(1 | MESSAGES).wants(&message("5001")));
        let content = |intents, author| session(intents).reads(&message(author))["content"].clone();
        assert_eq!(content(MESSAGES, "5001"), "");
        assert_eq!(content(MESSAGES, "9001"), "hello");
        assert_eq!(content(MESSAGES | CONTENT, "5001"), "hello");
    }

    #[test]
    fn a_client_that_does_not_read_is_cut_off() {
        let (line, _out) = mpsc::channel(1);
        let mut session = Session::new(ApplicationId::new(9001), u64::MAX, line);
        session.dispatch("A", &json!({}));
        assert!(session.is_connected());
        session.dispatch("B", &json!({}));
        assert!(!session.is_connected());
    }
}
