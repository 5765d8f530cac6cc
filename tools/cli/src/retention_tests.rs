//! What an operator reads.

use serde_json::{Value, json};

use super::*;

fn said(dry_run: bool, over: bool, tally: &Value) -> Said {
    let mut all = json!({ "counts": {}, "seen": 0, "left": 0, "changed": 0, "failed": 0, "told": 0 });
    for (name, value) in tally.as_object().unwrap() {
        all[name] = value.clone();
    }
    let said = json!({
        "dry_run": dry_run, "checkpoint": null, "started_at": "2026-01-02T03:00:00Z",
        "ended_by": "2026-01-02T02:00:00Z", "over": over, "tally": all,
    });
    serde_json::from_value(said).unwrap()
}

fn everything() -> Value {
    json!({
        "seen": 1234,
        "counts": {
            "past_its_end": { "rate-limits": 3, "sessions": 1 },
            "spent": { "sessions": 2 },
            "idle": { "guild-state": 1 },
            "old_use": { "api-keys": 2 },
            "orphaned": { "users": 1 },
            "no_retention": { "logs": 4 },
        },
        "told": 2, "left": 12, "changed": 1, "failed": 3,
    })
}

#[test]
fn a_dry_run_is_told_in_words() {
    insta::assert_snapshot!("dry-run", words(&said(true, true, &everything())));
}

#[test]
fn a_run_is_told_in_words() {
    insta::assert_snapshot!("run", words(&said(false, false, &everything())));
}

#[test]
fn a_night_with_nothing_to_do_says_so() {
    insta::assert_snapshot!("nothing", words(&said(false, true, &json!({ "seen": 9 }))));
    assert!(words(&said(true, true, &json!({}))).starts_with("Nothing would go."));
}

#[test]
fn another_answer_is_not_made_up() {
    let other = json!({ "chains": 1, "rows": 2, "is_new": true });
    assert!(serde_json::from_value::<Said>(other).is_err());
}
