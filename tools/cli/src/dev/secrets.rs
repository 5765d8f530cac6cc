//! No secret among the files of the checkout (SPEC W31). Test keys are named as such: `TEST_KEY`, `test-secret`, …

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::python::{SECRETS, tool};
use super::shell::{program, quiet};
use super::step::{Ctx, Outcome};

/// One of each kind that must be found. In pieces, or this file would be found as well.
const PLANTED: &str = concat!(
    "id = \"AKIA",
    "IOSFODNN7EXAMPL2\"\n",
    "-----BEGIN PRIVATE ",
    "KEY-----\n",
    "password: ",
    "\"kD83hf02mvKq71bXw5Zp\"\n",
);
const KINDS: [&str; 3] = ["AWS Access Key", "Private Key", "Secret Keyword"];

/// First that planted keys are found, then that the checkout's own files hold none.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let log = ctx.log("secrets");
    let planted = log.with_file_name("planted-secrets.txt");
    std::fs::create_dir_all(planted.parent().context("a log in a folder")?)?;
    std::fs::write(&planted, PLANTED)?;
    let output = scan()?.arg(&planted).output()?;
    let found = String::from_utf8_lossy(&output.stdout);
    for kind in KINDS {
        ensure!(found.contains(kind), "the scan let a planted secret through: {kind}");
    }
    let mut all = scan()?;
    all.args(committed()?);
    quiet(all, &log)?;
    Ok(Outcome::Passed)
}

/// Known shapes of keys and tokens, and long literals given to something called secret, password or private key.
/// Plain entropy is off: digests, ids and test vectors are most of what it finds here.
fn scan() -> Result<Command> {
    let mut command = tool(SECRETS, "detect-secrets-hook")?;
    command.args(["--no-verify", "--cores", "2"]);
    for plugin in ["HexHighEntropyString", "Base64HighEntropyString", "IPPublicDetector"] {
        command.args(["--disable-plugin", plugin]);
    }
    // Short words, and the block after CloudFormation's `GenerateSecretString`.
    command.args(["--exclude-secrets", "^.{0,15}$", "--exclude-lines", r"SecretString: \{"]);
    // The name of a secret in full, and lines that list IAM actions and nothing else.
    command.args(["--exclude-secrets", r"^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$"]);
    command
        .args(["--exclude-lines", r"^\s*ForAllValues:StringEquals: \{ secretsmanager:AddReplicaRegions: "]);
    command.args(["--exclude-lines", r"^\s*(- |Action: \[)(secretsmanager:[A-Za-z]+(, )?)+\]?$"]);
    command.args([
        "--exclude-lines",
        "(?i)test[_-]?(key|secret|token|seed)",
        "--exclude-files",
        // Tokens of a key that opens nothing, for the fuzzer.
        r"Cargo\.lock$|tools/fuzz/corpus/credential/",
    ]);
    Ok(command)
}

fn committed() -> Result<Vec<String>> {
    let output = program("git").args(["ls-files", "-z"]).output().context("cannot start git")?;
    ensure!(output.status.success(), "git does not list the files: is this a git checkout?");
    let names = String::from_utf8(output.stdout)?;
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}
