//! All secrets, found by name or ARN, and the file that keeps them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::secret::Secret;
use crate::machine::{self, NoEntropy};
use crate::private_file;
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
        let secrets = file.as_deref().map(private_file::read).transpose()?.unwrap_or_default();
        Ok(Self { secrets, file })
    }

    /// Writes the file anew.
    pub(super) fn save(&self) -> std::io::Result<()> {
        self.file.as_deref().map_or(Ok(()), |path| private_file::replace(path, &self.secrets))
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

    /// All secrets with their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.secrets.iter().map(|(name, secret)| (name.as_str(), secret))
    }

    /// Forgets a secret at once and for good.
    pub(super) fn remove(&mut self, name: &str) {
        self.secrets.remove(name);
    }

    /// Forgets the secrets whose time is over.
    pub(super) fn forget_deleted(&mut self, now_ms: u64) {
        self.secrets.retain(|_, secret| secret.deleted_ms.is_none_or(|at_ms| now_ms < at_ms));
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

#[cfg(test)]
mod tests {
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
    fn the_file_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.json");
        let mut vault = Vault::open(Some(path.clone())).unwrap();
        vault.insert("a".into(), secret("a"));
        vault.save().unwrap();
        let again = Vault::open(Some(path)).unwrap();
        let (_, version) = again.get("a").unwrap().1.version(None, None).unwrap();
        assert_eq!(version.value.as_deref(), Some("value"));
    }

    #[test]
    fn a_secret_whose_time_is_over_is_forgotten() {
        let mut vault = Vault::default();
        let mut doomed = secret("a");
        doomed.deleted_ms = Some(100);
        vault.insert("a".into(), doomed);
        vault.insert("b".into(), secret("b"));
        vault.forget_deleted(99);
        assert!(vault.get("a").is_some());
        vault.forget_deleted(100);
        assert!(vault.get("a").is_none() && vault.get("b").is_some());
    }
}
