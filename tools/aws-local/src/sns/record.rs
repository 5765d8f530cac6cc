//! What was published, so that a test and the local stack can read it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Attribute;

/// So many messages of a topic are remembered: the local stack runs for days.
const KEPT: usize = 1_000;

/// A message that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What `Publish` answered.
    pub message_id: String,
    /// The topic's ARN.
    pub topic_arn: String,
    /// The subject, if it had one.
    pub subject: Option<String>,
    /// The message.
    pub message: String,
    /// Its attributes, by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// When.
    pub at: Timestamp,
}

/// The last messages of each topic, by the topic's name.
#[derive(Debug, Default)]
pub(super) struct Record(Mutex<BTreeMap<String, VecDeque<Published>>>);

impl Record {
    pub(super) fn keep(&self, topic: &str, published: Published) {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = record.entry(topic.to_owned()).or_default();
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back(published);
    }

    /// Oldest first.
    pub(super) fn of(&self, topic: &str) -> Vec<Published> {
        let record = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        record.get(topic).into_iter().flatten().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_remembers_its_last_messages_in_their_order() {
        let record = Record::default();
        let message = |number: usize| Published {
            message_id: number.to_string(),
            topic_arn: "arn".into(),
            subject: None,
            message: "m".into(),
            attributes: BTreeMap::new(),
            at: Timestamp::UNIX_EPOCH,
        };
        for number in 0..KEPT + 2 {
            record.keep("a", message(number));
        }
        record.keep("b", message(0));
        let kept = record.of("a");
        assert_eq!((kept.len(), kept[0].message_id.as_str()), (KEPT, "2"));
        assert_eq!(kept[KEPT - 1].message_id, (KEPT + 1).to_string());
        assert_eq!((record.of("b").len(), record.of("c").len()), (1, 0));
    }
}
