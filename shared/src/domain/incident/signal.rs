//! A stimulus: something fires, clears, or cannot be told any more. It is what every notification is parsed into.

use core::fmt;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Alert, Detail, Label};

/// What has happened to the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is there (`ALARM`, an event, a finding).
    Fires,
    /// It is gone (`OK`).
    Clears,
    /// Nobody can tell (`INSUFFICIENT_DATA`). It neither opens nor resolves; it is noted on what is open.
    Blind,
}

/// One stimulus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Which alert.
    pub alert: Alert,
    /// About which function, queue or the like, where there are several.
    pub label: Option<Label>,
    /// What happened.
    pub change: Change,
    /// When, by the clock of who tells it. Older news than what is known changes nothing.
    pub at: Timestamp,
    /// What it says of itself.
    pub detail: Option<Detail>,
}

/// What makes two stimuli the same cause: the alert and its label. 16 bytes of SHA-256, as 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Signal {
    /// An alert without label and detail.
    pub const fn new(alert: Alert, change: Change, at: Timestamp) -> Self {
        Self { alert, label: None, change, at, detail: None }
    }

    /// About this one.
    #[must_use]
    pub fn about(self, label: Label) -> Self {
        Self { label: Some(label), ..self }
    }

    /// Saying this.
    #[must_use]
    pub fn saying(self, untrusted: &str) -> Self {
        Self { detail: Some(untrusted.into()), ..self }
    }

    /// Which cause.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.alert, self.label.as_ref())
    }
}

impl Fingerprint {
    /// Of an alert about something.
    pub fn of(alert: Alert, label: Option<&Label>) -> Self {
        // Neither holds a slash, so no two pairs are the same bytes.
        let text = format!("{}/{}", alert.slug(), label.map_or("", Label::as_str));
        let digest = Sha256::digest(text.as_bytes());
        let mut half = [0; 16];
        for (to, from) in half.iter_mut().zip(digest) {
            *to = from;
        }
        Self(half)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_cause_is_the_alert_and_its_label() {
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let one = Signal::new(Alert::DeadLetters, Change::Fires, now);
        let labelled = |label: &str| one.clone().about(label.parse().unwrap()).fingerprint();
        assert_eq!(one.clone().saying("twice").fingerprint(), one.fingerprint());
        assert_eq!(labelled("webhooks"), labelled("webhooks"));
        assert_ne!(labelled("webhooks"), labelled("privacy"));
        assert_ne!(labelled("webhooks"), one.fingerprint());
        assert_eq!(one.fingerprint().to_string().len(), 32);
    }
}
