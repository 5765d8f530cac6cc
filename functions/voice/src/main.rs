//! Wiring of the voice worker: environment, AWS settings, the signal to stop, then the worker.

use shared::env::Env;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Sound has threads of its own. Everything else together needs a few percent of a core, and songbird has a word for each
/// player's task every 20 ms: a second thread would be woken for them a hundred times a second, for nothing.
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
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
    Box::pin(voice::worker::run(&Env::of_process(), &sdk, stop)).await?;
    Ok(())
}
