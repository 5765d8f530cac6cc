//! Wiring of the voice worker: environment, AWS settings, the signal to stop, then the worker.

use shared::env::Env;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
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
