//! The page of the local stack, as `./timmy up` starts it: how soon it is there, and how long a person waits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

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
    paints: Vec<f64>,
    cards: Vec<f64>,
    sounds: Vec<f64>,
}

/// Starts a stack, and lets a browser measure.
pub async fn run(root: &Path) -> Result<Section> {
    let packages = packages(root).await?;
    let data = tempfile::tempdir()?;
    let timmy = root.join("target/debug/timmy");
    ensure!(timmy.exists(), "{} is missing: run ./timmy --help", timmy.display());
    let mut up = Command::new(timmy);
    up.args(["up", "--port", "0", "--page-port", "0", "--json", "--data"]).arg(data.path());
    let mut up =
        up.current_dir(root).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(up.stdout.take().context("no output")?).lines();
    let session: Value = serde_json::from_str(&lines.next_line().await?.context("timmy up ended")?)?;
    let measured = measure(root, &packages, session["page"].as_str().context("no page")?).await;
    if let Some(id) = up.id().and_then(|id| i32::try_from(id).ok()) {
        kill(Pid::from_raw(id), Signal::SIGTERM)?;
        up.wait().await?;
    }
    section(measured?)
}

async fn measure(root: &Path, packages: &Path, page: &str) -> Result<Measured> {
    let script = root.join("tools/simulator/page/tests/figures.mjs");
    let output =
        Command::new("node").arg(script).env("NODE_PATH", packages).env("TIMMY_URL", page).output().await?;
    ensure!(output.status.success(), "figures.mjs: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn section(measured: Measured) -> Result<Section> {
    let figure = |what, times: Vec<f64>, target| -> Result<Figure> {
        Ok(Figure { what, sample: Sample::try_from(times)?, unit: Unit::Milliseconds, target: Some(target) })
    };
    Ok(table(&[
        figure("first paint of the page", measured.paints, 200.0)?,
        figure("command to card, worker warm", measured.cards, 150.0)?,
        figure("command to first sound, worker warm", measured.sounds, 1000.0)?,
    ]))
}

/// The packages of the page's lock file.
async fn packages(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/bench/page");
    fs::create_dir_all(&folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(root.join("tools/simulator/page").join(file), folder.join(file))?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder);
    ensure!(npm.output().await.context("npm is missing")?.status.success(), "npm ci failed");
    Ok(folder.join("node_modules"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_too_long_is_missed() {
        let measured = Measured { paints: vec![100.0], cards: vec![151.0], sounds: vec![999.0] };
        let section = section(measured).unwrap();
        assert_eq!(section.missed.len(), 1, "{:?}", section.missed);
        assert!(section.missed[0].starts_with("command to card"));
    }
}
