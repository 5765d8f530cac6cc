//! The voice worker's program: `voice` works, `voice health` asks how the worker of this container is.

use shared::env::Env;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match std::env::args().nth(1).as_deref() {
        None => Ok(Box::pin(voice::process::run()).await?),
        Some("health") => Ok(voice::probe::ask(Env::of_process().get("HEALTH_ADDR")).await?),
        Some(_) => anyhow::bail!("usage: voice [health]"),
    }
}
