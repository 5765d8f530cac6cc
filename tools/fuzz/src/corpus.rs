//! What a run starts from: the committed corpus, and the events of a function's folder in the form of the target.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::request::Request;
use crate::targets::Target;

/// An input and the name of the file that it came from.
pub type Seed = (String, Vec<u8>);

/// All seeds of a target, sorted by name.
pub fn seeds(root: &Path, target: &Target) -> Result<Vec<Seed>> {
    let mut seeds = files(&root.join("tools/fuzz/corpus").join(target.name))?;
    let events = files(&root.join("events").join(function(target.name)))?;
    for (name, text) in events.iter().filter(|(name, _)| is_json(name)) {
        let event: Value = serde_json::from_slice(text).with_context(|| format!("{name} is not JSON"))?;
        let forms = forms(target.name, &event).into_iter().enumerate();
        seeds.extend(forms.map(|(at, form)| (format!("{name}.{at}"), form)));
    }
    seeds.sort();
    Ok(seeds)
}

/// Writes the seeds where libFuzzer reads them.
pub fn write(seeds: &[Seed], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (name, data) in seeds {
        fs::write(folder.join(name), data).with_context(|| format!("writing the seed {name}"))?;
    }
    Ok(())
}

/// Whose events a target starts from.
fn function(target: &str) -> &'static str {
    match target {
        "alarm_notification" => "security-alarms",
        _ => "interactions",
    }
}

/// An event as the target takes it; more than one where the target takes more than one form.
fn forms(target: &str, event: &Value) -> Vec<Vec<u8>> {
    if target == "alarm_notification" {
        return vec![[&[2][..], event.to_string().as_bytes()].concat()];
    }
    let request = Request::seed_of(event);
    let body = Request::read(&request).body.to_vec();
    match target {
        "front_door" => vec![request],
        "lambda_event" => vec![event.to_string().into_bytes()],
        "envelope" => vec![body],
        // A script after the NUL, so that the fuzzer learns that there may be one.
        "signed_interaction" => vec![[&body, &b"\0\x09\x00\x01"[..]].concat(), body],
        _ => vec![],
    }
}

fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "json")
}

fn files(folder: &Path) -> Result<Vec<Seed>> {
    if !folder.is_dir() {
        return Ok(vec![]);
    }
    let paths: std::io::Result<Vec<PathBuf>> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect();
    let files = paths?.into_iter().filter(|path| path.is_file());
    files
        .map(|path| {
            Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), fs::read(&path)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::targets::{TARGETS, named};

    #[test]
    fn every_target_has_a_committed_corpus() {
        for target in TARGETS {
            let committed =
                files(&testkit::workspace_root().join("tools/fuzz/corpus").join(target.name)).unwrap();
            assert!(!committed.is_empty(), "{}", target.name);
            assert!(committed.iter().all(|(_, data)| data.len() <= target.max_len), "{}", target.name);
        }
    }

    #[test]
    fn events_are_seeds_in_the_form_of_each_target() {
        let root = tempfile::tempdir().unwrap();
        let event =
            json!({"headers": {"a": "b"}, "body": "{}", "requestContext": {"http": {"method": "POST"}}});
        fs::create_dir_all(root.path().join("events/interactions")).unwrap();
        fs::write(root.path().join("events/interactions/x.json"), event.to_string()).unwrap();
        let of = |name: &str| seeds(root.path(), &named(name).unwrap()).unwrap();
        assert_eq!(of("front_door"), [("x.json.0".to_owned(), b"POST\na: b\n\n{}".to_vec())]);
        assert_eq!(of("envelope"), [("x.json.0".to_owned(), b"{}".to_vec())]);
        assert_eq!(of("signed_interaction").len(), 2);
        assert!(of("escape").is_empty());
    }

    #[test]
    fn dictionaries_are_there() {
        for target in TARGETS {
            let path = testkit::workspace_root().join("tools/fuzz/dictionaries").join(target.dictionary);
            assert!(path.with_extension("dict").is_file(), "{}", target.dictionary);
        }
    }
}
