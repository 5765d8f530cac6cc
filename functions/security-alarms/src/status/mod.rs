//! What everybody may know, put where the API finds it, in fixed words (SPEC T33).
//!
//! Two invocations may publish at once, and the one that read earlier may write later. So whoever has written looks again
//! whether that is still what there is to say: the last one to write has then said the last word.

use aws_config::SdkConfig;
use jiff::Timestamp;
use shared::domain::incident::Incident;
use shared::domain::status::StatusDocument;
use shared::status_bucket::{StatusBucket, StatusError};
use shared::store::StoreError;
use shared::telemetry::{StoreOperation, Telemetry};

use crate::app::App;
use crate::config::Config;

/// How many incidents are looked through, the latest first.
const LATEST: usize = 100;
/// How often it is written anew because something changed meanwhile. Whoever changed it publishes as well.
const TRIES: u32 = 4;

/// Where the document goes.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    bucket: StatusBucket,
}

/// What there is to say is not said. Publishing again mends it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PublishError {
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bucket failed.
    #[error(transparent)]
    Bucket(#[from] StatusError),
}

impl Page {
    /// In the configured bucket.
    pub(crate) fn new(config: &Config, sdk: &SdkConfig) -> Self {
        Self { bucket: StatusBucket::new(sdk, &config.status_bucket) }
    }
}

/// Writes the document as the tables have it now. Call it whenever an incident or the flag may have changed, also when
/// that was an invocation that died: what was written already is written again.
pub(crate) async fn publish(app: &App, log: &Telemetry, now: Timestamp) -> Result<(), PublishError> {
    let done = Box::pin(write(app, now)).await;
    match &done {
        Ok(()) => {}
        Err(PublishError::Store(error)) => log.store_failed(StoreOperation::Read, error),
        Err(PublishError::Bucket(error)) => log.fault("status_page", error.code()),
    }
    done
}

async fn write(app: &App, now: Timestamp) -> Result<(), PublishError> {
    let mut written: Option<StatusDocument> = None;
    for _ in 0..TRIES {
        let document = read(app, now).await?;
        if written.is_some_and(|written| written.says_the_same_as(&document)) {
            break;
        }
        app.status.bucket.put(&document).await?;
        written = Some(document);
    }
    Ok(())
}

/// What there is to say. The latest are read after the open ones: what ended in between has ended.
async fn read(app: &App, now: Timestamp) -> Result<StatusDocument, StoreError> {
    let open = app.incidents.open().await?;
    let mut incidents = app.incidents.recent(LATEST, None, now).await?;
    let level = app.flags.level().await?;
    let older: Vec<Incident> =
        open.into_iter().filter(|open| incidents.iter().all(|known| known.id != open.id)).collect();
    incidents.extend(older);
    Ok(StatusDocument::of(&incidents, level, now))
}

#[cfg(test)]
mod tests;
