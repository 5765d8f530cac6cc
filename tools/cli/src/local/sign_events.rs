//! `timmy sign-events`: signs the events of `events/interactions` and `events/webhooks` again, in place or as fresh copies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;
use testkit::signing::{COMMITTED_AT, DiscordKey};
use testkit::webhooks;

/// Where to sign, and for when.
#[derive(Debug, clap::Args)]
pub(crate) struct SignEvents {
    /// Sign for this moment instead of the committed time; `sam local invoke` and real binaries need that.
    #[arg(long)]
    now: bool,
    /// Write copies here and leave the originals alone.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One line of JSON instead of words.
    #[arg(long)]
    pub(crate) json: bool,
}

impl SignEvents {
    /// Signs every file and says how many there were.
    pub(crate) fn run(&self, root: &Path, now: jiff::Timestamp) -> Result<usize> {
        let at = if self.now { now.as_second() } else { COMMITTED_AT };
        let key = DiscordKey::committed();
        let sign: Sign<'_> = &|event| key.sign_event(event, at);
        let count = Self::sign_all(&root.join("events/interactions"), self.out.as_deref(), sign)?;
        let webhooks = root.join("events/webhooks");
        if !webhooks.is_dir() {
            return Ok(count);
        }
        let out = self.out.as_ref().map(|out| out.join("webhooks"));
        let sign: Sign<'_> = &|event| webhooks::sign_event(event, at);
        Ok(count + Self::sign_all(&webhooks, out.as_deref(), sign)?)
    }

    /// One folder, in place or into another.
    fn sign_all(source: &Path, target: Option<&Path>, sign: Sign<'_>) -> Result<usize> {
        let target = target.unwrap_or(source);
        fs::create_dir_all(target).with_context(|| format!("making {}", target.display()))?;
        let mut count = 0;
        for entry in fs::read_dir(source).with_context(|| format!("reading {}", source.display()))? {
            let path = entry?.path();
            let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|e| e == "json")) else {
                continue;
            };
            sign_file(&path, &target.join(name), sign)?;
            count += 1;
        }
        Ok(count)
    }
}

/// Signs an event in place.
type Sign<'a> = &'a dyn Fn(&mut Value);

fn sign_file(from: &Path, to: &Path, sign: Sign<'_>) -> Result<()> {
    let text = fs::read_to_string(from).with_context(|| format!("reading {}", from.display()))?;
    let mut event: Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", from.display()))?;
    sign(&mut event);
    let text = serde_json::to_string_pretty(&event)? + "\n";
    fs::write(to, text).with_context(|| format!("writing {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("events/interactions")).unwrap();
        root
    }

    #[test]
    fn webhooks_are_signed_as_their_senders_do() {
        let folder = root();
        let root = folder.path();
        fs::create_dir_all(root.join("events/webhooks")).unwrap();
        let event = r#"{"rawPath":"/webhooks/slack","headers":{},"requestContext":{"http":{"method":"POST"}},"body":"{}"}"#;
        fs::write(root.join("events/webhooks/slack.json"), event).unwrap();
        let out = root.join("copies");
        let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(SignEvents { now: true, out: Some(out.clone()), json: false }.run(root, now).unwrap(), 1);
        let copy = fs::read_to_string(out.join("webhooks/slack.json")).unwrap();
        assert!(copy.contains("\"x-slack-request-timestamp\": \"1800000000\""), "{copy}");
    }

    #[test]
    fn copies_are_signed_for_now_and_originals_stay() {
        let folder = root();
        let root = folder.path();
        let original = root.join("events/interactions/ping.json");
        fs::write(&original, r#"{"headers":{},"requestContext":{},"body":"{}"}"#).unwrap();
        let out = root.join("copies");
        let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        let count = SignEvents { now: true, out: Some(out.clone()), json: false }.run(root, now).unwrap();
        let copy: Value = serde_json::from_str(&fs::read_to_string(out.join("ping.json")).unwrap()).unwrap();
        assert_eq!((count, &copy["headers"]["x-signature-timestamp"]), (1, &"1800000000".into()));
        assert!(!fs::read_to_string(original).unwrap().contains("1800000000"));
    }
}
