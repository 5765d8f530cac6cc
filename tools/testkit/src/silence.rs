//! A log that ends with its test is searched: no secret and nobody's id stands in it (SPEC T10, T22, W30).

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Shorter parts of secrets are words such as a scheme or a key's name.
const SECRET_MIN: usize = 8;
/// Words of a test from this length on, such as tokens, are searched as parts of others.
const WORD_MAX: usize = 16;
/// Parts of secrets that say when and what, and are none.
const OPEN_FIELDS: [&str; 6] = ["expires_at", "from", "linked_at", "rev", "scopes", "until"];
/// Digits of a Discord id since 2015.
const SNOWFLAKE: core::ops::RangeInclusive<usize> = 17..=20;

/// Searches a log when it is dropped; keep it next to the log. It does so in every test of a suite, whatever the test is
/// about.
pub struct Silence {
    log: Box<dyn Fn() -> String + Send + Sync>,
    secrets: Box<dyn Fn() -> BTreeSet<String> + Send + Sync>,
    people: Vec<String>,
}

impl core::fmt::Debug for Silence {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Silence").field("people", &self.people).finish_non_exhaustive()
    }
}

impl Silence {
    /// Of this log: no secret that Secrets Manager ever held there, no Discord id, and none of these words, which are the
    /// test's own short ids, addresses and names.
    pub fn of<P: ToString>(
        aws: &crate::Aws,
        people: impl IntoIterator<Item = P>,
        log: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        let people = people.into_iter().map(|one| one.to_string()).collect();
        let held = aws.ever_held();
        Self { log: Box::new(log), secrets: Box::new(move || held.values()), people }
    }

    /// Of the logs in the folder of a `timmy up`: no secret that stands in its `secrets.json` then, and no Discord id.
    pub fn of_folder(folder: &Path) -> Self {
        let [logs, secrets] = [folder, folder].map(Path::to_owned);
        let log = move || {
            let files = fs::read_dir(&logs).into_iter().flatten().flatten().map(|file| file.path());
            let of_lines = files.filter(|path| path.extension().is_some_and(|end| end == "jsonl"));
            of_lines.map(|path| fs::read_to_string(path).unwrap_or_default()).collect()
        };
        let values = move || {
            let mut values = BTreeSet::new();
            let all = fs::read(secrets.join("secrets.json")).unwrap_or_default();
            stored(&serde_json::from_slice(&all).unwrap_or_default(), &mut values);
            values
        };
        Self { log: Box::new(log), secrets: Box::new(values), people: Vec::new() }
    }
}

impl Drop for Silence {
    /// # Panics
    /// When something stands in the log. A test that fails already is left alone; its log goes to standard error.
    #[expect(clippy::print_stderr, reason = "where the test runner shows what a failed test had to say")]
    fn drop(&mut self) {
        let log = (self.log)();
        if std::thread::panicking() {
            eprintln!("{log}");
            return;
        }
        let told = told(&log, (self.secrets)(), &self.people);
        assert!(told.is_empty(), "the log tells what it must not: {told:#?}");
    }
}

/// What a log tells that it must not, each with its line. `secrets` are whole values as Secrets Manager keeps them.
pub fn told(log: &str, secrets: impl IntoIterator<Item = String>, people: &[String]) -> Vec<String> {
    let mut parts = BTreeSet::new();
    for secret in secrets {
        match serde_json::from_str::<Value>(&secret) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => collect(&value, &mut parts),
            _ => drop(parts.insert(secret)),
        }
    }
    parts.retain(|part| part.len() >= SECRET_MIN);
    parts.extend(people.iter().filter(|word| word.len() >= WORD_MAX).cloned());
    let line_tells = |line: &str| {
        let secret = parts.iter().find(|part| line.contains(*part)).cloned();
        let person = || people.iter().find(|person| stands_alone(line, person)).cloned();
        secret
            .or_else(|| snowflake(line))
            .or_else(person)
            .map(|what| format!("{what} in {}", line.trim_end()))
    };
    log.lines().filter_map(line_tells).collect()
}

/// The values of the secrets in a `secrets.json`.
fn stored(json: &Value, values: &mut BTreeSet<String>) {
    match json {
        Value::Object(fields) => {
            values.extend(fields.get("value").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|field| stored(field, values));
        }
        Value::Array(items) => items.iter().for_each(|item| stored(item, values)),
        _ => {}
    }
}

fn collect(value: &Value, parts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(parts.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, parts)),
        Value::Object(fields) => {
            let closed = fields.iter().filter(|(name, _)| !OPEN_FIELDS.contains(&name.as_str()));
            closed.for_each(|(_, field)| collect(field, parts));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The first run of digits that is as long as an id and no part of a hash or a fraction.
fn snowflake(line: &str) -> Option<String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let mut words = line.split(|c| !inside(c));
    words
        .find(|word| SNOWFLAKE.contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))
        .map(str::to_owned)
}

/// Whether a word stands in the line as a text of its own: a number of that size is a duration or a count.
fn stands_alone(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '.';
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + word.len()..]);
        let number = before.ends_with(':') && !before.ends_with("\":\"");
        !number && !before.ends_with(part) && !after.starts_with(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tells(log: &str) -> usize {
        let secrets = [
            r#"{"rev":3,"accounts":{"spotify":{"subject":"u7","access":"BQ-token-1","expires_at":"2026-01-02T03:04:05Z"}}}"#,
            "plain-secret-value",
        ];
        told(log, secrets.map(str::to_owned), &["5001".to_owned(), "203.0.113.7".to_owned()]).len()
    }

    #[test]
    fn secrets_and_each_part_of_them_are_found() {
        assert_eq!(tells(r#"{"a":"xBQ-token-1x"}"#), 1);
        assert_eq!(tells("{\"a\":1}\nplain-secret-value\nBQ-token-1\n"), 2);
        assert_eq!(tells(r#"{"time":"2026-01-02T03:04:05Z","subject":"spotify","user":"u7"}"#), 0);
    }

    #[test]
    fn discord_ids_are_found_and_hashes_and_fractions_are_not() {
        assert_eq!(tells(r#"{"user":"80351110224678912"}"#), 1);
        assert_eq!(tells(r#"{"user":80351110224678912}"#), 1);
        assert_eq!(tells("guild 1456000000000000001, gone"), 1);
        assert_eq!(
            tells(r#"{"trace":"4bf9280351110224678912a0","share":0.12345678901234567,"at":1700000000000}"#),
            0
        );
    }

    #[test]
    fn short_ids_are_found_as_texts_and_not_as_numbers() {
        assert_eq!(tells(r#"{"user":"5001"}"#), 1);
        assert_eq!(tells(r#"{"why":"user 5001 failed"}"#), 1);
        assert_eq!(tells(r#"{"ip":"203.0.113.7"}"#), 1);
        assert_eq!(tells(r#"{"took_us":5001,"id":"a5001b","size":"15001"}"#), 0);
    }

    #[test]
    fn a_folders_logs_are_searched_for_its_own_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        let ends_well = || {
            let silence = Silence::of_folder(folder.path());
            std::panic::catch_unwind(core::panic::AssertUnwindSafe(move || drop(silence))).is_ok()
        };
        write("secrets.json", r#"{"/x":{"versions":{"v":{"value":"{\"key\":\"0123456789abcdef\"}"}}}}"#);
        write("log.jsonl", "{}\n");
        assert!(ends_well());
        write("voice.jsonl", "{\"a\":\"0123456789abcdef\"}\n");
        assert!(!ends_well());
    }

    #[tokio::test]
    async fn a_log_that_tells_a_stored_secret_fails_its_test() {
        let aws = crate::Aws::start().await;
        let create = aws.secrets().create_secret().name("/timmybot/x").secret_string("a-token-of-somebody");
        create.send().await.unwrap();
        let put = aws.secrets().put_secret_value().secret_id("/timmybot/x").secret_string("the-next-token");
        put.send().await.unwrap();
        aws.secrets()
            .delete_secret()
            .secret_id("/timmybot/x")
            .force_delete_without_recovery(true)
            .send()
            .await
            .unwrap();
        for (log, expected) in [("nothing", true), ("a-token-of-somebody", false), ("the-next-token", false)]
        {
            let silence = Silence::of(&aws, ["5001"], move || log.to_owned());
            let ended = std::panic::catch_unwind(core::panic::AssertUnwindSafe(move || drop(silence)));
            assert_eq!(ended.is_ok(), expected, "{log}");
        }
    }
}
