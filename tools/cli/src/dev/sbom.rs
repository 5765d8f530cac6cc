//! A bill of materials (`CycloneDX`) for each binary: what is in it, and what had a hand in making it (SPEC W4).
//!
//! From `cargo tree` and not from `cargo metadata`, which turns on in each crate what any package of the workspace asks
//! for: an interactions function would then be said to hold what only a tool links.

mod bill;
mod tree;

use std::fs::{create_dir_all, read_to_string, remove_dir_all, write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use self::bill::{Checksums, bill};
use self::tree::{FORMAT, Tree};
use super::build::functions;
use super::python::{SBOM, tool};
use super::shell::{cargo, quiet, root};
use super::step::{Ctx, Outcome};

/// What runs where the binary runs.
const LINKED: &str = "normal,no-proc-macro";
/// That, and what runs while it is built: build scripts, macros and what they stand on.
const ALL: &str = "normal,build";

/// A component without a name, which no reader could look up.
const BROKEN: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library"}]}"#;

/// Writes `target/sbom/{function}.cdx.json` for each folder of `functions/`, and has them judged by `CycloneDX`'s own
/// schema; first that a broken one is refused.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let log = ctx.log("sbom");
    let folder = root().join("target/sbom");
    if folder.exists() {
        remove_dir_all(&folder)?;
    }
    create_dir_all(&folder)?;
    refuses_broken(&folder)?;
    let checksums = Checksums::parse(&read_to_string(root().join("Cargo.lock"))?);
    let mut written = Vec::new();
    for function in functions()? {
        let bill = bill(&tree(&function, ALL)?, &tree(&function, LINKED)?, &checksums);
        let file = folder.join(format!("{function}.cdx.json"));
        write(&file, format!("{bill:#}\n"))?;
        written.push(file);
    }
    quiet(validator(&written)?, &log)?;
    Ok(Outcome::Passed)
}

fn refuses_broken(folder: &Path) -> Result<()> {
    let broken = folder.join("broken.json");
    write(&broken, BROKEN)?;
    let output = validator(std::slice::from_ref(&broken))?.output().context("cannot start the validator")?;
    let said = String::from_utf8_lossy(&output.stdout);
    // Any failure would look like a refusal, so the reason is asked for.
    let refused = !output.status.success() && said.contains("'name' is a required property");
    ensure!(refused, "a broken bill of materials passes for a good one: {said}");
    Ok(std::fs::remove_file(broken)?)
}

fn validator(files: &[PathBuf]) -> Result<Command> {
    let mut command = tool(SBOM, "python")?;
    command.arg("tools/cli/python/validate_sbom.py").args(files);
    Ok(command)
}

/// What one package stands on, with the features that its own build turns on.
fn tree(package: &str, edges: &str) -> Result<Tree> {
    let options = ["--prefix", "depth", "--format", FORMAT, "--edges", edges, "--package", package];
    let mut command = cargo(&["--color", "never", "tree", "--locked"]);
    let output = command.args(options).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let tree = Tree::parse(&String::from_utf8(output.stdout)?)?;
    ensure!(
        tree.root.name == package && tree.crates.len() > 1,
        "cargo tree does not list {package}'s crates"
    );
    Ok(tree)
}
