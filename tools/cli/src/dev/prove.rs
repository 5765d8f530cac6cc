//! `timmy prove`: what takes too long for every change. The benchmarks and the fuzzer write their figures into
//! `docs/BENCHMARKS.md`.

use anyhow::{Result, ensure};

use super::shell::{cargo, quiet, root};
use super::step::{self, Choice, Ctx, Outcome, Step};
use super::test::fuzzer;
use super::{advisories, build, image, python, reproducible, sbom};
use crate::say;

/// Which proofs to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    choice: Choice,
}

const STEPS: [Step; 10] = [
    Step { name: "build", what: "release binaries, their size and glibc", run: release },
    Step { name: "sam", what: "sam build makes the same binaries", run: sam },
    Step { name: "reproducible", what: "two builds make the same bytes", run: reproducible::check },
    Step { name: "sbom", what: "a bill of materials for each binary", run: sbom::check },
    Step { name: "image", what: "the worker's image, built from nothing, starts", run: image::check },
    Step { name: "bench", what: "benchmarks, side by side with others", run: bench },
    Step { name: "load", what: "1,000 requests a second for a minute: nothing lost or doubled", run: load },
    Step { name: "soak", what: "half an hour of steady use: no process grows", run: soak },
    Step { name: "fuzz", what: "each fuzz target at length", run: fuzz },
    Step { name: "advisories", what: "known vulnerabilities of dependencies", run: advisories::check },
];

/// Runs the proofs; their output stays under `target/prove/`.
pub(crate) fn run(args: &Args) -> Result<()> {
    step::run("prove", &STEPS, &args.choice)?;
    say::line("the output is in target/prove/");
    Ok(())
}

fn release(_: &Ctx) -> Result<Outcome> {
    build::all(None)?;
    Ok(Outcome::Passed)
}

fn sam(ctx: &Ctx) -> Result<Outcome> {
    let mut command = python::sam()?;
    command.arg("build");
    quiet(command, &ctx.log("sam"))?;
    for (artefact, function) in build::artefacts()? {
        let ours = std::fs::read(root().join("target/lambda").join(&function).join("bootstrap"))?;
        let sams = std::fs::read(root().join(".aws-sam/build").join(artefact).join("bootstrap"))?;
        ensure!(ours == sams, "sam build and timmy build make different binaries of {function}");
    }
    Ok(Outcome::Passed)
}

fn bench(ctx: &Ctx) -> Result<Outcome> {
    measure(ctx, "bench", &[])
}

fn load(ctx: &Ctx) -> Result<Outcome> {
    measure(ctx, "load", &["load"])
}

fn soak(ctx: &Ctx) -> Result<Outcome> {
    measure(ctx, "soak", &["soak"])
}

/// Without parts it measures all but those that are steps of their own.
fn measure(ctx: &Ctx, step: &str, parts: &[&str]) -> Result<Outcome> {
    let mut command = cargo(&["run", "--release", "--locked", "--package", "bench", "--"]);
    command.args(parts);
    quiet(command, &ctx.log(step))?;
    Ok(Outcome::Passed)
}

/// Not in release: the runner builds the targets itself, with coverage and with checks on.
fn fuzz(ctx: &Ctx) -> Result<Outcome> {
    quiet(fuzzer(ctx, "long")?, &ctx.log("fuzz"))?;
    Ok(Outcome::Passed)
}
