//! What people read. Ends of pipes that went away are not an error of ours.

use std::io::{Write as _, stderr, stdout};

/// A line of the command's answer.
pub(crate) fn line(text: &str) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A line about what went wrong.
pub(crate) fn problem(text: &str) {
    let _ = writeln!(stderr().lock(), "{text}");
}
