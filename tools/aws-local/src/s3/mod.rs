//! S3: objects in memory or in files, speaking the REST protocol in both address styles.
//!
//! Emulated: `GetObject` with a range and conditions, `HeadObject`, `PutObject` (also only if there is none),
//! `DeleteObject`, `DeleteObjects`, `ListObjectsV2`, `ListObjectVersions`, uploads in parts, versions, Object Lock, addresses
//! that are signed. Not emulated: tags, ACLs, encryption, lifecycles, the right to end a lock early; what the template says
//! about a bucket's policy is not checked.

mod body;
mod delete;
mod error;
mod get;
mod list;
mod lock;
mod multipart;
mod object;
mod presigned;
mod put;
mod range;
mod request;
mod store;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request as HttpRequest, Response};

use crate::calls::Recorder;
use crate::fault::{Fault, Faults, Words};
use crate::machine;
use crate::template::{BucketPlan, LockPlan};
use error::S3Error;
use request::Request;
use store::Store;

/// Of the elements in answers.
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Of faults.
const WORDS: Words<S3Error> = Words {
    broken: S3Error::internal,
    throttled: S3Error::slow_down,
    denied: || S3Error::access_denied("Access Denied"),
};

/// The buckets of a stack.
#[derive(Debug)]
pub(crate) struct S3 {
    store: Store,
    uploads: multipart::Uploads,
    /// Buckets with Object Lock, and how they lock what is not told otherwise.
    locks: BTreeMap<String, LockPlan>,
    faults: Faults,
}

/// An operation, what IAM calls it, and who answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Get,
    Head,
    Put,
    Delete,
    DeleteMany,
    List,
    ListVersions,
    CreateUpload,
    UploadPart,
    CompleteUpload,
    AbortUpload,
}

impl S3 {
    /// The template's buckets, with what `folder` holds of them.
    pub(crate) fn open(folder: Option<&Path>, buckets: &[BucketPlan]) -> std::io::Result<Self> {
        let names = buckets.iter().map(|bucket| (bucket.name.clone(), bucket.versioned)).collect();
        let locks = buckets.iter().filter_map(|bucket| Some((bucket.name.clone(), bucket.lock?))).collect();
        let uploads = multipart::Uploads::default();
        Ok(Self { store: Store::open(folder, names)?, uploads, locks, faults: Faults::default() })
    }

    /// The faults in force.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Answers one call.
    pub(crate) async fn call(&self, request: HttpRequest<Body>, calls: &Recorder) -> Response<Body> {
        let head = request.method() == Method::HEAD;
        let answered = match Request::read(request).await {
            Ok(request) => self.dispatch(&request, calls).await,
            Err(error) => Err(error),
        };
        let mut response = answered.unwrap_or_else(|error| error.response(head));
        if let Ok(id) = machine::uuid()
            && let Ok(id) = HeaderValue::from_str(&id)
        {
            response.headers_mut().insert("x-amz-request-id", id);
        }
        response
    }

    async fn dispatch(&self, request: &Request, calls: &Recorder) -> Result<Response<Body>, S3Error> {
        let operation = Operation::of(request).ok_or_else(S3Error::not_implemented)?;
        presigned::check(request, machine::now())?;
        for action in operation.actions(request) {
            calls.stored(operation.name(), action, &request.bucket);
        }
        if lock::is_told(request) {
            calls.stored(operation.name(), "PutObjectRetention", &request.bucket);
        }
        match self.faults.take(operation.name()) {
            // What loses to another one here is a conditional write.
            Fault::TransactionConflict => Err(S3Error::conflict()),
            fault => fault.around(|| self.act(operation, request), &WORDS).await,
        }
    }

    fn act(&self, operation: Operation, request: &Request) -> Result<Response<Body>, S3Error> {
        self.store.know(&request.bucket)?;
        match operation {
            Operation::Get | Operation::Head => self.get(request),
            Operation::Put => self.put(request),
            Operation::Delete => self.delete(request),
            Operation::DeleteMany => self.delete_many(request),
            Operation::List => self.list(request),
            Operation::ListVersions => self.list_versions(request),
            Operation::CreateUpload => self.create_upload(request),
            Operation::UploadPart => self.upload_part(request),
            Operation::CompleteUpload => self.complete_upload(request),
            Operation::AbortUpload => self.abort_upload(request),
        }
    }
}

impl Operation {
    fn of(request: &Request) -> Option<Self> {
        let has = |name: &str| request.query(name).is_some();
        let in_upload = has("uploadId");
        match (request.method.as_str(), request.key.is_empty()) {
            ("GET", true) if request.query("list-type") == Some("2") => Some(Self::List),
            ("GET", true) if has("versions") => Some(Self::ListVersions),
            ("POST", true) if has("delete") => Some(Self::DeleteMany),
            (_, true) => None,
            ("GET", _) if !in_upload => Some(Self::Get),
            ("HEAD", _) => Some(Self::Head),
            ("PUT", _) if in_upload => Some(Self::UploadPart),
            ("PUT", _) => Some(Self::Put),
            ("DELETE", _) if in_upload => Some(Self::AbortUpload),
            ("DELETE", _) => Some(Self::Delete),
            ("POST", _) if has("uploads") => Some(Self::CreateUpload),
            ("POST", _) if in_upload => Some(Self::CompleteUpload),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GetObject",
            Self::Head => "HeadObject",
            Self::Put => "PutObject",
            Self::Delete => "DeleteObject",
            Self::DeleteMany => "DeleteObjects",
            Self::List => "ListObjectsV2",
            Self::ListVersions => "ListObjectVersions",
            Self::CreateUpload => "CreateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::CompleteUpload => "CompleteMultipartUpload",
            Self::AbortUpload => "AbortMultipartUpload",
        }
    }

    /// What a role has to allow; a version takes a right of its own.
    fn actions(self, request: &Request) -> BTreeSet<&'static str> {
        let of_a_version = request.query("versionId").is_some();
        let action = match self {
            Self::Get | Self::Head if of_a_version => "GetObjectVersion",
            Self::Get | Self::Head => "GetObject",
            Self::Put | Self::CreateUpload | Self::UploadPart | Self::CompleteUpload => "PutObject",
            Self::Delete if of_a_version => "DeleteObjectVersion",
            Self::Delete => "DeleteObject",
            Self::DeleteMany => {
                let named = delete::named(&request.body).unwrap_or_default();
                let action = |version: bool| if version { "DeleteObjectVersion" } else { "DeleteObject" };
                return named.iter().map(|one| action(one.version.is_some())).collect();
            }
            Self::List => "ListBucket",
            Self::ListVersions => "ListBucketVersions",
            Self::AbortUpload => "AbortMultipartUpload",
        };
        [action].into()
    }
}
