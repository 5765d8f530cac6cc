//! The voice worker's program; see [`voice::process`].

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    Ok(Box::pin(voice::process::run()).await?)
}
