//! `timmy test`: what must hold before anything lands, in the order of what fails soonest.

use std::process::Command;

use anyhow::Result;

use super::python::{DENY, TEMPLATE, sam, tool};
use super::shell::{cargo, loud, program, quiet};
use super::step::{self, Choice, Ctx, Outcome, Step};
use super::{TEMPLATES, advisories, policy, secrets, workflows};

/// Which checks to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    choice: Choice,
}

const STEPS: [Step; 11] = [
    Step { name: "fmt", what: "the source is formatted", run: fmt },
    Step { name: "clippy", what: "no lint is broken", run: clippy },
    Step { name: "tests", what: "the tests of every crate", run: tests },
    Step { name: "docs", what: "the documentation builds without a warning", run: docs },
    Step { name: "template", what: "the templates are sound (sam validate --lint, cfn-lint)", run: template },
    Step { name: "policy", what: "what the templates allow (cfn-guard, checkov)", run: policy::check },
    Step { name: "workflows", what: "what runs at GitHub is sound (zizmor, schemas)", run: workflows::check },
    Step { name: "deny", what: "licences, bans and sources of dependencies", run: deny },
    Step { name: "advisories", what: "known vulnerabilities of dependencies", run: advisories::check },
    Step { name: "secrets", what: "no secret is committed", run: secrets::check },
    Step { name: "fuzz", what: "each fuzz target for a few seconds", run: fuzz },
];

/// Runs the checks.
pub(crate) fn run(args: &Args) -> Result<()> {
    step::run("test", &STEPS, &args.choice)
}

fn fmt(ctx: &Ctx) -> Result<Outcome> {
    quiet(cargo(&["fmt", "--all", "--", "--check"]), &ctx.log("fmt"))?;
    Ok(Outcome::Passed)
}

fn clippy(ctx: &Ctx) -> Result<Outcome> {
    let lint = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    quiet(cargo(&lint), &ctx.log("clippy"))?;
    Ok(Outcome::Passed)
}

/// In the open: cargo's closing lines are what CI counts. A snapshot that differs fails instead of being rewritten.
fn tests(_: &Ctx) -> Result<Outcome> {
    let mut command = cargo(&["test", "--workspace", "--locked"]);
    command.env("INSTA_UPDATE", "no");
    loud(command)?;
    Ok(Outcome::Passed)
}

fn docs(ctx: &Ctx) -> Result<Outcome> {
    let mut command = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    quiet(command, &ctx.log("docs"))?;
    Ok(Outcome::Passed)
}

fn template(ctx: &Ctx) -> Result<Outcome> {
    let log = ctx.log("template");
    let mut lint = tool(TEMPLATE, "cfn-lint")?;
    lint.args(["--regions", "eu-central-1", "us-east-1", "--"]).args(TEMPLATES);
    quiet(lint, &log)?;
    let mut validate = sam()?;
    validate.args(["validate", "--lint"]);
    quiet(validate, &log)?;
    Ok(Outcome::Passed)
}

fn deny(ctx: &Ctx) -> Result<Outcome> {
    let mut command = tool(DENY, "cargo-deny")?;
    command.args(["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]);
    quiet(command, &ctx.log("deny"))?;
    Ok(Outcome::Passed)
}

/// The fuzzer's own program, as the tests have built it: built alone it would choose other features, and everything below
/// it would be compiled once more.
pub(super) fn fuzzer(ctx: &Ctx, what: &str) -> Result<Command> {
    let build = ["test", "--locked", "--workspace", "--no-run", "--test", "replay"];
    quiet(cargo(&build), &ctx.log("fuzz"))?;
    let mut fuzzer = program(testkit::target_dir().join("debug/fuzz"));
    fuzzer.arg(what);
    Ok(fuzzer)
}

fn fuzz(ctx: &Ctx) -> Result<Outcome> {
    quiet(fuzzer(ctx, "smoke")?, &ctx.log("fuzz"))?;
    Ok(Outcome::Passed)
}
