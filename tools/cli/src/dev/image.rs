//! The voice worker's image, built and looked at without any image from elsewhere (SPEC W28).

use std::fs::{create_dir_all, write};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::shell::program;
use super::step::{Ctx, Outcome};

/// Takes the binary that `./timmy build` left.
const CHECK: &str = "tools/testkit/image/check.sh";
/// What it answers where it cannot run at all; the last line says why.
const CANNOT: i32 = 2;

/// Builds the image with buildah, looks at what is in it, and starts it.
pub(crate) fn check(ctx: &Ctx) -> Result<Outcome> {
    let output = script().output().context("cannot start sh")?;
    let said = [output.stdout, output.stderr].concat();
    let log = ctx.log("image");
    create_dir_all(log.parent().context("a log in a folder")?)?;
    write(log, &said)?;
    judge(output.status.code(), &String::from_utf8_lossy(&said))
}

fn script() -> Command {
    let mut command = program("/bin/sh");
    command.arg(CHECK);
    command
}

fn judge(code: Option<i32>, said: &str) -> Result<Outcome> {
    match code {
        Some(0) => Ok(Outcome::Passed),
        Some(CANNOT) => Ok(Outcome::Skipped(said.lines().last().unwrap_or(CHECK).to_owned())),
        _ => bail!("{said}\n{CHECK} failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_cannot_build_images_says_so() {
        let output = script().env("PATH", "/nowhere").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let outcome = judge(output.status.code(), &said).unwrap();
        assert!(
            matches!(outcome, Outcome::Skipped(reason) if reason == "buildah is not installed"),
            "{said}"
        );
    }

    #[test]
    fn what_was_found_wrong_fails() {
        let error = judge(Some(1), "- what is in it\nFAILED: it has a shell: sh").err().unwrap();
        assert!(error.to_string().contains("it has a shell"), "{error}");
        // Ended by a signal.
        assert!(judge(None, "").is_err());
    }

    #[test]
    fn only_the_end_of_it_all_passes() {
        assert!(matches!(judge(Some(0), "passed"), Ok(Outcome::Passed)));
    }
}
