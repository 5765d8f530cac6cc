//! One standard queue as a state machine: time is an argument, so its rules are tested without waiting.

use std::ops::Not as _;

use crate::template::QueuePlan;

/// After a purge the next one is refused for this long.
const PURGE_PAUSE_MS: u64 = 60_000;

/// A message at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) body: String,
    pub(super) sent_ms: u64,
    pub(super) first_received_ms: Option<u64>,
    pub(super) received: u32,
    pub(super) source_arn: Option<String>,
    visible_at_ms: u64,
}

impl Message {
    /// The handle of the latest receive. An older one no longer deletes.
    pub(super) fn handle(&self) -> String {
        hex::encode(format!("{}/{}", self.id, self.received))
    }
}

/// What a handle names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Handle {
    id: String,
    receive: u32,
}

/// The text was never a handle.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAHandle;

impl std::str::FromStr for Handle {
    type Err = NotAHandle;

    fn from_str(text: &str) -> Result<Self, NotAHandle> {
        let bytes = hex::decode(text).map_err(|_| NotAHandle)?;
        let text = String::from_utf8(bytes).map_err(|_| NotAHandle)?;
        let (id, receive) = text.split_once('/').ok_or(NotAHandle)?;
        Ok(Self { id: id.to_owned(), receive: receive.parse().map_err(|_| NotAHandle)? })
    }
}

/// Why the visibility of a message cannot be changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CannotChange {
    /// It is gone.
    Gone,
    /// It is not with any receiver.
    NotInFlight,
}

/// A purge came too soon after the last one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PurgeInProgress;

/// How many messages are in which state.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) visible: usize,
    pub(super) in_flight: usize,
    pub(super) delayed: usize,
}

/// A standard queue.
#[derive(Debug)]
pub(super) struct Queue {
    plan: QueuePlan,
    messages: Vec<Message>,
    purged_ms: Option<u64>,
}

impl Queue {
    pub(super) fn new(plan: QueuePlan) -> Self {
        Self { plan, messages: Vec::new(), purged_ms: None }
    }

    pub(super) fn plan(&self) -> &QueuePlan {
        &self.plan
    }

    /// Takes a message, hidden for `delay_s` (the queue's own delay if not given).
    pub(super) fn send(&mut self, now_ms: u64, id: String, body: String, delay_s: Option<u32>) {
        let delay_s = delay_s.unwrap_or(self.plan.delay_s);
        self.messages.push(Message {
            id,
            body,
            sent_ms: now_ms,
            first_received_ms: None,
            received: 0,
            source_arn: None,
            visible_at_ms: now_ms + ms(delay_s),
        });
    }

    /// Takes a message that another queue gave up.
    pub(super) fn bury(&mut self, now_ms: u64, message: Message, source_arn: String) {
        let source_arn = Some(source_arn);
        self.messages.push(Message {
            visible_at_ms: now_ms,
            received: 0,
            first_received_ms: None,
            source_arn,
            ..message
        });
    }

    /// Hands out up to `max` visible messages and hides them. The second list is what has been received too often: it
    /// belongs to the dead-letter queue now.
    pub(super) fn receive(
        &mut self,
        now_ms: u64,
        max: usize,
        visibility_s: Option<u32>,
    ) -> (Vec<Message>, Vec<Message>) {
        self.expire(now_ms);
        let hidden_until = now_ms + ms(visibility_s.unwrap_or(self.plan.visibility_timeout_s));
        let dead = self.take_dead(now_ms);
        let visible = self.messages.iter_mut().filter(|message| message.visible_at_ms <= now_ms).take(max);
        let received = visible.map(|message| {
            message.received += 1;
            message.first_received_ms.get_or_insert(now_ms);
            message.visible_at_ms = hidden_until;
            message.clone()
        });
        (received.collect(), dead)
    }

    /// When a hidden message shows itself next.
    pub(super) fn next_visible_ms(&self) -> Option<u64> {
        self.messages.iter().map(|message| message.visible_at_ms).min()
    }

    /// Deletes what the handle names. A message that is gone, or that somebody received since, is left as it is: the
    /// service calls that a success too.
    pub(super) fn delete(&mut self, handle: &Handle) {
        self.messages.retain(|message| (message.id == handle.id && message.received == handle.receive).not());
    }

    /// Hides the message for `visibility_s` from now on; 0 shows it at once.
    pub(super) fn change_visibility(
        &mut self,
        now_ms: u64,
        handle: &Handle,
        visibility_s: u32,
    ) -> Result<(), CannotChange> {
        let found = self.messages.iter_mut().find(|message| message.id == handle.id);
        let message = found.ok_or(CannotChange::Gone)?;
        if message.visible_at_ms <= now_ms || message.received != handle.receive {
            return Err(CannotChange::NotInFlight);
        }
        message.visible_at_ms = now_ms + ms(visibility_s);
        Ok(())
    }

    /// Forgets every message.
    pub(super) fn purge(&mut self, now_ms: u64) -> Result<(), PurgeInProgress> {
        if self.purged_ms.is_some_and(|then| now_ms < then + PURGE_PAUSE_MS) {
            return Err(PurgeInProgress);
        }
        self.purged_ms = Some(now_ms);
        self.messages.clear();
        Ok(())
    }

    /// How many messages are in which state.
    pub(super) fn counts(&mut self, now_ms: u64) -> Counts {
        self.expire(now_ms);
        self.messages.iter().fold(Counts::default(), |mut counts, message| {
            match (message.visible_at_ms <= now_ms, message.received) {
                (true, _) => counts.visible += 1,
                (false, 0) => counts.delayed += 1,
                (false, _) => counts.in_flight += 1,
            }
            counts
        })
    }

    fn expire(&mut self, now_ms: u64) {
        let retention_ms = ms(self.plan.retention_s);
        self.messages.retain(|message| now_ms < message.sent_ms + retention_ms);
    }

    fn take_dead(&mut self, now_ms: u64) -> Vec<Message> {
        let Some(redrive) = &self.plan.redrive else { return Vec::new() };
        let max = redrive.max_receive_count;
        self.messages
            .extract_if(.., |message| message.visible_at_ms <= now_ms && message.received >= max)
            .collect()
    }
}

fn ms(seconds: u32) -> u64 {
    u64::from(seconds) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Redrive;

    const T: u64 = 1_000_000_000;

    fn queue() -> Queue {
        let redrive = Some(Redrive { dead_letter_queue: "dead".into(), max_receive_count: 2 });
        Queue::new(QueuePlan { retention_s: 600, redrive, ..QueuePlan::named("q") })
    }

    fn receive_one(queue: &mut Queue, now_ms: u64) -> Option<Message> {
        queue.receive(now_ms, 1, None).0.pop()
    }

    fn handle(message: &Message) -> Handle {
        message.handle().parse().unwrap()
    }

    #[test]
    fn a_delayed_message_appears_when_its_delay_is_over() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), Some(5));
        assert_eq!(receive_one(&mut queue, T + 4_999), None);
        assert_eq!(queue.next_visible_ms(), Some(T + 5_000));
        assert_eq!(receive_one(&mut queue, T + 5_000).unwrap().body, "body");
    }

    #[test]
    fn a_received_message_is_hidden_and_comes_back_unless_deleted() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), None);
        let first = receive_one(&mut queue, T).unwrap();
        assert_eq!(receive_one(&mut queue, T + 29_999), None);
        let second = receive_one(&mut queue, T + 30_000).unwrap();
        assert_eq!((first.received, second.received), (1, 2));
        assert_eq!(second.first_received_ms, Some(T));
        queue.delete(&handle(&second));
        assert_eq!(queue.counts(T + 90_000), Counts::default());
    }

    #[test]
    fn the_handle_of_an_earlier_receive_deletes_nothing() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), None);
        let first = receive_one(&mut queue, T).unwrap();
        receive_one(&mut queue, T + 30_000).unwrap();
        queue.delete(&handle(&first));
        assert_eq!(queue.counts(T + 30_000), Counts { in_flight: 1, ..Counts::default() });
    }

    #[test]
    fn the_third_receive_of_two_allowed_buries_the_message() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), None);
        receive_one(&mut queue, T).unwrap();
        receive_one(&mut queue, T + 30_000).unwrap();
        let (received, mut dead) = queue.receive(T + 60_000, 1, None);
        assert_eq!(received, []);
        let mut dead_letters = Queue::new(QueuePlan::named("dead"));
        dead_letters.bury(T + 60_000, dead.pop().unwrap(), "arn".into());
        let buried = receive_one(&mut dead_letters, T + 60_000).unwrap();
        assert_eq!((buried.id.as_str(), buried.sent_ms, buried.received), ("a", T, 1));
        assert_eq!(buried.source_arn.as_deref(), Some("arn"));
    }

    #[test]
    fn visibility_is_extended_cut_short_and_refused() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), None);
        let message = receive_one(&mut queue, T).unwrap();
        queue.change_visibility(T + 1_000, &handle(&message), 100).unwrap();
        assert_eq!(receive_one(&mut queue, T + 100_000), None);
        queue.change_visibility(T + 100_000, &handle(&message), 0).unwrap();
        assert_eq!(
            queue.change_visibility(T + 100_000, &handle(&message), 9),
            Err(CannotChange::NotInFlight)
        );
        let gone = Handle { id: "b".into(), receive: 1 };
        assert_eq!(queue.change_visibility(T, &gone, 9), Err(CannotChange::Gone));
    }

    #[test]
    fn a_message_is_kept_for_its_retention_and_no_longer() {
        let mut queue = queue();
        queue.send(T, "a".into(), "body".into(), None);
        assert_eq!(queue.counts(T + 599_999).visible, 1);
        assert_eq!(queue.counts(T + 600_000), Counts::default());
    }

    #[test]
    fn states_are_counted() {
        let mut queue = queue();
        queue.send(T, "a".into(), "1".into(), None);
        queue.send(T, "b".into(), "2".into(), None);
        queue.send(T, "c".into(), "3".into(), Some(900));
        receive_one(&mut queue, T).unwrap();
        assert_eq!(queue.counts(T), Counts { visible: 1, in_flight: 1, delayed: 1 });
    }

    #[test]
    fn a_second_purge_within_a_minute_is_refused() {
        let mut queue = queue();
        queue.send(T, "a".into(), "1".into(), None);
        assert_eq!(queue.purge(T), Ok(()));
        assert_eq!(queue.counts(T), Counts::default());
        assert_eq!(queue.purge(T + 59_999), Err(PurgeInProgress));
        assert_eq!(queue.purge(T + 60_000), Ok(()));
    }

    #[test]
    fn odd_handles_are_refused() {
        for text in ["", "zz", "61", "612f61", "ff2f31"] {
            assert_eq!(text.parse::<Handle>(), Err(NotAHandle), "{text}");
        }
    }
}
