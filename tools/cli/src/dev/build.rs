//! `timmy build`: the binaries as they are deployed, at `target/lambda/<folder>/bootstrap`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use testkit::template::{OURS, Template};

use super::elf::{Glibc, glibc_symbols};
use super::reproducible::Folders;
use super::shell::{cargo, loud, root};
use crate::say;

/// The door's binary may be this big, stripped: somebody waits while it starts, and a bigger one starts later.
const MOST_BYTES_OF_DOOR: usize = 10_000_000;
/// Another function's may be this big. Those that speak with many services of AWS are.
const MOST_BYTES: usize = 12_000_000;

/// The folder whose function answers people in Discord.
const DOOR: &str = "interactions";

/// The folder whose binary is no function: it runs in a container, which brings its own glibc (DESIGN: `voice/voice`).
const WORKER: &str = "voice";

/// How to build.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the names of this machine's folders out of the binaries: the same commit and the same compiler then make
    /// the same bytes anywhere. Releases are built so.
    #[arg(long)]
    reproducible: bool,
    /// One line of JSON instead of words.
    #[arg(long)]
    json: bool,
}

/// The command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let left_out = if args.reproducible { Some(Folders::here()?) } else { None };
    make(left_out.as_ref(), args.json)
}

/// Builds each folder of `functions/`, checks the binaries and prints what they are. Names of the folders `left_out` do
/// not get into them.
pub(crate) fn all(left_out: Option<&Folders>) -> Result<()> {
    make(left_out, false)
}

fn make(left_out: Option<&Folders>, as_json: bool) -> Result<()> {
    let (functions, mut built) = (functions()?, Vec::new());
    let all = functions.len();
    for (at, function) in functions.into_iter().enumerate() {
        say::progress(as_json, &format!("[{}/{all}] {function}", at + 1));
        built.push(Built::make(function, left_out)?);
    }
    say::answer(as_json, &table(&built)?, &list(&built)?);
    built.iter().try_for_each(Built::check)
}

/// The folders of `functions/`; each is a package of that name.
pub(crate) fn functions() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("functions"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Logical id in the template and folder of each function.
pub(crate) fn artefacts() -> Result<Vec<(String, String)>> {
    let template = Template::parse(OURS)?;
    let folder = |(id, block): (&str, &Value)| {
        let name =
            block["Properties"]["FunctionName"]["Fn::Sub"].as_str().context("a function without name")?;
        let folder = name.strip_prefix("${TablePrefix}-").context("a function's name without prefix")?;
        Ok((id.to_owned(), folder.to_owned()))
    };
    template.of_type("AWS::Serverless::Function").map(folder).collect()
}

struct Built {
    function: String,
    bootstrap: PathBuf,
    bytes: Vec<u8>,
}

impl Built {
    /// One cargo call a function, as `sam build` does: in one call for all, each would get the features of the others.
    fn make(function: String, left_out: Option<&Folders>) -> Result<Self> {
        let mut command = release(&function);
        if let Some(folders) = left_out {
            folders.leave_out(&mut command);
        }
        loud(command)?;
        let bytes = std::fs::read(root().join("target/release").join(&function))
            .with_context(|| format!("{function} has no binary of its name"))?;
        let folder = root().join("target/lambda").join(&function);
        std::fs::create_dir_all(&folder)?;
        let bootstrap = folder.join(if function == WORKER { WORKER } else { "bootstrap" });
        std::fs::copy(root().join("target/release").join(&function), &bootstrap)?;
        Ok(Self { function, bootstrap, bytes })
    }

    fn check(&self) -> Result<()> {
        if self.function == WORKER {
            return Ok(());
        }
        let size = self.bytes.len();
        let most = if self.function == DOOR { MOST_BYTES_OF_DOOR } else { MOST_BYTES };
        ensure!(size <= most, "{} has {size} bytes, more than {most}", self.function);
        let newer = too_new(&glibc_symbols(&self.bytes)?);
        let glibc = Glibc::AMAZON_LINUX_2023;
        ensure!(newer.is_empty(), "{} needs a newer glibc than {glibc}: {}", self.function, newer.join(", "));
        Ok(())
    }
}

/// Builds a function's binary as it is deployed, at `target/release/{function}`.
pub(super) fn release(function: &str) -> Command {
    cargo(&["build", "--release", "--locked", "--target-dir", "target", "--package", function])
}

fn too_new(symbols: &[(Glibc, String)]) -> Vec<String> {
    let newer = symbols.iter().filter(|(version, _)| *version > Glibc::AMAZON_LINUX_2023);
    newer.map(|(version, name)| format!("{name} ({version})")).collect()
}

fn table(built: &[Built]) -> Result<String> {
    let mut lines = vec![format!("{:<18} {:>9}  {:<6} {}", "function", "size", "glibc", "file")];
    for one in built {
        let newest =
            glibc_symbols(&one.bytes)?.first().map_or_else(String::new, |(glibc, _)| glibc.to_string());
        let (size, file) = (megabytes(one.bytes.len()), relative(&one.bootstrap));
        lines.push(format!("{:<18} {size:>9}  {newest:<6} {}", one.function, file.display()));
    }
    Ok(lines.join("\n"))
}

fn list(built: &[Built]) -> Result<Value> {
    let one = |one: &Built| {
        let newest = glibc_symbols(&one.bytes)?.first().map(|(glibc, _)| glibc.to_string());
        let file = relative(&one.bootstrap);
        Ok(json!({ "function": one.function, "bytes": one.bytes.len(), "glibc": newest, "file": file }))
    };
    built.iter().map(one).collect::<Result<Vec<_>>>().map(Value::Array)
}

fn megabytes(bytes: usize) -> String {
    format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000)
}

fn relative(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own_binary() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    fn built(bytes: Vec<u8>) -> Built {
        Built { function: "interactions".into(), bootstrap: root().join("target/lambda/x/bootstrap"), bytes }
    }

    #[test]
    fn each_function_is_a_package_with_a_block_in_the_template() {
        let mut named: Vec<_> = artefacts().unwrap().into_iter().map(|(_, folder)| folder).collect();
        named.sort();
        let functions: Vec<_> = functions().unwrap().into_iter().filter(|name| name != WORKER).collect();
        assert_eq!(functions, named);
    }

    #[test]
    fn sam_builds_each_function_of_the_template() {
        let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
        for (id, _) in artefacts().unwrap() {
            assert!(makefile.contains(&format!("\nbuild-{id}:\n")), "{id}");
        }
    }

    #[test]
    fn a_binary_that_is_too_big_is_refused() {
        for (function, most) in [(DOOR, MOST_BYTES_OF_DOOR), ("webhooks", MOST_BYTES)] {
            let mut bytes = own_binary();
            bytes.resize(most + 1, 0);
            let built = Built { function: function.to_owned(), ..built(bytes) };
            let refused = built.check().unwrap_err().to_string();
            assert!(refused.contains(&format!("{} bytes", most + 1)), "{refused}");
        }
    }

    #[test]
    fn symbols_past_the_runtimes_glibc_are_named() {
        let symbols = [("2.36", "arc4random"), ("2.34", "dlsym"), ("2.2.5", "write")];
        let symbols = symbols.map(|(version, name)| (version.parse().unwrap(), name.to_owned()));
        assert_eq!(too_new(&symbols), ["arc4random (2.36)"]);
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(megabytes(9_876_543), "9.87 MB");
        assert_eq!(megabytes(1_020_000), "1.02 MB");
    }
}
