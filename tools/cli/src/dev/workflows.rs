//! What runs at GitHub, and what Renovate is told (SPEC W4, W37): by their schemas and by zizmor, which knows how workflows
//! are taken over.

use std::fs::{create_dir_all, write};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::python::{WORKFLOWS, tool};
use super::shell::{quiet, root};
use super::step::{Ctx, Outcome};

const FOLDER: &str = ".github/workflows";

/// It checks out with the rights of this repository what a stranger wrote, and puts the stranger's words into a shell.
const KNOWN_BAD: &str = "on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
        with: { ref: \"${{ github.event.pull_request.head.sha }}\" }
      - run: echo ${{ github.event.pull_request.title }}
";
/// What has to be found there.
const KINDS: [&str; 4] =
    ["dangerous-triggers", "template-injection", "excessive-permissions", "unpinned-uses"];

/// First that a known-bad workflow is refused, then that ours are not.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let log = ctx.log("workflows");
    let folder = root().join("target/workflows");
    create_dir_all(&folder)?;
    let bad = folder.join("known-bad.yml");
    write(&bad, KNOWN_BAD)?;
    let output = zizmor()?.arg(bad).output().context("cannot start zizmor")?;
    let missed = missed(&String::from_utf8_lossy(&output.stdout));
    ensure!(missed.is_empty(), "the check let a known-bad workflow through: {}", missed.join(", "));
    let mut ours = zizmor()?;
    ours.arg(FOLDER);
    quiet(ours, &log)?;
    for file in files()? {
        quiet(schema("vendor.github-workflows", &format!("{FOLDER}/{file}"))?, &log)?;
    }
    quiet(schema("vendor.renovate", "renovate.json")?, &log)?;
    Ok(Outcome::Passed)
}

/// Offline: what it could ask GitHub would differ from one day to the next.
fn zizmor() -> Result<Command> {
    let mut command = tool(WORKFLOWS, "zizmor")?;
    command.args(["--offline", "--persona", "pedantic", "--no-progress", "--color", "never"]);
    Ok(command)
}

fn schema(name: &str, file: &str) -> Result<Command> {
    let mut command = tool(WORKFLOWS, "check-jsonschema")?;
    command.args(["--builtin-schema", name, file]);
    Ok(command)
}

fn missed(findings: &str) -> Vec<&'static str> {
    KINDS.into_iter().filter(|kind| !findings.contains(kind)).collect()
}

fn files() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join(FOLDER))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<(String, String)> {
        let read = |file: &str| std::fs::read_to_string(root().join(FOLDER).join(file)).unwrap();
        files().unwrap().into_iter().map(|file| (file.clone(), read(&file))).collect()
    }

    fn values<'a>(text: &'a str, key: &str) -> Vec<&'a str> {
        text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(key)).collect()
    }

    /// A tag can be moved to other code, a commit cannot; the version beside it is for people and for Renovate.
    #[test]
    fn each_action_is_pinned_by_commit() {
        for (file, text) in texts() {
            for action in values(&text, "uses: ") {
                let (pin, version) = action.split_once('@').unwrap().1.split_once(" # v").unwrap();
                assert!(
                    pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit()),
                    "{file}: {action}"
                );
                assert_eq!(version.split('.').count(), 3, "{file}: {action}");
            }
        }
    }

    #[test]
    fn no_workflow_starts_with_any_right() {
        for (file, text) in texts() {
            assert!(text.contains("\npermissions: {}\n"), "{file}");
            assert_eq!(text.matches("permissions:").count(), 1 + text.matches("runs-on:").count(), "{file}");
        }
    }

    #[test]
    fn what_anybody_proposes_is_told_no_secret_and_may_write_nothing() {
        for (file, text) in texts() {
            assert!(!text.contains("pull_request_target"), "{file}");
            if text.contains("pull_request:") {
                assert!(!text.contains("secrets.") && !text.contains(": write"), "{file}");
            }
        }
    }

    #[test]
    fn what_signs_a_release_builds_nothing() {
        let (_, release) = texts().into_iter().find(|(file, _)| file == "release.yml").unwrap();
        let (build, publish) = release.split_once("\n  publish:\n").unwrap();
        assert!(!build.contains(": write"));
        assert!(
            !publish.contains("./timmy")
                && !publish.contains("cargo ")
                && !publish.contains("actions/checkout@")
        );
    }

    #[test]
    fn the_same_is_run_here_and_there_with_one_compiler() {
        let texts = texts();
        let (_, ci) = texts.iter().find(|(file, _)| file == "ci.yml").unwrap();
        assert!(ci.contains("run: bash .ci/run\n"));
        let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let least = values(&manifest, "rust-version = ")[0].trim_matches('"');
        for (file, text) in &texts {
            assert_eq!(values(text, "RUST: "), [format!("\"{least}.0\"")], "{file}");
        }
    }

    #[test]
    fn updates_come_in_the_rhythm_that_is_promised() {
        let text = std::fs::read_to_string(root().join("renovate.json")).unwrap();
        let told: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told["vulnerabilityAlerts"]["schedule"][0], "at any time");
        assert_eq!(told["packageRules"][0]["schedule"][0], "* 0-5 1 * *");
        assert_eq!(told["packageRules"][1]["schedule"][0], "* 0-5 1 1,4,7,10 *");
        assert_eq!(told["automerge"], false);
    }

    #[test]
    fn a_check_that_finds_nothing_has_missed_all() {
        assert_eq!(missed(""), KINDS);
        assert!(missed(&KINDS.join(" ")).is_empty());
    }
}
