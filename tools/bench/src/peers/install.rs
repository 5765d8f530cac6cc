//! Installs the peers under `target/bench`, pinned, and says how they are started.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use aws_local::lambda::FunctionOptions;

use super::work::Work;

/// The Python peers' packages: `PyNaCl`, `PyJWT`, AWS's own runtime client, and what they need.
const PYTHON: [&str; 7] = [
    "PyNaCl==1.6.2",
    "PyJWT==2.15.1",
    "awslambdaric==4.2.2",
    "cffi==2.1.1",
    "pycparser==3.12",
    "simplejson==4.3.0",
    "snapshot-restore-py==1.0.0",
];

const NO_NODE: &str = "node or npm is missing (Debian, Ubuntu: apt-get install nodejs npm)";

/// What a peer is told.
pub(super) type Told = BTreeMap<String, String>;

/// A handler in Node.
pub(super) fn node(root: &Path, work: Work, env: &Told) -> Result<(String, FunctionOptions)> {
    let (script, package) = match work {
        Work::Ping => ("handler.mjs", "discord-interactions 4.4.0"),
        Work::Webhook => ("webhooks.mjs", "@octokit/webhooks-methods 6.0.0"),
        Work::Token => ("api.mjs", "jose 6.2.18"),
    };
    let folder = npm(root, "node", &[script, "runtime.mjs"])?;
    let version = said("node", &["--version"]).context(NO_NODE)?;
    let node = said("sh", &["-c", "command -v node"])?;
    let start = format!("exec {node} {} ./{script}", folder.join("runtime.mjs").display());
    Ok((format!("Node {version}, {package}"), options(&folder, script, &start, env)?))
}

/// A handler in Python, run by AWS's own runtime client.
pub(super) fn python(root: &Path, work: Work, env: &Told) -> Result<(String, FunctionOptions)> {
    let (module, package) = match work {
        Work::Ping => ("app", "PyNaCl 1.6.2"),
        Work::Webhook => ("webhooks", "its own hmac"),
        Work::Token => ("api", "PyJWT 2.15.1"),
    };
    let folder = copy(root, "python", &[format!("{module}.py").as_str()])?;
    let python = testkit::venv(&PYTHON)?.bin("python");
    let version = said(&python.display().to_string(), &["--version"])?;
    let start =
        format!("cd {} && exec {} -m awslambdaric {module}.handler", folder.display(), python.display());
    Ok((format!("{version}, {package}"), options(&folder, module, &start, env)?))
}

/// The folder with the packages of a peer's lock file, and its files.
pub(crate) fn npm(root: &Path, peer: &str, files: &[&str]) -> Result<PathBuf> {
    let folder = testkit::npm(&root.join("tools/bench/peers").join(peer))?;
    copy_to(root, peer, files, &folder)?;
    Ok(folder)
}

/// The folder of a peer with its files, made anew.
pub(crate) fn copy(root: &Path, peer: &str, files: &[&str]) -> Result<PathBuf> {
    let folder = root.join("target/bench").join(peer);
    fs::create_dir_all(&folder)?;
    copy_to(root, peer, files, &folder)?;
    Ok(folder)
}

fn copy_to(root: &Path, peer: &str, files: &[&str], folder: &Path) -> Result<()> {
    for file in files {
        let source = root.join("tools/bench/peers").join(peer).join(file);
        fs::copy(&source, folder.join(file)).with_context(|| format!("copying {}", source.display()))?;
    }
    Ok(())
}

/// A `bootstrap` that starts the peer, as a custom runtime of Lambda has it.
fn options(folder: &Path, name: &str, start: &str, env: &Told) -> Result<FunctionOptions> {
    let bootstrap = folder.join(format!("bootstrap-{name}"));
    fs::write(&bootstrap, format!("#!/bin/sh\n{start}\n"))?;
    fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755))?;
    let mut options = FunctionOptions::new(bootstrap, "peer");
    options.env.clone_from(env);
    Ok(options)
}

/// What a program prints, without the line break.
pub(crate) fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program} failed");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_file_pins_the_packages_and_names_no_registry() {
        let peer = testkit::workspace_root().join("tools/bench/peers/node");
        let lock = fs::read_to_string(peer.join("package-lock.json")).unwrap();
        for version in ["4.4.0", "6.0.0", "6.2.18"] {
            assert!(lock.contains(&format!("\"version\": \"{version}\"")), "{version}");
        }
        assert_eq!(lock.matches("sha512-").count(), 3);
        assert!(!lock.contains("resolved") && !lock.contains("http"), "npm finds the registry by itself");
    }

    #[test]
    fn every_package_of_the_venv_is_pinned() {
        assert!(PYTHON.iter().all(|package| package.contains("==")));
    }
}
