//! A worker as a process: what the container runs, and what the local stack starts as a child.

use shared::env::Env;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::worker::{self, WorkerError};

/// Works with the process's environment until there is nothing to do, until SIGTERM, or until another worker follows.
/// Call it first in the process: it chooses the cryptography that everything below uses.
///
/// # Errors
/// When the worker cannot start, or Discord refuses it for good.
pub async fn run() -> Result<(), WorkerError> {
    // Two providers are linked below us, and rustls does not choose. Only the first call sets it; this is the first.
    drop(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider().install_default());
    let (stopping, stop) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        terminate.recv().await;
        stopping.send_replace(true);
        // Nobody else may say "stop", and nobody may hear that the one who could has gone.
        core::future::pending::<()>().await;
    });
    let sdk = shared::aws::task_sdk_config().await;
    Box::pin(worker::run(&Env::of_process(), &sdk, stop)).await
}
