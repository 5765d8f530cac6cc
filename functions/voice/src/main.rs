//! The voice worker's program: `voice` works, `voice health` asks how the worker of this container is.

use shared::env::Env;

/// Sound has threads of its own. Everything else together needs a few percent of a core, and songbird has a word for each
/// player's task every 20 ms: a second thread would be woken for them a hundred times a second, for nothing.
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => Ok(Box::pin(voice::process::run()).await?),
        Some("health") => Ok(voice::probe::ask(Env::of_process().get("HEALTH_ADDR")).await?),
        Some(_) => anyhow::bail!("usage: voice [health]"),
    }
}
