//! Wiring of the voice worker. Until the worker is there it checks what it was told, and says what is missing.

use anyhow::bail;
use shared::env::Env;
use voice::config::PlaybackConfig;

fn main() -> anyhow::Result<()> {
    PlaybackConfig::from_env(&Env::of_process())?;
    bail!("the configuration of the playback is good; the worker that plays is not part of this build")
}
