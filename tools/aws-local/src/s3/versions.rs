//! `ListObjectVersions`.

use axum::body::Body;
use axum::http::Response;

use super::error::S3Error;
use super::object::{Object, serial};
use super::request::Request;
use super::{NAMESPACE, S3, list};
use crate::xml::{container, document, element};

impl S3 {
    /// By key, the newest version first, from behind the version that was last on the page before. There are no folders.
    pub(super) fn list_versions(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        if request.query("delimiter").is_some_and(|delimiter| !delimiter.is_empty()) {
            return Err(S3Error::not_implemented());
        }
        let prefix = request.query("prefix").unwrap_or_default();
        let most = list::most(request)?;
        let (key, version) = (request.query("key-marker"), request.query("version-id-marker"));
        let all = self.store.list_versions(&request.bucket, prefix);
        let rest = after(&all, key.filter(|key| !key.is_empty()), version.filter(|one| !one.is_empty()))?;
        let page = &rest[..rest.len().min(most)];
        let mut xml = element("Name", &request.bucket) + &element("Prefix", prefix);
        xml += &element("MaxKeys", &most.to_string());
        xml += &element("IsTruncated", if page.len() < rest.len() { "true" } else { "false" });
        if let Some(last) = page.last().filter(|_| page.len() < rest.len()) {
            xml += &element("NextKeyMarker", &last.key);
            xml += &element("NextVersionIdMarker", last.version_id());
        }
        for object in page {
            let newest = all.partition_point(|other| other.key < object.key);
            xml += &entry(object, all[newest].serial == object.serial);
        }
        Ok(document(NAMESPACE, "ListVersionsResult", &xml))
    }
}

/// What follows the key, or the version of it. That one may be gone since: whoever deletes page by page comes here.
fn after<'a>(all: &'a [Object], key: Option<&str>, version: Option<&str>) -> Result<&'a [Object], S3Error> {
    let Some(key) = key else {
        let alone =
            S3Error::invalid_argument("A version-id marker cannot be specified without a key marker.");
        return if version.is_some() { Err(alone) } else { Ok(all) };
    };
    let begin = all.partition_point(|object| object.key.as_str() < key);
    let end = all.partition_point(|object| object.key.as_str() <= key);
    let within = &all[begin..end];
    let passed = version.map_or(Ok(within.len()), |version| passed(within, version))?;
    Ok(&all[begin + passed..])
}

/// How many versions of one key stand before and at this one.
fn passed(within: &[Object], version: &str) -> Result<usize, S3Error> {
    if let Some(at) = within.iter().position(|object| object.is(version)) {
        return Ok(at + 1);
    }
    let serial = serial(version).ok_or(S3Error::invalid_argument("Invalid version id specified"))?;
    Ok(within.partition_point(|object| object.serial > serial))
}

fn entry(object: &Object, newest: bool) -> String {
    let modified = object.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let mut xml = element("Key", &object.key) + &element("VersionId", object.version_id());
    xml += &element("IsLatest", if newest { "true" } else { "false" });
    xml += &element("LastModified", &modified);
    if object.marker {
        return container("DeleteMarker", &xml);
    }
    xml += &element("ETag", &object.etag);
    xml += &element("Size", &object.length.to_string());
    container("Version", &(xml + &element("StorageClass", "STANDARD")))
}
