//! Answers as a person reads them: lists as tables, the rest as lines.

use jiff::Timestamp;
use serde_json::Value;

use super::client::Request;

/// Which of a list's fields are shown, by the list's name.
const COLUMNS: [(&str, &[&str]); 7] = [
    ("keys", &["id", "name", "role", "state", "expires_at", "used_at"]),
    ("roles", &["user", "role", "given_by", "given_at"]),
    ("guilds", &["guild", "status", "premium", "requested_at", "reason"]),
    ("actions", &["seq", "at", "action", "resource", "admin", "source"]),
    ("incidents", &["id", "severity", "status", "opened_at", "title", "label", "count"]),
    ("timeline", &["at", "what", "value", "by"]),
    ("upcoming", &["entry", "title", "artist", "requester"]),
];

/// The answer to a request.
pub(super) fn show(request: &Request, answer: &Value) -> String {
    let Value::Object(fields) = answer else {
        return match answer {
            Value::Null => "Done.".to_owned(),
            Value::String(text) => text.trim_end().to_owned(),
            other => other.to_string(),
        };
    };
    let mut lines = Vec::new();
    for (name, value) in fields {
        let columns = COLUMNS.iter().find(|(known, _)| known == name).map(|(_, columns)| *columns);
        match (columns, value) {
            (Some(columns), Value::Array(rows)) => lines.push(table(name, columns, rows)),
            (_, Value::Array(items)) => {
                let items: Vec<String> = items.iter().map(word).collect();
                lines.push(format!(
                    "{name}: {}",
                    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
                ));
            }
            (_, Value::Object(inner)) => {
                let inner = inner.iter().filter(|(_, value)| !value.is_object() && !value.is_array());
                let inner: Vec<String> =
                    inner.map(|(name, value)| format!("{name} {}", word(value))).collect();
                lines.push(format!("{name}: {}", inner.join(", ")));
                if let Some(title) = value["track"]["title"].as_str() {
                    lines.push(format!("now: {title}"));
                }
            }
            (_, value) => lines.push(format!("{name}: {}", word(value))),
        }
    }
    if request.path().starts_with("/api/v1/keys") && fields.contains_key("secret") {
        lines.push("Keep the secret now: nobody can show it again.".to_owned());
    }
    lines.join("\n")
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        // Whatever others have written must not steer the terminal.
        Value::String(text) => instant(text)
            .unwrap_or_else(|| text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()),
        other => other.to_string(),
    }
}

/// An instant to the second: nobody reads more.
fn instant(text: &str) -> Option<String> {
    let at: Timestamp = text.parse().ok().filter(|_| text.ends_with('Z'))?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn table(name: &str, columns: &[&str], rows: &[Value]) -> String {
    if rows.is_empty() {
        return format!("no {name}");
    }
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| word(&row[*column])).collect()).collect();
    let widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let longest = cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
            longest.max(column.len())
        })
        .collect();
    let line = |words: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = words.zip(&widths).map(|(word, width)| format!("{word:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let head = line(&mut columns.iter().copied());
    let body = cells.iter().map(|row| line(&mut row.iter().map(String::as_str)));
    std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(path: &str, answer: &Value) -> String {
        show(&Request::new("GET", path), answer)
    }

    #[test]
    fn lists_are_tables() {
        let keys = json!({ "keys": [
            { "id": "00ff", "name": "stream deck", "role": "core", "state": "good", "expires_at": "2026-02-01T00:00:00.427035896Z" },
            { "id": "11ee", "name": "ci", "role": "admin", "state": "revoked", "expires_at": "2026-03-01T00:00:00Z", "used_at": "2026-01-02T03:04:00Z" },
        ] });
        insta::assert_snapshot!(shown("/api/v1/keys", &keys), @r"
        id    name         role   state    expires_at            used_at
        00ff  stream deck  core   good     2026-02-01T00:00:00Z  –
        11ee  ci           admin  revoked  2026-03-01T00:00:00Z  2026-01-02T03:04:00Z
        ");
        assert_eq!(shown("/api/v1/roles", &json!({ "roles": [] })), "no roles");
    }

    #[test]
    fn a_queue_says_what_plays() {
        let queue = json!({
            "playing": { "status": "playing", "track": { "title": "Hello" }, "volume": 100, "loop": "off" },
            "total": 1, "upcoming": [{ "entry": "e1", "title": "R&B \u{1b}[2J", "requester": "7" }],
        });
        insta::assert_snapshot!(shown("/api/v1/queue", &queue), @r"
        playing: loop off, status playing, volume 100
        now: Hello
        total: 1
        entry  title     artist  requester
        e1     R&B ?[2J  –       7
        ");
    }

    #[test]
    fn a_new_key_says_to_keep_it() {
        let made = json!({ "secret": "wa-1", "key": { "id": "00ff", "permissions": ["queue:view"] } });
        assert!(shown("/api/v1/keys", &made).ends_with("nobody can show it again."));
        assert_eq!(shown("/api/v1/sessions", &Value::Null), "Done.");
    }
}
