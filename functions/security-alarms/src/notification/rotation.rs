//! What token-rotation tells at the end of a night: links that could not be renewed, and secrets that only people can renew.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use shared::domain::incident::{Alert, Change, Signal};

use super::slug::slug;

const TYPE: &str = "token_rotation";

#[derive(Deserialize)]
struct Told {
    version: u8,
    counts: Counts,
    old_secrets: Vec<Old>,
}

#[derive(Deserialize)]
struct Counts {
    failed: u64,
    waiting: u64,
    dead_lettered: u64,
}

#[derive(Deserialize)]
struct Old {
    secret: String,
    days: u32,
}

/// Whether it says so of itself.
pub(super) fn is_one(message: &Value) -> bool {
    message.get("type").and_then(Value::as_str) == Some(TYPE)
}

/// The signals; `None`: it is of a version that nobody knows.
pub(super) fn read(message: &Value, prefix: &str, at: Timestamp) -> Option<Vec<Signal>> {
    let told = Told::deserialize(message).ok().filter(|told| told.version == 1)?;
    let Counts { failed, waiting, dead_lettered } = told.counts;
    let mut signals = Vec::new();
    if [failed, waiting, dead_lettered].into_iter().any(|count| count > 0) {
        let words = format!("failed {failed}, waiting {waiting}, in the dead-letter queue {dead_lettered}");
        signals.push(Signal::new(Alert::RotationFailures, Change::Fires, at).saying(&words));
    }
    signals.extend(told.old_secrets.iter().map(|old| of_age(old, prefix, at)));
    Some(signals)
}

fn of_age(old: &Old, prefix: &str, at: Timestamp) -> Signal {
    let signal =
        Signal::new(Alert::ThirdPartyKeyAge, Change::Fires, at).saying(&format!("{} days", old.days));
    match slug(old.secret.strip_prefix(prefix).unwrap_or(&old.secret)) {
        Some(label) => signal.about(label),
        None => signal,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(counts: [u64; 3], old: &Value) -> Value {
        let [failed, waiting, dead_lettered] = counts;
        json!({
            "type": "token_rotation", "version": 1, "started_at": "2026-11-23T02:00:00Z",
            "counts": {
                "renewed": 3, "lapsed": 0, "gone": 0, "failed": failed, "waiting": waiting, "dead_lettered": dead_lettered,
            },
            "old_secrets": old, "what_to_do": ["…"],
        })
    }

    fn signals(message: &Value) -> Option<Vec<(Alert, Option<String>, String)>> {
        assert!(is_one(message));
        let read = read(message, "/timmybot", Timestamp::UNIX_EPOCH)?;
        let short = |signal: Signal| {
            (signal.alert, signal.label.map(|label| label.to_string()), signal.detail.unwrap().to_string())
        };
        Some(read.into_iter().map(short).collect())
    }

    #[test]
    fn what_failed_and_each_old_secret_is_a_signal() {
        let old = json!([
            { "secret": "/timmybot/bot-token", "days": 200 },
            { "secret": "/timmybot/oauth-clients/spotify", "days": 181 },
        ]);
        let expected = vec![
            (Alert::RotationFailures, None, "failed 1, waiting 2, in the dead-letter queue 0".to_owned()),
            (Alert::ThirdPartyKeyAge, Some("bot-token".to_owned()), "200 days".to_owned()),
            (Alert::ThirdPartyKeyAge, Some("oauth-clients-spotify".to_owned()), "181 days".to_owned()),
        ];
        assert_eq!(signals(&told([1, 2, 0], &old)), Some(expected));
    }

    #[test]
    fn what_went_well_is_no_signal() {
        assert_eq!(signals(&told([0, 0, 0], &json!([]))), Some(vec![]));
    }

    #[test]
    fn another_version_is_not_guessed_at() {
        let mut later = told([1, 0, 0], &json!([]));
        later["version"] = 2.into();
        assert_eq!(signals(&later), None);
        assert_eq!(signals(&json!({ "type": "token_rotation", "version": 1 })), None);
        assert!(!is_one(&json!({ "type": "rotation" })) && !is_one(&json!([])));
    }
}
