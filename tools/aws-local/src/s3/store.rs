//! Where objects are: in memory, or in files below a folder.
//!
//! On disk an object is two files named by the digest of its key, and by its version where it has one: its bytes under a
//! name that is never used again, and a description that says which. The description is renamed into place, so a killed
//! process leaves the old object or the new one and never half of either.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderName;

use super::error::S3Error;
use super::object::{self, NewObject, Object, UNNAMED};
use crate::machine;

/// Says that the answer is about the mark of a deletion.
pub(super) const MARKER: HeaderName = HeaderName::from_static("x-amz-delete-marker");
/// Which version the answer is about.
pub(super) const VERSION: HeaderName = HeaderName::from_static("x-amz-version-id");

#[derive(Debug)]
pub(super) struct Store {
    folder: Option<PathBuf>,
    /// Whether each keeps versions.
    buckets: BTreeMap<String, bool>,
    objects: Mutex<Objects>,
}

/// By bucket and key; of each the versions, the newest last, at least one.
type Objects = BTreeMap<(String, String), Vec<Held>>;

#[derive(Debug)]
struct Held {
    object: Object,
    /// In memory only.
    bytes: Bytes,
}

/// What a deletion came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Removed {
    /// The version that is gone, or the mark that was set.
    pub(super) version: Option<String>,
    /// Whether that is the mark of a deletion.
    pub(super) marker: bool,
}

impl Store {
    pub(super) fn open(folder: Option<&Path>, buckets: BTreeMap<String, bool>) -> io::Result<Self> {
        let mut objects = Objects::new();
        for (folder, bucket) in buckets.keys().filter_map(|bucket| Some((folder?.join(bucket), bucket))) {
            fs::create_dir_all(&folder)?;
            for object in described(&folder)? {
                let held = Held { object: object.clone(), bytes: Bytes::new() };
                objects.entry((bucket.clone(), object.key)).or_default().push(held);
            }
        }
        for versions in objects.values_mut() {
            versions.sort_by_key(|held| held.object.serial);
        }
        Ok(Self { folder: folder.map(Path::to_owned), buckets, objects: Mutex::new(objects) })
    }

    pub(super) fn know(&self, bucket: &str) -> Result<(), S3Error> {
        if self.buckets.contains_key(bucket) { Ok(()) } else { Err(S3Error::no_such_bucket()) }
    }

    /// The newest version, or the one that is asked for.
    pub(super) fn find(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Object, S3Error> {
        Ok(held(&self.lock(), bucket, key, version)?.object.clone())
    }

    /// The object with its bytes. The lock is held meanwhile, so that no writer removes the file.
    pub(super) fn read(
        &self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<(Object, Bytes), S3Error> {
        let objects = self.lock();
        let held = held(&objects, bucket, key, version)?;
        let bytes = match &self.folder {
            Some(folder) => fs::read(folder.join(bucket).join(&held.object.file))?.into(),
            None => held.bytes.clone(),
        };
        Ok((held.object.clone(), bytes))
    }

    /// Writes an object; `only_if_new` refuses if there is one. Where versions are kept, what was there stays below it.
    pub(super) fn write(&self, bucket: &str, new: NewObject, only_if_new: bool) -> Result<Object, S3Error> {
        let mut objects = self.lock();
        let versions = objects.get(&(bucket.to_owned(), new.key.clone()));
        let newest = versions.and_then(|versions| versions.last()).map(|held| &held.object);
        if only_if_new && newest.is_some_and(|newest| !newest.marker) {
            return Err(S3Error::precondition_failed());
        }
        let serial = newest.map_or(0, |newest| newest.serial + 1);
        let object = new.describe(self.new_version(bucket, serial)?, serial);
        self.lay(&mut objects, bucket, object, new.bytes)
    }

    /// A missing object is not an error. Where versions are kept, one that is not named is hidden below a mark.
    pub(super) fn remove(&self, bucket: &str, key: &str, version: Option<&str>) -> Result<Removed, S3Error> {
        let mut objects = self.lock();
        let name = (bucket.to_owned(), key.to_owned());
        let Some(asked) = version.or((!self.keeps_versions(bucket)).then_some(UNNAMED)) else {
            let serial =
                objects.get(&name).and_then(|held| held.last()).map_or(0, |held| held.object.serial + 1);
            let mark = Object::mark(key, self.new_version(bucket, serial)?, serial);
            let mark = self.lay(&mut objects, bucket, mark, Bytes::new())?;
            return Ok(Removed { version: mark.version, marker: true });
        };
        let Some(versions) = objects.get_mut(&name) else { return Ok(Removed::default()) };
        let Some(at) = versions.iter().position(|held| held.object.is(asked)) else {
            return Ok(Removed::default());
        };
        if versions[at].object.lock.is_some() {
            return Err(S3Error::locked());
        }
        let gone = versions.remove(at);
        if versions.is_empty() {
            objects.remove(&name);
        }
        if let Some(folder) = &self.folder {
            fs::remove_file(description(&folder.join(bucket), &gone.object))?;
        }
        self.forget_bytes(bucket, &gone);
        Ok(Removed { version: gone.object.version, marker: gone.object.marker })
    }

    /// The objects of a bucket whose keys begin so, by key: of each the newest version, if that is no mark.
    pub(super) fn list(&self, bucket: &str, prefix: &str) -> Vec<Object> {
        let newest = |versions: &Vec<Held>| versions.last().map(|held| held.object.clone());
        let all = self.below(bucket, prefix, |versions| newest(versions).into_iter().collect());
        all.into_iter().filter(|object| !object.marker).collect()
    }

    /// All versions of them and all marks, by key, the newest first.
    pub(super) fn list_versions(&self, bucket: &str, prefix: &str) -> Vec<Object> {
        self.below(bucket, prefix, |versions| versions.iter().rev().map(|held| held.object.clone()).collect())
    }

    fn below(&self, bucket: &str, prefix: &str, of: impl Fn(&Vec<Held>) -> Vec<Object>) -> Vec<Object> {
        let objects = self.lock();
        let from = (bucket.to_owned(), prefix.to_owned());
        let inside = objects.range(from..);
        let inside = inside.take_while(|((of, key), _)| of == bucket && key.starts_with(prefix));
        inside.flat_map(|(_, versions)| of(versions)).collect()
    }

    /// Puts it on top of the versions, or where they are not kept, in the place of what was there.
    fn lay(
        &self,
        objects: &mut Objects,
        bucket: &str,
        mut object: Object,
        mut bytes: Bytes,
    ) -> Result<Object, S3Error> {
        if let Some(folder) = &self.folder {
            let folder = folder.join(bucket);
            object.file = format!("{}.bytes", machine::uuid().map_err(|_| S3Error::internal())?);
            fs::write(folder.join(&object.file), &bytes)?;
            describe(&folder, &object)?;
            bytes = Bytes::new();
        }
        let versions = objects.entry((bucket.to_owned(), object.key.clone())).or_default();
        let replaced = versions.iter().position(|held| held.object.version == object.version);
        if let Some(replaced) = replaced {
            let gone = versions.remove(replaced);
            self.forget_bytes(bucket, &gone);
        }
        versions.push(Held { object: object.clone(), bytes });
        Ok(object)
    }

    fn keeps_versions(&self, bucket: &str) -> bool {
        self.buckets.get(bucket) == Some(&true)
    }

    /// Its name; without versions the only one has none.
    fn new_version(&self, bucket: &str, serial: u64) -> Result<Option<String>, S3Error> {
        let fresh = || object::version_name(serial).map_err(|_| S3Error::internal());
        self.keeps_versions(bucket).then(fresh).transpose()
    }

    /// Bytes that no description names any more. One that stays behind costs space and nothing else.
    fn forget_bytes(&self, bucket: &str, held: &Held) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_file(folder.join(bucket).join(&held.object.file));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn held<'a>(
    objects: &'a Objects,
    bucket: &str,
    key: &str,
    version: Option<&str>,
) -> Result<&'a Held, S3Error> {
    let versions = objects.get(&(bucket.to_owned(), key.to_owned())).map_or(&[][..], Vec::as_slice);
    match version {
        None => match versions.last() {
            Some(newest) if newest.object.marker => Err(S3Error::no_such_key().at_marker()),
            newest => newest.ok_or(S3Error::no_such_key()),
        },
        Some(asked) => match versions.iter().find(|held| held.object.is(asked)) {
            Some(found) if found.object.marker => Err(S3Error::method_not_allowed().at_marker()),
            found => found.ok_or(S3Error::no_such_version()),
        },
    }
}

/// A key may be longer than a file's name and may hold any character; its digest neither.
fn description(folder: &Path, object: &Object) -> PathBuf {
    let digest = md5::compute(&object.key);
    folder.join(match &object.version {
        Some(version) => format!("{digest:x}-{version}.json"),
        None => format!("{digest:x}.json"),
    })
}

fn describe(folder: &Path, object: &Object) -> io::Result<()> {
    let (target, text) = (description(folder, object), serde_json::to_vec(object)?);
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
