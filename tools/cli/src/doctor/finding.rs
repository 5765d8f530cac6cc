//! What is wrong, and how to mend it.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// It works, or is meant to be so; somebody should look at it.
    Look,
    /// Something does not work.
    Broken,
}

/// A thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// How bad it is.
    pub(super) severity: Severity,
    /// What it is.
    pub(super) what: String,
    /// What to do.
    pub(super) mend: String,
}

impl Finding {
    /// Something to look at.
    pub(super) fn look(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Look, what: what.into(), mend: mend.into() }
    }

    /// Something that does not work.
    pub(super) fn broken(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Broken, what: what.into(), mend: mend.into() }
    }

    /// Something that could not be looked at. What nobody can see counts as broken.
    pub(super) fn untold(what: &str, code: &str) -> Self {
        Self::broken(format!("{what} could not be read ({code})"), way(code))
    }
}

/// What helps against a failure of this code.
fn way(code: &str) -> &'static str {
    match code {
        "timeout" | "dispatch" | "response" | "connect" | "transport" => {
            "look whether this machine reaches it, and run timmy doctor again"
        }
        "ResourceNotFoundException" => {
            "say which deployment you mean with --table-prefix and --secret-prefix, and look at the region"
        }
        _ if code.contains("AccessDenied") || code.contains("NotAuthorized") => {
            "let whoever runs this read it: docs/OPERATIONS.md, \"Doctor\", lists what is read"
        }
        _ if code.contains("Expired") => "sign in again and put the new keys into the environment",
        _ => "run timmy doctor again; if it stays, the service's documentation explains the code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_is_worse_than_what_one_looks_at() {
        assert!(Severity::Broken > Severity::Look);
        assert_eq!(Finding::look("a", "b").severity, Severity::Look);
        assert_eq!(Finding::broken("a", "b").severity, Severity::Broken);
    }

    #[test]
    fn what_cannot_be_read_is_broken_and_says_what_may_help() {
        for (code, help) in [
            ("timeout", "reaches"),
            ("dispatch", "reaches"),
            ("ResourceNotFoundException", "--table-prefix"),
            ("AccessDeniedException", "docs/OPERATIONS.md"),
            ("ExpiredTokenException", "sign in"),
            ("InternalServerError", "again"),
        ] {
            let finding = Finding::untold("the table", code);
            assert_eq!(finding.severity, Severity::Broken);
            assert_eq!(finding.what, format!("the table could not be read ({code})"));
            assert!(finding.mend.contains(help), "{code}: {}", finding.mend);
        }
    }
}
