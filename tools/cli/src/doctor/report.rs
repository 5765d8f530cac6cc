//! What people and programs read of it.

use serde::Serialize;

use super::finding::{Finding, Severity};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Nothing was found.
    Ok,
    /// There is something to look at.
    Look,
    /// Something does not work.
    Broken,
    /// It did not run.
    Skipped,
}

/// A check that was done.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Checked {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// What it looks at.
    pub(super) what: &'static str,
    /// How it ended.
    pub(super) state: State,
    /// What was found.
    pub(super) findings: Vec<Finding>,
}

/// All that was looked at.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    /// Which deployment it was.
    pub(super) place: String,
    /// In the order in which they are told.
    pub(super) checks: Vec<Checked>,
}

impl Checked {
    /// With what was found; `None`: it could not run, since there is nothing to look at.
    pub(super) fn new(name: &'static str, what: &'static str, findings: Option<Vec<Finding>>) -> Self {
        let state = match &findings {
            None => State::Skipped,
            Some(findings) => match findings.iter().map(|finding| finding.severity).max() {
                None => State::Ok,
                Some(Severity::Look) => State::Look,
                Some(Severity::Broken) => State::Broken,
            },
        };
        Self { name, what, state, findings: findings.unwrap_or_default() }
    }
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Look => "look",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
        }
    }
}

impl Report {
    /// How many checks ended so.
    pub(super) fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }

    /// A line for each check, then what was found with its mend, then how many there are of each.
    pub(super) fn words(&self) -> String {
        let mut lines = vec![format!("Looked at {}.", self.place), String::new()];
        lines.extend(
            self.checks
                .iter()
                .map(|check| format!("{:<9}{:<14}{}", check.state.word(), check.name, check.what)),
        );
        for check in &self.checks {
            lines.extend(check.findings.iter().map(|finding| {
                let (what, mend) = (plain(&finding.what), plain(&finding.mend));
                format!("\n{}: {what}\n  → {mend}", check.name)
            }));
        }
        let count = |state| self.count(state);
        lines.push(format!(
            "\n{} ok, {} to look at, {} broken, {} skipped",
            count(State::Ok),
            count(State::Look),
            count(State::Broken),
            count(State::Skipped)
        ));
        lines.join("\n")
    }
}

/// What others wrote does not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report() -> Report {
        let look = Finding::look("the bot's token is 200 days old", "timmy rotate bot-token");
        let broken = Finding::broken("timmybot-privacy-dlq holds 1 message", "read it");
        Report {
            place: "the local stack in .timmy".to_owned(),
            checks: vec![
                Checked::new("toolchain", "what builds it", Some(vec![])),
                Checked::new("ages", "how old keys are", Some(vec![look.clone()])),
                Checked::new("dead-letters", "what could not be done", Some(vec![look, broken])),
                Checked::new("leases", "who holds the shards", None),
            ],
        }
    }

    #[test]
    fn each_check_has_a_line_and_each_finding_its_mend() {
        insta::assert_snapshot!(report().words(), @"
        Looked at the local stack in .timmy.

        ok       toolchain     what builds it
        look     ages          how old keys are
        broken   dead-letters  what could not be done
        skipped  leases        who holds the shards

        ages: the bot's token is 200 days old
          → timmy rotate bot-token

        dead-letters: the bot's token is 200 days old
          → timmy rotate bot-token

        dead-letters: timmybot-privacy-dlq holds 1 message
          → read it

        1 ok, 1 to look at, 1 broken, 1 skipped
        ");
    }

    #[test]
    fn programs_read_the_same() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["place"], "the local stack in .timmy");
        let states: Vec<_> = json["checks"].as_array().unwrap().iter().map(|check| &check["state"]).collect();
        assert_eq!(states, ["ok", "look", "broken", "skipped"]);
        assert_eq!(
            json["checks"][1],
            json!({
                "name": "ages",
                "what": "how old keys are",
                "state": "look",
                "findings": [{
                    "severity": "look",
                    "what": "the bot's token is 200 days old",
                    "mend": "timmy rotate bot-token",
                }],
            })
        );
    }

    #[test]
    fn a_name_from_elsewhere_does_not_steer_the_terminal() {
        let finding = Finding::look("\u{1b}[31mred\n\u{7}", "x");
        let check = Checked::new("commands", "", Some(vec![finding]));
        let words = Report { place: "it".to_owned(), checks: vec![check] }.words();
        assert!(words.contains("commands: [31mred\n  → x"), "{words}");
    }
}
