//! The same commit and the same compiler make the same bytes, whatever the folders are called (SPEC W4): so anybody can
//! see that a release was made from the source that it names.
//!
//! What is not shown here: that another version of the C compiler or another processor would make them too. Who checks a
//! release takes the ones that it names (`docs/OPERATIONS.md`).

use std::fs::{copy, create_dir_all, read, remove_dir_all};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::build::release;
use super::shell::{program, quiet, root};
use super::step::{Ctx, Outcome};

/// The function that is built: the one at the door, and one of those with the fewest crates.
const FUNCTION: &str = "interactions";

/// Two places whose names have different lengths: a name that gets into a binary then also moves what follows.
const PLACES: [&str; 2] = ["one", "another-with-a-longer-name"];

/// What of cargo's own folder a build needs: the crates, and where they come from.
const CARGO_HOME: [&str; 3] = ["registry", "config.toml", "config"];

/// Folders whose names the compiler would write into a binary, where a panic says where it happened.
#[derive(Debug)]
pub(crate) struct Folders {
    source: PathBuf,
    cargo_home: PathBuf,
}

impl Folders {
    /// Those of this checkout.
    pub(super) fn here() -> Result<Self> {
        let cargo_home = testkit::cargo_home().context("cargo has no folder of its own: set CARGO_HOME")?;
        Ok(Self { source: root(), cargo_home })
    }

    /// Has cargo write the same names in any place. This replaces `RUSTFLAGS`. C sources are cared for by those who bring
    /// them: aws-lc-sys leaves its folder out by itself, and no function but the worker links other C.
    pub(super) fn leave_out(&self, cargo: &mut Command) {
        let flag = |folder: &Path, name: &str| format!("--remap-path-prefix={}={name}", folder.display());
        let flags = [flag(&self.source, "/timmybot"), flag(&self.cargo_home, "/cargo")];
        // The separator that cargo splits at; folders may have spaces in their names.
        cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"));
    }

    /// A copy of this checkout in `place`, and beside it a folder for cargo in which it finds what is downloaded already.
    fn copied_to(place: &Path) -> Result<Self> {
        let copied = Self { source: place.join("source"), cargo_home: place.join("cargo") };
        for file in sources()? {
            let (from, to) = (root().join(&file), copied.source.join(&file));
            // Git also names files that were deleted since the last commit.
            if from.is_file() {
                create_dir_all(to.parent().context("a file in a folder")?)?;
                copy(from, to)?;
            }
        }
        create_dir_all(&copied.cargo_home)?;
        let own = Self::here()?.cargo_home;
        for name in CARGO_HOME.into_iter().filter(|name| own.join(name).exists()) {
            symlink(own.join(name), copied.cargo_home.join(name))?;
        }
        Ok(copied)
    }

    fn build(&self, log: &Path) -> Result<Vec<u8>> {
        let mut command = release(FUNCTION);
        command.current_dir(&self.source).env("CARGO_HOME", &self.cargo_home);
        self.leave_out(&mut command);
        quiet(command, log)?;
        read(self.source.join("target/release").join(FUNCTION)).context("no binary")
    }
}

/// Builds one function from nothing in two places and compares the bytes. Both stay if they differ.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let (log, folder) = (ctx.log("reproducible"), root().join("target/reproducible"));
    if folder.exists() {
        remove_dir_all(&folder)?;
    }
    let build = |place: &str| Folders::copied_to(&folder.join(place))?.build(&log);
    let (one, other) = (build(PLACES[0])?, build(PLACES[1])?);
    same(&one, &other).with_context(|| format!("both are under {}", folder.display()))?;
    remove_dir_all(&folder)?;
    Ok(Outcome::Passed)
}

fn same(one: &[u8], other: &[u8]) -> Result<()> {
    if let Some(at) = one.iter().zip(other).position(|(a, b)| a != b) {
        bail!("two builds of {FUNCTION} differ from byte {at} on");
    }
    let (first, second) = (one.len(), other.len());
    ensure!(first == second, "two builds of {FUNCTION} have {first} and {second} bytes");
    Ok(())
}

/// The files that a commit of this checkout would hold, new ones included.
fn sources() -> Result<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = program("git").args(list).output().context("cannot start git")?;
    ensure!(output.status.success(), "git does not list the files: is this a git checkout?");
    let names = String::from_utf8(output.stdout)?;
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn folders() -> Folders {
        Folders { source: "/home/a b/timmy".into(), cargo_home: "/home/a b/.cargo".into() }
    }

    #[test]
    fn cargo_is_told_to_write_other_names() {
        let mut command = program("cargo");
        folders().leave_out(&mut command);
        let (_, flags) = command.get_envs().find(|(name, _)| *name == "CARGO_ENCODED_RUSTFLAGS").unwrap();
        let expected = "--remap-path-prefix=/home/a b/timmy=/timmybot\x1f\
            --remap-path-prefix=/home/a b/.cargo=/cargo";
        assert_eq!(flags, Some(OsStr::new(expected)));
    }

    /// The compiler takes the last flag that fits, so cargo's folder within the checkout still has its own name.
    #[test]
    fn cargos_folder_comes_last() {
        let mut command = program("cargo");
        Folders::here().unwrap().leave_out(&mut command);
        let (_, flags) = command.get_envs().find(|(name, _)| *name == "CARGO_ENCODED_RUSTFLAGS").unwrap();
        assert!(flags.unwrap().to_str().unwrap().ends_with("=/cargo"));
    }

    #[test]
    fn a_copy_holds_the_sources_and_nothing_that_was_built() {
        let place = tempfile::tempdir().unwrap();
        let copied = Folders::copied_to(place.path()).unwrap();
        for file in ["Cargo.lock", ".cargo/config.toml", "functions/interactions/src/main.rs"] {
            assert_eq!(read(copied.source.join(file)).unwrap(), read(root().join(file)).unwrap(), "{file}");
        }
        assert!(!copied.source.join("target").exists());
        assert!(!copied.source.join(".git").exists());
        assert!(copied.cargo_home.join("registry").is_dir());
    }

    #[test]
    fn what_differs_is_found_wherever_it_is() {
        assert!(same(b"abc", b"abc").is_ok());
        let error = |one: &[u8], other: &[u8]| same(one, other).unwrap_err().to_string();
        assert_eq!(error(b"abc", b"abd"), "two builds of interactions differ from byte 2 on");
        assert_eq!(error(b"abc", b"ab"), "two builds of interactions have 3 and 2 bytes");
    }
}
