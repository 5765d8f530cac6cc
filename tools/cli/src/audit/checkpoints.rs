//! `timmy audit checkpoints`, and reading what it left.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::security::audit_anchors::Anchors;
use shared::security::checkpoint::Attested;
use shared::security::signed_note::NoteKey;

use super::counted;
use crate::local::session::Session;
use crate::say;
use crate::stack::Stack;

/// What stands before the names of objects.
const PREFIX: &str = "checkpoints/";
/// How files end.
const NOTE: &str = ".note";
const LIST: &str = ".heads";
/// The longest note and the longest list that are read, in bytes: 64 MiB are 400,000 chains.
const NOTE_MAX: u64 = 16_384;
const LIST_MAX: u64 = 64 * 1024 * 1024;
/// How long one call may take; nobody's answer waits for it.
const PATIENCE: Duration = Duration::from_mins(1);

/// What to take out.
#[derive(Debug, clap::Args)]
pub(crate) struct Checkpoints {
    /// The folder to write to. Files that are there already are not fetched again: a checkpoint never changes.
    #[arg(long, default_value = "timmybot-checkpoints")]
    out: PathBuf,
    /// The bucket: the stack's output `EvidenceBucketName`. A local stack's is known.
    #[arg(long, env = "EVIDENCE_BUCKET")]
    bucket: Option<String>,
    #[command(flatten)]
    stack: Stack,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

/// What is there now.
#[derive(Debug)]
pub(super) struct Fetched {
    folder: PathBuf,
    all: u64,
    new: u64,
}

impl Fetched {
    pub(super) fn words(&self) -> String {
        format!("{}: {}, {} of them new.", self.folder.display(), counted(self.all, "checkpoint"), self.new)
    }

    fn json(&self) -> Value {
        json!({ "folder": self.folder, "checkpoints": self.all, "new": self.new })
    }
}

impl Checkpoints {
    pub(super) async fn run(&self) -> Result<String> {
        let is_local = Session::load(&self.stack.data).is_ok();
        let own = || is_local.then(|| format!("{}-evidence-{}", self.stack.table_prefix, aws_local::ACCOUNT));
        let bucket = self.bucket.clone().or_else(own);
        let bucket = bucket.context(
            "say which bucket with --bucket: it is the output EvidenceBucketName of the deployment's stack",
        )?;
        say::progress(self.json, "Fetching what is not there yet …");
        let fetched = fetch(&self.stack.sdk(), &bucket, &self.out).await?;
        Ok(if self.json { fetched.json().to_string() } else { fetched.words() })
    }
}

/// Fetches what is not there yet, and says what is.
pub(super) async fn fetch(sdk: &SdkConfig, bucket: &str, out: &Path) -> Result<Fetched> {
    let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).operation_attempt_timeout(PATIENCE);
    let client = Client::from_conf(Builder::from(sdk).timeout_config(timeouts.build()).build());
    fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    let mut pages = client.list_objects_v2().bucket(bucket).prefix(PREFIX).into_paginator().send();
    // In the order of names a list comes before its note: a note that is here has its list.
    let (mut all, mut new) = (0_u64, 0_u64);
    while let Some(page) = pages.next().await {
        let page = page.with_context(|| format!("listing {bucket}"))?;
        for key in page.contents().iter().filter_map(|object| object.key()) {
            let name = key.strip_prefix(PREFIX).filter(|name| is_name(name));
            let name = name.with_context(|| format!("{bucket} holds {key:?}, which is no checkpoint"))?;
            let counts = u64::from(name.ends_with(NOTE));
            all += counts;
            if out.join(name).exists() {
                continue;
            }
            let object = client.get_object().bucket(bucket).key(key).send().await;
            let object = object.with_context(|| format!("fetching {key}"))?;
            let bytes = object.body.collect().await.with_context(|| format!("fetching {key}"))?;
            write(out, name, &bytes.to_vec())?;
            new += counts;
        }
    }
    Ok(Fetched { folder: out.to_owned(), all, new })
}

/// A name that stays in its folder.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() || byte == b'-';
    let stem = name.strip_suffix(NOTE).or_else(|| name.strip_suffix(LIST));
    stem.is_some_and(|stem| !stem.is_empty() && stem.bytes().all(plain))
}

/// Half a file is never there under its name.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let to = folder.join(name);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes).with_context(|| format!("writing {}", to.display()))?;
    file.persist(&to).with_context(|| format!("writing {}", to.display()))?;
    Ok(())
}

/// What the checkpoints in a folder demand; each has to be signed with one of the keys.
pub(super) fn read(folder: &Path, keys: &[NoteKey], now: Timestamp) -> Result<Anchors> {
    let entries = fs::read_dir(folder).with_context(|| format!("opening {}", folder.display()))?;
    let mut notes = BTreeSet::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == &NOTE[1..]) {
            notes.insert(path);
        }
    }
    ensure!(
        !notes.is_empty(),
        "there is no checkpoint in {}: fetch them with timmy audit checkpoints --out {}",
        folder.display(),
        folder.display()
    );
    let mut anchors = Anchors::new(now);
    for note in notes {
        let list = text(&note.with_extension(&LIST[1..]), LIST_MAX)?;
        let attested = Attested::open(&text(&note, NOTE_MAX)?, &list, keys);
        let attested = attested.with_context(|| format!("{} is not to be believed", note.display()))?;
        anchors.add(&attested)?;
    }
    Ok(anchors)
}

fn text(path: &Path, most: u64) -> Result<String> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut text = String::new();
    let read = file.take(most + 1).read_to_string(&mut text);
    let read = read.with_context(|| format!("reading {}", path.display()))?;
    if u64::try_from(read).is_ok_and(|read| read <= most) {
        Ok(text)
    } else {
        bail!("{} is longer than any that we write", path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_outside_stays_in_its_folder() {
        let stem = "2026-01-02-00000000000000000016-0a1b";
        assert!(is_name(&format!("{stem}.note")) && is_name(&format!("{stem}.heads")));
        for bad in ["", ".note", "a", "../a.note", "a/b.note", "a.b.note", "A.note", "a\u{0}.note", "a.exe"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_file_without_an_end_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "a.note", &[b'x'; 11]).unwrap();
        assert_eq!(text(&folder.path().join("a.note"), 11).unwrap().len(), 11);
        assert!(text(&folder.path().join("a.note"), 10).is_err());
        assert!(text(&folder.path().join("b.note"), 10).is_err());
    }
}
