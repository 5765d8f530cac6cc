//! What is known of an object, or of the mark that says that it was deleted.

use std::collections::BTreeMap;

use axum::body::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::lock::Lock;
use crate::machine::{self, NoEntropy};

/// How a version without a name is asked for: one from a bucket that keeps none.
pub(super) const UNNAMED: &str = "null";

/// A name for a version that tells its place among the others, so that a list can go on behind one that is gone.
pub(super) fn version_name(serial: u64) -> Result<String, NoEntropy> {
    Ok(format!("{serial:016x}{}", machine::uuid()?.replace('-', "")))
}

/// The place of the version of this name.
pub(super) fn serial(version: &str) -> Option<u64> {
    u64::from_str_radix(version.get(..16)?, 16).ok()
}

/// One version.
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
    /// Its name, where versions are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
    /// Greater than that of each version before it.
    #[serde(default)]
    pub(super) serial: u64,
    /// Whether it says that what was there is deleted.
    #[serde(default)]
    pub(super) marker: bool,
    /// The file with its bytes; empty in memory.
    pub(super) file: String,
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

impl Object {
    /// The mark of a deletion.
    pub(super) fn mark(key: &str, version: Option<String>, serial: u64) -> Self {
        Self {
            key: key.to_owned(),
            etag: String::new(),
            length: 0,
            modified: machine::now(),
            content_type: String::new(),
            metadata: BTreeMap::new(),
            lock: None,
            version,
            serial,
            marker: true,
            file: String::new(),
        }
    }

    /// Whether this version is the one that is asked for.
    pub(super) fn is(&self, asked: &str) -> bool {
        self.version_id() == asked
    }

    /// Its name in requests and answers.
    pub(super) fn version_id(&self) -> &str {
        self.version.as_deref().unwrap_or(UNNAMED)
    }
}

impl NewObject {
    pub(super) fn describe(&self, version: Option<String>, serial: u64) -> Object {
        Object {
            key: self.key.clone(),
            etag: self.etag.clone(),
            length: self.bytes.len(),
            modified: machine::now(),
            content_type: self.content_type.clone(),
            metadata: self.metadata.clone(),
            lock: self.lock,
            version,
            serial,
            marker: false,
            file: String::new(),
        }
    }
}
