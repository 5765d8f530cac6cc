//! The page of the local stack, as `./timmy up` starts it: how soon it is there, and how long a person waits.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::figure::{Figure, Section, Unit, table};
use crate::sample::Sample;

/// What the script prints, in milliseconds.
#[derive(Debug, Deserialize)]
struct Measured {
    first: f64,
    paints: Vec<f64>,
    cards: Vec<f64>,
    sounds: Vec<f64>,
}

/// Starts a stack, and lets a browser measure.
pub async fn run(root: &Path) -> Result<Section> {
    let packages = testkit::npm(&root.join("tools/simulator/page"))?.join("node_modules");
    let data = tempfile::tempdir()?;
    let timmy = root.join("target/debug/timmy");
    ensure!(timmy.exists(), "{} is missing: run ./timmy --help", timmy.display());
    let start = Instant::now();
    let mut up = Command::new(timmy);
    up.args(["up", "--port", "0", "--page-port", "0", "--json", "--data"]).arg(data.path());
    let mut up =
        up.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(up.stdout.take().context("no output")?).lines();
    let session: Value = serde_json::from_str(&lines.next_line().await?.context("timmy up ended")?)?;
    let up_ms = start.elapsed().as_secs_f64() * 1000.0;
    let measured = measure(root, &packages, session["page"].as_str().context("no page")?).await;
    if let Some(id) = up.id().and_then(|id| i32::try_from(id).ok()) {
        kill(Pid::from_raw(id), Signal::SIGTERM)?;
        up.wait().await?;
    }
    section(up_ms, measured?)
}

async fn measure(root: &Path, packages: &Path, page: &str) -> Result<Measured> {
    let script = root.join("tools/simulator/page/tests/figures.mjs");
    let output =
        Command::new("node").arg(script).env("NODE_PATH", packages).env("TIMMY_URL", page).output().await?;
    ensure!(output.status.success(), "figures.mjs: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `up_ms` is how long the stack took to say where its page is.
fn section(up_ms: f64, measured: Measured) -> Result<Section> {
    let figure = |what, times: Vec<f64>, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(times)?, unit: Unit::Milliseconds, target: Some(target) })
    };
    Ok(table(&[
        figure(
            "./timmy up to first sound, everything built, nothing there yet",
            vec![up_ms + measured.first],
            5000.0,
        )?,
        figure("first paint of the page", measured.paints, 200.0)?,
        figure("command to card, worker warm", measured.cards, 150.0)?,
        figure("command to first sound, worker warm", measured.sounds, 1000.0)?,
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_too_long_is_missed() {
        let measured =
            Measured { first: 4000.0, paints: vec![100.0], cards: vec![151.0], sounds: vec![999.0] };
        let section = section(999.0, measured).unwrap();
        assert_eq!(section.missed.len(), 1, "{:?}", section.missed);
        assert!(section.missed[0].starts_with("command to card"));
    }
}
