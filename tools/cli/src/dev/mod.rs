//! The developer's commands: `test`, `build`, `prove`.

pub(crate) mod build;
pub(crate) mod prove;
pub(crate) mod test;

mod advisories;
mod elf;
mod image;
mod policy;
mod python;
mod reproducible;
mod sbom;
mod secrets;
pub(crate) mod shell;
mod step;
mod workflows;

/// What is deployed, as `CloudFormation` reads it.
const TEMPLATES: [&str; 2] = ["template.yaml", "registry.yaml"];
