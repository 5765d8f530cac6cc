//! All keys, found by id, ARN or alias, and the file that keeps them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::key::{self, Key};
use super::{KeysError, error};
use crate::template::{AliasPlan, CryptoKeyPlan};
use crate::wire::{ACCOUNT, REGION, ServiceError};
use crate::{machine, private_file};

/// The keys by id, and the names that stand for them.
#[derive(Debug, Default)]
pub(super) struct Keyring {
    keys: BTreeMap<String, Key>,
    aliases: BTreeMap<String, String>,
    file: Option<PathBuf>,
}

impl Keyring {
    /// Reads what `file` holds. The aliases are the template's.
    pub(super) fn open(file: Option<PathBuf>, aliases: &[AliasPlan]) -> std::io::Result<Self> {
        let keys = file.as_deref().map(private_file::read).transpose()?.unwrap_or_default();
        let aliases = aliases.iter().map(|alias| (alias.name.clone(), alias.key_id.clone())).collect();
        Ok(Self { keys, aliases, file })
    }

    /// Makes the keys of the template that are missing. Those that are there keep their state.
    pub(super) fn ensure(&mut self, plans: &[CryptoKeyPlan], now_ms: u64) -> Result<(), KeysError> {
        self.forget_deleted(now_ms);
        for plan in plans {
            match self.keys.get(&plan.id) {
                Some(key) if key.spec() == plan.spec => {}
                Some(_) => return Err(KeysError::Drift { logical_id: plan.logical_id.clone() }),
                None => {
                    let random = machine::random().map_err(|_| KeysError::Entropy)?;
                    self.keys.insert(plan.id.clone(), Key::new(plan, random, now_ms));
                }
            }
        }
        Ok(self.write()?)
    }

    /// The key that an id, an ARN or an alias means.
    pub(super) fn find(&self, asked: &str) -> Result<&Key, ServiceError> {
        let own = format!("arn:aws:kms:{REGION}:{ACCOUNT}:");
        let short = asked.strip_prefix(&own).unwrap_or(asked);
        if short.starts_with("alias/") {
            let id = self.aliases.get(short).ok_or_else(|| error::no_such_alias(&format!("{own}{short}")))?;
            return self.keys.get(id).ok_or_else(|| error::no_such_key(&key::arn(id)));
        }
        let id = short.strip_prefix("key/").unwrap_or(short);
        self.keys.get(id).ok_or_else(|| {
            let is_arn = asked.starts_with("arn:");
            error::no_such_key(&if is_arn { asked.to_owned() } else { key::arn(id) })
        })
    }

    /// Like [`Self::find`] to change the key; aliases are not taken. What `change` did is kept on disk.
    pub(super) fn change(
        &mut self,
        asked: &str,
        change: impl FnOnce(&mut Key) -> Result<(), ServiceError>,
    ) -> Result<&Key, ServiceError> {
        if asked.contains("alias/") {
            return Err(error::alias_not_taken(asked));
        }
        let id = self.find(asked)?.id.clone();
        let key = self.keys.get_mut(&id).ok_or_else(|| error::no_such_key(&key::arn(&id)))?;
        change(key)?;
        self.write().map_err(|_| error::internal())?;
        self.keys.get(&id).ok_or_else(|| error::no_such_key(&key::arn(&id)))
    }

    /// Keys whose time is over are gone for good, and so are the names that stood for them.
    pub(super) fn forget_deleted(&mut self, now_ms: u64) {
        let gone: Vec<String> =
            self.keys.extract_if(.., |_, key| key.is_gone(now_ms)).map(|(id, _)| id).collect();
        self.aliases.retain(|_, id| !gone.contains(id));
    }

    fn write(&self) -> std::io::Result<()> {
        self.file.as_deref().map_or(Ok(()), |path| private_file::replace(path, &self.keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::CryptoKeySpec;

    fn plan(id: &str) -> CryptoKeyPlan {
        CryptoKeyPlan {
            id: id.into(),
            logical_id: id.to_uppercase(),
            spec: CryptoKeySpec::Symmetric,
            description: String::new(),
            enabled: true,
        }
    }

    fn keyring(file: Option<PathBuf>) -> Keyring {
        let alias = AliasPlan { name: "alias/a".into(), key_id: "k".into() };
        let dangling = AliasPlan { name: "alias/b".into(), key_id: "none".into() };
        let mut keyring = Keyring::open(file, &[alias, dangling]).unwrap();
        keyring.ensure(&[plan("k"), plan("l")], 1).unwrap();
        keyring
    }

    #[test]
    fn a_key_is_found_by_each_of_its_names() {
        let keyring = keyring(None);
        let prefix = "arn:aws:kms:eu-central-1:000000000000:";
        for name in ["k", "alias/a", &format!("{prefix}key/k"), &format!("{prefix}alias/a")] {
            assert_eq!(keyring.find(name).unwrap().id, "k", "{name}");
        }
        for name in ["", "m", "alias/c", "alias/b", "arn:aws:kms:us-east-1:000000000000:key/k"] {
            assert_eq!(keyring.find(name).unwrap_err().code, "NotFoundException", "{name}");
        }
    }

    #[test]
    fn keys_are_made_once_and_keep_their_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = Some(folder.path().join("keys.json"));
        let mut first = keyring(path.clone());
        first.change("k", |key| key.set_enabled(false)).unwrap();
        let again = keyring(path.clone());
        assert!(again.find("k").unwrap().material == first.find("k").unwrap().material);
        assert_eq!(again.find("k").unwrap().usable().unwrap_err().code, "DisabledException");
        assert!(again.find("k").unwrap().material != again.find("l").unwrap().material);
        let other = CryptoKeyPlan { spec: CryptoKeySpec::Ed25519, ..plan("k") };
        let drift = Keyring::open(path, &[]).unwrap().ensure(&[other], 1).unwrap_err();
        assert!(matches!(drift, KeysError::Drift { .. }));
    }

    #[test]
    fn a_key_is_not_changed_by_an_alias_and_is_forgotten_when_its_time_is_over() {
        let mut keyring = keyring(None);
        let by_alias = keyring.change("alias/a", |key| key.set_enabled(false)).unwrap_err();
        assert_eq!(by_alias.code, "NotFoundException");
        keyring.change("k", |key| key.schedule_deletion(100)).unwrap();
        keyring.forget_deleted(99);
        assert!(keyring.find("alias/a").is_ok());
        keyring.forget_deleted(100);
        assert!(keyring.find("k").is_err() && keyring.find("alias/a").is_err() && keyring.find("l").is_ok());
    }
}
