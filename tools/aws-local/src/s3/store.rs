//! Where objects are: in memory, or in files below a folder.
//!
//! On disk an object is two files named by the digest of its key: its bytes under a name that is never used again, and a
//! description that says which. The description is renamed into place, so a killed process leaves the old object or the
//! new one and never half of either.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::error::S3Error;
use super::lock::Lock;
use crate::machine;

/// What is known of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Object {
    pub(super) key: String,
    pub(super) etag: String,
    pub(super) length: usize,
    pub(super) modified: Timestamp,
    pub(super) content_type: String,
    /// `x-amz-meta-…`, without the prefix.
    pub(super) metadata: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lock: Option<Lock>,
    /// The file with its bytes; empty in memory.
    file: String,
}

/// An object to be written.
#[derive(Debug)]
pub(super) struct NewObject {
    pub(super) key: String,
    pub(super) etag: String,
    pub(super) content_type: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) lock: Option<Lock>,
    pub(super) bytes: Bytes,
}

#[derive(Debug)]
pub(super) struct Store {
    folder: Option<PathBuf>,
    buckets: BTreeSet<String>,
    objects: Mutex<BTreeMap<(String, String), Held>>,
}

#[derive(Debug)]
struct Held {
    object: Object,
    /// In memory only.
    bytes: Bytes,
}

impl Store {
    pub(super) fn open(folder: Option<&Path>, buckets: impl Iterator<Item = String>) -> io::Result<Self> {
        let buckets: BTreeSet<String> = buckets.collect();
        let mut objects = BTreeMap::new();
        for (folder, bucket) in buckets.iter().filter_map(|bucket| Some((folder?.join(bucket), bucket))) {
            fs::create_dir_all(&folder)?;
            for object in described(&folder)? {
                let held = Held { object: object.clone(), bytes: Bytes::new() };
                objects.insert((bucket.clone(), object.key), held);
            }
        }
        Ok(Self { folder: folder.map(Path::to_owned), buckets, objects: Mutex::new(objects) })
    }

    pub(super) fn know(&self, bucket: &str) -> Result<(), S3Error> {
        if self.buckets.contains(bucket) { Ok(()) } else { Err(S3Error::no_such_bucket()) }
    }

    pub(super) fn find(&self, bucket: &str, key: &str) -> Result<Object, S3Error> {
        let objects = self.lock();
        let held = objects.get(&(bucket.to_owned(), key.to_owned())).ok_or(S3Error::no_such_key())?;
        Ok(held.object.clone())
    }

    /// The object with its bytes. The lock is held meanwhile, so that no writer removes the file.
    pub(super) fn read(&self, bucket: &str, key: &str) -> Result<(Object, Bytes), S3Error> {
        let objects = self.lock();
        let held = objects.get(&(bucket.to_owned(), key.to_owned())).ok_or(S3Error::no_such_key())?;
        let bytes = match &self.folder {
            Some(folder) => fs::read(folder.join(bucket).join(&held.object.file))?.into(),
            None => held.bytes.clone(),
        };
        Ok((held.object.clone(), bytes))
    }

    /// Writes an object; `only_if_new` refuses if there is one. Over a locked one a new version would come to lie.
    pub(super) fn write(&self, bucket: &str, new: NewObject, only_if_new: bool) -> Result<Object, S3Error> {
        let mut objects = self.lock();
        let name = (bucket.to_owned(), new.key.clone());
        let there = objects.get(&name);
        if only_if_new && there.is_some() {
            return Err(S3Error::precondition_failed());
        }
        if there.is_some_and(|held| held.object.lock.is_some()) {
            return Err(S3Error::not_implemented());
        }
        let mut object = new.describe();
        let mut bytes = new.bytes;
        if let Some(folder) = &self.folder {
            let folder = folder.join(bucket);
            object.file = format!("{}.bytes", machine::uuid().map_err(|_| S3Error::internal())?);
            fs::write(folder.join(&object.file), &bytes)?;
            describe(&folder, &object)?;
            bytes = Bytes::new();
        }
        let before = objects.insert(name, Held { object: object.clone(), bytes });
        self.forget_bytes(bucket, before.as_ref());
        Ok(object)
    }

    /// A missing object is not an error.
    pub(super) fn remove(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        let mut objects = self.lock();
        let removed = objects.remove(&(bucket.to_owned(), key.to_owned()));
        if let (Some(folder), Some(held)) = (&self.folder, &removed) {
            fs::remove_file(description(&folder.join(bucket), &held.object.key))?;
        }
        self.forget_bytes(bucket, removed.as_ref());
        Ok(())
    }

    /// The objects of a bucket whose keys begin so, by key.
    pub(super) fn list(&self, bucket: &str, prefix: &str) -> Vec<Object> {
        let objects = self.lock();
        let from = (bucket.to_owned(), prefix.to_owned());
        let inside =
            objects.range(from..).take_while(|((of, key), _)| of == bucket && key.starts_with(prefix));
        inside.map(|(_, held)| held.object.clone()).collect()
    }

    /// Bytes that no description names any more. One that stays behind costs space and nothing else.
    fn forget_bytes(&self, bucket: &str, held: Option<&Held>) {
        if let (Some(folder), Some(held)) = (&self.folder, held) {
            let _ = fs::remove_file(folder.join(bucket).join(&held.object.file));
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, String), Held>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NewObject {
    fn describe(&self) -> Object {
        Object {
            key: self.key.clone(),
            etag: self.etag.clone(),
            length: self.bytes.len(),
            modified: machine::now(),
            content_type: self.content_type.clone(),
            metadata: self.metadata.clone(),
            lock: self.lock,
            file: String::new(),
        }
    }
}

/// A key may be longer than a file's name and may hold any character; its digest neither.
fn description(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{:x}.json", md5::compute(key)))
}

fn describe(folder: &Path, object: &Object) -> io::Result<()> {
    let (target, text) = (description(folder, &object.key), serde_json::to_vec(object)?);
    let fresh = target.with_extension("new");
    fs::write(&fresh, text)?;
    fs::rename(fresh, target)
}

fn described(folder: &Path) -> io::Result<Vec<Object>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            found.push(serde_json::from_slice(&fs::read(path)?)?);
        }
    }
    Ok(found)
}
