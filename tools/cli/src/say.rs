//! What people read. Ends of pipes that went away are not an error of ours.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};

use serde_json::{Value, json};

/// A line of the command's answer.
pub(crate) fn line(text: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// The command's answer: its words, or the same as a line of JSON.
pub(crate) fn answer(as_json: bool, words: &str, value: &Value) {
    if as_json { line(&value.to_string()) } else { line(words) }
}

/// An answer that is a sentence and nothing that a program would take apart.
pub(crate) fn sentence(as_json: bool, words: &str) {
    answer(as_json, words, &json!({ "said": words }));
}

/// What a command does just now that takes more than a moment. Only people at a terminal are told: nothing else reads it,
/// and with `--json` nobody waits in front of it.
pub(crate) fn progress(as_json: bool, text: &str) {
    let mut terminal = stderr();
    if !as_json && terminal.is_terminal() {
        let _ = writeln!(terminal, "{text}");
    }
}

/// A line about what went wrong.
pub(crate) fn problem(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}
