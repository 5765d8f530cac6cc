//! Wiring of the voice worker. Until the worker itself is there, it says which configuration would be missing.

fn main() -> anyhow::Result<()> {
    anyhow::bail!("the worker is not built yet")
}
