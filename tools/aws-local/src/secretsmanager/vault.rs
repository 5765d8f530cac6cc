//! All secrets, found by name or ARN, and the file that keeps them.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::secret::Secret;
use crate::machine::{self, NoEntropy};
use crate::wire::{ACCOUNT, REGION};

/// The secrets by name.
#[derive(Debug, Default)]
pub(super) struct Vault {
    secrets: BTreeMap<String, Secret>,
    file: Option<PathBuf>,
}

impl Vault {
    /// Reads what `file` holds; without a file, or before the first write, the vault is empty.
    pub(super) fn open(file: Option<PathBuf>) -> std::io::Result<Self> {
        let secrets = match &file {
            Some(path) if path.exists() => serde_json::from_slice(&fs::read(path)?)?,
            _ => BTreeMap::new(),
        };
        Ok(Self { secrets, file })
    }

    /// Writes the file anew, readable by its owner only; a reader sees the old one or the new one.
    pub(super) fn save(&self) -> std::io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let fresh = path.with_extension("new");
        write_private(&fresh, &serde_json::to_vec(&self.secrets)?)?;
        fs::rename(fresh, path)
    }

    /// The secret that a name or a whole ARN means.
    pub(super) fn get(&self, id: &str) -> Option<(&str, &Secret)> {
        self.secrets
            .get_key_value(id)
            .or_else(|| self.secrets.iter().find(|(_, secret)| secret.arn == id))
            .map(|(name, secret)| (name.as_str(), secret))
    }

    /// Like [`Self::get`], to change it.
    pub(super) fn get_mut(&mut self, id: &str) -> Option<(&str, &mut Secret)> {
        let name = self.get(id)?.0.to_owned();
        self.secrets
            .iter_mut()
            .find(|(known, _)| **known == name)
            .map(|(name, secret)| (name.as_str(), secret))
    }

    /// Adds a secret; the caller has looked that the name is free.
    pub(super) fn insert(&mut self, name: String, secret: Secret) {
        self.secrets.insert(name, secret);
    }
}

/// A new ARN: six random characters tell a secret from an earlier one of the same name.
pub(super) fn arn(name: &str) -> Result<String, NoEntropy> {
    let suffix = hex::encode(machine::random::<3>()?);
    Ok(format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-{suffix}"))
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn secret(name: &str) -> Secret {
        let mut secret = Secret::new(arn(name).unwrap(), None, 1);
        secret.put(1, "v1", "value".into(), &[]);
        secret
    }

    #[test]
    fn a_secret_is_found_by_name_and_by_arn() {
        let mut vault = Vault::default();
        vault.insert("/a/b".into(), secret("/a/b"));
        let arn = vault.get("/a/b").unwrap().1.arn.clone();
        assert_eq!(vault.get(&arn).unwrap().0, "/a/b");
        assert!(vault.get_mut(&arn).is_some());
        assert!(vault.get("/a").is_none());
    }

    #[test]
    fn the_file_is_private_and_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        let mut vault = Vault::open(Some(path.clone())).unwrap();
        vault.insert("a".into(), secret("a"));
        vault.save().unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let again = Vault::open(Some(path)).unwrap();
        assert_eq!(again.get("a").unwrap().1.version(None, None).unwrap().1.value, "value");
    }

    #[test]
    fn a_broken_file_is_an_error_and_not_an_empty_vault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        fs::write(&path, "{").unwrap();
        assert!(Vault::open(Some(path)).is_err());
    }
}
