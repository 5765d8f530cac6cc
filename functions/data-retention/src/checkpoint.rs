//! One checkpoint: read the heads, write their list, sign what it says, keep the signed note.
//!
//! The list comes before the note, so that a note always has its list; a list without a note says nothing. Both are named
//! after the day and the list, and are written only if there is none: whoever dies in between, or comes twice, or at the same
//! moment as another, leaves the same objects. What is there is not read, so the function needs no right to.

use serde::Serialize;
use shared::evidence::{EvidenceError, Kept};
use shared::security::checkpoint::Heads;
use shared::signing::SigningError;
use shared::store::StoreError;
use shared::telemetry::{CheckpointOutcome, Metric, StoreOperation, Telemetry};

use crate::app::App;

/// What stands before the name of each object.
const FOLDER: &str = "checkpoints";

/// What was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Chains that it names.
    pub chains: usize,
    /// Their rows.
    pub rows: u64,
    /// Whether it is a new one; else one of the same day says the same.
    pub is_new: bool,
}

/// No checkpoint was written, or nobody knows whether it was. Trying again is safe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The heads could not be read.
    #[error(transparent)]
    Heads(#[from] StoreError),
    /// Nothing was signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// It could not be kept.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
}

/// Writes a checkpoint of this moment, unless there is one that says the same.
pub(crate) async fn write(app: &App, log: &Telemetry) -> Result<Written, CheckpointError> {
    let written = attempt(app).await;
    let outcome = match &written {
        Ok(Written { is_new: true, .. }) => CheckpointOutcome::Written,
        Ok(Written { is_new: false, .. }) => CheckpointOutcome::Unchanged,
        Err(error) => {
            match error {
                CheckpointError::Heads(error) => log.store_failed(StoreOperation::Audit, error),
                CheckpointError::Signing(error) => log.fault("checkpoint.sign", error.code()),
                CheckpointError::Evidence(error) => log.fault("checkpoint.keep", error.code()),
            }
            CheckpointOutcome::Failed
        }
    };
    log.count(Metric::Checkpoints { outcome });
    written
}

async fn attempt(app: &App) -> Result<Written, CheckpointError> {
    // Before the heads are read: what the list does not name was written after this.
    let at = app.clock.now();
    let heads = Heads::of(app.audit.heads().await?);
    let checkpoint = heads.checkpoint(app.config.origin.clone(), at);
    let name = format!("{FOLDER}/{}", checkpoint.stem());
    app.evidence.keep(&format!("{name}.heads"), &heads.to_string()).await?;
    let note = app.signer.sign(checkpoint.text()).await?;
    let kept = app.evidence.keep(&format!("{name}.note"), &note.to_string()).await?;
    Ok(Written { chains: heads.chains(), rows: checkpoint.rows, is_new: kept == Kept::Now })
}
