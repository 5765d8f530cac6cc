//! The tokens of a sign-in, on disk for their owner alone.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use shared::env::Env;

/// What a sign-in gave.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

/// Where the tokens for one deployment lie.
#[derive(Debug)]
pub(super) struct Credentials {
    path: PathBuf,
}

impl Credentials {
    /// In the local stack's folder, or below the user's own configuration.
    pub(super) fn of(local: Option<&Path>, base: &str) -> Result<Self> {
        if let Some(data) = local {
            return Ok(Self { path: data.join("api-session.json") });
        }
        let env = Env::of_process();
        let home = env.get("XDG_CONFIG_HOME").map(PathBuf::from);
        let home = home.or_else(|| env.get("HOME").map(|home| PathBuf::from(home).join(".config")));
        let folder = home.context("there is no HOME to keep the sign-in in")?.join("timmybot");
        Ok(Self { path: folder.join(file_name(base)) })
    }

    pub(super) fn load(&self) -> Option<Tokens> {
        serde_json::from_slice(&fs::read(&self.path).ok()?).ok()
    }

    /// Written beside and moved over, so that nobody ever reads half of it.
    pub(super) fn save(&self, tokens: &Tokens) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let beside = self.path.with_extension("new");
        // One that was left behind would keep its own rights.
        let _ = fs::remove_file(&beside);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(&serde_json::to_vec(tokens)?)?;
        fs::rename(&beside, &self.path).with_context(|| format!("writing {}", self.path.display()))
    }

    pub(super) fn forget(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A file for each address.
fn file_name(base: &str) -> String {
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '_' };
    format!("{}.json", base.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn tokens_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let credentials = Credentials::of(Some(folder.path()), "http://127.0.0.1:8787").unwrap();
        assert!(credentials.load().is_none());
        for word in ["a", "b"] {
            let tokens = Tokens { access_token: word.to_owned(), refresh_token: word.to_owned() };
            credentials.save(&tokens).unwrap();
            assert!(credentials.load() == Some(tokens));
        }
        let mode = fs::metadata(&credentials.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        credentials.forget().unwrap();
        credentials.forget().unwrap();
        assert!(credentials.load().is_none());
    }

    #[test]
    fn an_address_is_one_file() {
        assert_eq!(file_name("https://bot.example.org/../x"), "https___bot.example.org_.._x.json");
    }
}
