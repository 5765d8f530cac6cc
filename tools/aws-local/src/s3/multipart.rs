//! Uploads in parts: `CreateMultipartUpload`, `UploadPart`, `CompleteMultipartUpload`, `AbortMultipartUpload`.
//!
//! Parts are kept in memory until the upload ends; nobody sees anything of it before.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};

use super::error::S3Error;
use super::lock::Lock;
use super::object::NewObject;
use super::put::{check_key, content_type, metadata, with_etag, with_version};
use super::request::Request;
use super::{NAMESPACE, S3};
use crate::machine;
use crate::xml::{document, element, texts};

/// Every part but the last is at least this large.
const SMALLEST_PART: usize = 5 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Uploads(Mutex<BTreeMap<String, Upload>>);

#[derive(Debug)]
struct Upload {
    bucket: String,
    key: String,
    content_type: String,
    metadata: BTreeMap<String, String>,
    lock: Option<Lock>,
    parts: BTreeMap<u16, Bytes>,
}

impl S3 {
    pub(super) fn create_upload(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        check_key(&request.key)?;
        let id = machine::uuid().map_err(|_| S3Error::internal())?;
        let upload = Upload {
            bucket: request.bucket.clone(),
            key: request.key.clone(),
            content_type: content_type(request),
            metadata: metadata(&request.headers),
            lock: self.lock(request)?,
            parts: BTreeMap::new(),
        };
        self.uploads.lock().insert(id.clone(), upload);
        let named = element("Bucket", &request.bucket) + &element("Key", &request.key);
        Ok(document(NAMESPACE, "InitiateMultipartUploadResult", &(named + &element("UploadId", &id))))
    }

    /// A part that is sent again replaces the one before.
    pub(super) fn upload_part(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        let number = request.query("partNumber").and_then(|number| number.parse().ok());
        let number = number.filter(|number| (1..=10_000).contains(number));
        let number = number.ok_or(S3Error::invalid_argument("Part number must be between 1 and 10000"))?;
        let etag = part_etag(&request.body);
        self.uploads.with(request, |upload| upload.parts.insert(number, request.body.clone()))?;
        with_etag(Response::new(Body::empty()), &etag)
    }

    /// Puts the named parts together. On a refusal the upload stays, to be completed or aborted.
    pub(super) fn complete_upload(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        let listed = listed(&request.body)?;
        let new = self.uploads.with(request, |upload| upload.join(&listed))??;
        let only_if_new = request.header("if-none-match") == Some("*");
        let object = self.store.write(&request.bucket, new, only_if_new)?;
        self.uploads.lock().remove(request.query("uploadId").unwrap_or_default());
        let named = element("Bucket", &request.bucket) + &element("Key", &request.key);
        let inner = named + &element("ETag", &object.etag);
        with_version(document(NAMESPACE, "CompleteMultipartUploadResult", &inner), &object)
    }

    pub(super) fn abort_upload(&self, request: &Request) -> Result<Response<Body>, S3Error> {
        self.uploads.with(request, |_| ())?;
        self.uploads.lock().remove(request.query("uploadId").unwrap_or_default());
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        Ok(response)
    }
}

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, request: &Request, act: impl FnOnce(&mut Upload) -> T) -> Result<T, S3Error> {
        let mut uploads = self.lock();
        let upload = request.query("uploadId").and_then(|id| uploads.get_mut(id));
        let own = upload.filter(|upload| upload.bucket == request.bucket && upload.key == request.key);
        own.map(act).ok_or(S3Error::no_such_upload())
    }
}

impl Upload {
    fn join(&self, listed: &[(u16, String)]) -> Result<NewObject, S3Error> {
        if listed.is_empty() {
            return Err(S3Error::malformed_xml());
        }
        if !listed.is_sorted_by(|one, next| one.0 < next.0) {
            return Err(S3Error::invalid_part_order());
        }
        let (mut bytes, mut digests) = (Vec::new(), Vec::new());
        for (at, (number, etag)) in listed.iter().enumerate() {
            let part = self.parts.get(number).filter(|part| part_etag(part).trim_matches('"') == etag);
            let part = part.ok_or(S3Error::invalid_part())?;
            if at + 1 < listed.len() && part.len() < SMALLEST_PART {
                return Err(S3Error::too_small());
            }
            digests.extend_from_slice(&md5::compute(part).0);
            bytes.extend_from_slice(part);
        }
        Ok(NewObject {
            key: self.key.clone(),
            etag: format!("\"{:x}-{}\"", md5::compute(digests), listed.len()),
            content_type: self.content_type.clone(),
            metadata: self.metadata.clone(),
            lock: self.lock,
            bytes: bytes.into(),
        })
    }
}

fn part_etag(bytes: &[u8]) -> String {
    format!("\"{:x}\"", md5::compute(bytes))
}

/// Numbers and tags of parts, without quotes, as the body lists them.
fn listed(body: &[u8]) -> Result<Vec<(u16, String)>, S3Error> {
    let body = core::str::from_utf8(body).map_err(|_| S3Error::malformed_xml())?;
    let (numbers, etags) = (texts(body, "PartNumber"), texts(body, "ETag"));
    if numbers.len() != etags.len() {
        return Err(S3Error::malformed_xml());
    }
    let number = |text: &String| text.parse::<u16>().map_err(|_| S3Error::malformed_xml());
    let numbers = numbers.iter().map(number).collect::<Result<Vec<_>, _>>()?;
    Ok(numbers.into_iter().zip(etags.iter().map(|etag| etag.trim_matches('"').to_owned())).collect())
}
