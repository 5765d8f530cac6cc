//! No secret among the files of the checkout (SPEC W31). Test keys are named as such: `TEST_KEY`, `test-secret`, …

use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::python::{SECRETS, tool};
use super::shell::{program, quiet};
use super::step::{Ctx, Outcome};

/// Shapes that detect-secrets does not know: our own tokens, and those of services that we hold secrets of.
const SHAPES: &str = "tools/cli/python/token_shapes.py";

/// Values that are published to be written down: the all-zero token of an event, and the examples in the documents of
/// Standard Webhooks and of Discord.
const PUBLISHED: &str =
    r"^wr-A{22}\.A{43}$|^whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw$|/webhooks/223704706495545344/";

/// One of each kind that must be found. In pieces, or this file would be found as well.
const PLANTED: &str = concat!(
    "id = \"AKIA",
    "IOSFODNN7EXAMPL2\"\n",
    "-----BEGIN PRIVATE ",
    "KEY-----\n",
    "password: ",
    "\"kD83hf02mvKq71bXw5Zp\"\n",
    "bot: MTIzNDU2Nzg5MDEyMzQ1Njc4.",
    "GabcdE.abcdefghijklmnopqrstuvwxyzABCDEFGH012345\n",
    "key: wa-",
    "0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d\n",
    "refresh: wr-",
    "QmFzZTY0VXJsLVRleHQtMQ.c2Vjb25kIGhhbGYgb2YgYSByZWZyZXNoIHRva2VuISE\n",
    "source: whsec_",
    "pJ7Kc3Vn0d9Qm2Xz8Lw5Rt1Yb6Hf4GsA\n",
    "channel: https://discord.com/api/webhooks/",
    "123456789012345678/u7Vq-2Lx9_KdR4tYp0WmZc8NhBf3JsGa6EoXiUw1Tl5CyDkQvMrSnHgPzjAbFe7O2d9x\n",
    "youtube: GOCSPX-",
    "u7Vq2Lx9KdR4tYp0WmZc8NhBf3Js\n",
);
const KINDS: [&str; 9] = [
    "AWS Access Key",
    "Private Key",
    "Secret Keyword",
    "Discord Bot Token",
    "TimmyBot API Key",
    "TimmyBot Refresh Token",
    "Webhook Secret",
    "Discord Webhook",
    "Google Client Secret",
];

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
    command.args(["--no-verify", "--cores", "2", "--plugin", SHAPES, "--exclude-secrets", PUBLISHED]);
    for plugin in ["HexHighEntropyString", "Base64HighEntropyString", "IPPublicDetector"] {
        command.args(["--disable-plugin", plugin]);
    }
    // Short words, the block after CloudFormation's `GenerateSecretString`, and the names of our shapes.
    command.args([
        "--exclude-secrets",
        "^.{0,15}$",
        "--exclude-lines",
        r"SecretString: \{|^ +secret_type = ",
    ]);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use shared::security::api_key::ApiKey;
    use shared::security::refresh_token::RefreshToken;

    use super::*;

    fn planted(name: &str) -> &'static str {
        let line = PLANTED.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().trim()
    }

    /// What is planted has the shape of what is given out, so the shapes that are looked for follow it.
    #[test]
    fn the_planted_tokens_are_such_as_we_give() {
        assert!(planted("key:").parse::<ApiKey>().is_ok());
        assert!(planted("refresh:").parse::<RefreshToken>().is_ok());
    }

    #[test]
    fn one_of_each_kind_is_planted_once() {
        assert_eq!(KINDS.len(), PLANTED.lines().count());
        assert_eq!(BTreeSet::from(KINDS).len(), KINDS.len());
    }

    #[test]
    fn each_shape_of_ours_is_planted() {
        let shapes = std::fs::read_to_string(crate::dev::shell::root().join(SHAPES)).unwrap();
        let ours = shapes.lines().filter_map(|line| line.trim().strip_prefix("secret_type = "));
        for kind in ours.map(|kind| kind.trim_matches('"')) {
            assert!(KINDS.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn what_is_scanned_is_what_is_committed() {
        let files = committed().unwrap();
        assert!(files.iter().any(|file| file == "tools/cli/src/dev/secrets.rs"), "{files:?}");
        assert!(!files.iter().any(|file| file.starts_with("target/")));
    }
}
