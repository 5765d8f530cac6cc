//! `timmy audit keys`: the public halves of the keys that sign checkpoints, from KMS, as `/.well-known/timmybot-keys.json`
//! has them.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use aws_config::SdkConfig;
use serde_json::json;
use shared::security::checkpoint::Checkpoint;
use shared::security::key_document::KeyDocument;
use shared::security::signed_note::{KeyName, NoteKey};
use shared::signing::Signer;

use super::counted;
use crate::local::session::Session;
use crate::stack::Stack;

/// What to write down.
#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    /// The file to write. Keys that it has already stay in it: what they have signed is still to be checked.
    #[arg(long, default_value = "timmybot-keys.json")]
    out: PathBuf,
    /// The key's id, ARN or alias in KMS; more than once for more of them.
    #[arg(long, value_name = "ID")]
    key: Vec<String>,
    /// Where browsers reach the deployment's pages: the stack's output `PublicBaseUrl`. A local stack's is known.
    #[arg(long, env = "PUBLIC_BASE_URL", value_name = "URL")]
    base: Option<String>,
    #[command(flatten)]
    stack: Stack,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

impl Keys {
    pub(super) async fn run(&self) -> Result<String> {
        let local = || Session::load(&self.stack.data).ok().map(|session| session.public);
        let base = self.base.clone().or_else(local);
        let base = base.context(
            "say where the pages are with --base: it is the output PublicBaseUrl of the deployment's stack",
        )?;
        let own = [format!("alias/{}-audit", self.stack.table_prefix)];
        let ids = if self.key.is_empty() { &own[..] } else { &self.key };
        let sdk = self.stack.sdk();
        let told = add(&sdk, ids, &Checkpoint::origin(&base)?, &self.out).await?;
        if !self.json {
            return Ok(told);
        }
        let keys: Vec<_> = read(&self.out)?.iter().map(ToString::to_string).collect();
        Ok(json!({ "file": self.out, "keys": keys }).to_string())
    }
}

/// Adds the keys of these ids to a file.
pub(crate) async fn add(sdk: &SdkConfig, ids: &[String], name: &KeyName, out: &Path) -> Result<String> {
    let mut keys = Vec::new();
    for id in ids {
        let key = Signer::new(sdk, id, name.clone()).key().await.cloned();
        keys.push(key.with_context(|| format!("reading the public half of {id}"))?);
    }
    match fs::read_to_string(out) {
        Ok(text) => {
            keys.extend(parse(&text, out)?.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("opening {}", out.display())),
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    serde_json::to_writer_pretty(&mut file, &KeyDocument::new(&keys))?;
    file.write_all(b"\n").context("writing the file")?;
    file.persist(out).with_context(|| format!("writing {}", out.display()))?;
    let mut told = vec![format!("{}: {}.", out.display(), counted(keys.len() as u64, "key"))];
    told.extend(keys.iter().map(|key| format!("  {key}")));
    told.push(
        "Note them where nobody can change them together with the trail: whoever could would sign with their own.".to_owned(),
    );
    Ok(told.join("\n"))
}

/// The keys in a file.
pub(crate) fn read(path: &Path) -> Result<Vec<NoteKey>> {
    let text = fs::read_to_string(path);
    let text = text.with_context(|| {
        format!(
            "opening {}: fetch the keys with timmy audit keys, or from /.well-known/timmybot-keys.json",
            path.display()
        )
    })?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Vec<NoteKey>> {
    KeyDocument::parse(text).with_context(|| format!("reading {}", path.display()))
}
