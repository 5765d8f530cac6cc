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
mod shell;
mod step;
mod workflows;
