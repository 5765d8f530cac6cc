//! `ListObjectsV2`.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Response;

use super::error::S3Error;
use super::object::Object;
use super::request::Request;
use super::{NAMESPACE, S3};
use crate::xml::{container, document, element};

/// The service's limit, and its default.
const MOST: usize = 1000;

/// A page: objects, and the prefixes that a delimiter rolls others up into.
#[derive(Default)]
struct Page {
    objects: Vec<Object>,
    prefixes: BTreeSet<String>,
    /// The last key or prefix that is on it.
    last: String,
    truncated: bool,
}

impl S3 {
    /// By key, from the token or the key given; keys that share what stands before the delimiter are one prefix.
    pub(super) fn list(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        let prefix = request.query("prefix").unwrap_or_default();
        let most = most(request)?;
        let after = match request.query("continuation-token") {
            Some(token) => untoken(token)?,
            None => request.query("start-after").unwrap_or_default().to_owned(),
        };
        let delimiter = request.query("delimiter").filter(|delimiter| !delimiter.is_empty());
        let page = page(self.store.list(&request.bucket, prefix), prefix, delimiter, &after, most);
        Ok(document(NAMESPACE, "ListBucketResult", &page.to_xml(&request.bucket, prefix, most)))
    }
}

/// How many a page holds.
pub(super) fn most(request: &Request) -> Result<usize, S3Error> {
    let most = request.query("max-keys").map_or(Ok(MOST), str::parse);
    Ok(most.map_err(|_| S3Error::invalid_argument("max-keys is not a number"))?.min(MOST))
}

fn page(objects: Vec<Object>, prefix: &str, delimiter: Option<&str>, after: &str, most: usize) -> Page {
    let mut page = Page::default();
    for object in objects {
        let rolled = delimiter.and_then(|delimiter| roll_up(&object.key, prefix, delimiter));
        let name = rolled.as_deref().unwrap_or(&object.key).to_owned();
        if name.as_str() <= after || page.prefixes.contains(&name) {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == most {
            page.truncated = true;
            break;
        }
        page.last.clone_from(&name);
        match rolled {
            Some(prefix) => drop(page.prefixes.insert(prefix)),
            None => page.objects.push(object),
        }
    }
    page
}

fn roll_up(key: &str, prefix: &str, delimiter: &str) -> Option<String> {
    let rest = key.strip_prefix(prefix)?;
    let end = rest.find(delimiter)? + delimiter.len();
    Some(format!("{prefix}{}", &rest[..end]))
}

impl Page {
    fn to_xml(&self, bucket: &str, prefix: &str, most: usize) -> String {
        let mut xml = element("Name", bucket) + &element("Prefix", prefix);
        xml += &element("MaxKeys", &most.to_string());
        xml += &element("KeyCount", &(self.objects.len() + self.prefixes.len()).to_string());
        xml += &element("IsTruncated", if self.truncated { "true" } else { "false" });
        if self.truncated {
            xml += &element("NextContinuationToken", &hex::encode(&self.last));
        }
        for object in &self.objects {
            let modified = object.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
            let inner = element("Key", &object.key)
                + &element("LastModified", &modified)
                + &element("ETag", &object.etag)
                + &element("Size", &object.length.to_string())
                + &element("StorageClass", "STANDARD");
            xml += &container("Contents", &inner);
        }
        for prefix in &self.prefixes {
            xml += &container("CommonPrefixes", &element("Prefix", prefix));
        }
        xml
    }
}

/// A token is opaque to callers; here it is the last name in hex.
fn untoken(token: &str) -> Result<String, S3Error> {
    let bytes = hex::decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    bytes.ok_or(S3Error::invalid_argument("The continuation token provided is incorrect"))
}
