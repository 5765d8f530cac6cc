//! The developer's commands: `test`, `build`, `prove`.

pub(crate) mod build;
pub(crate) mod prove;
pub(crate) mod test;

mod advisories;
mod elf;
mod python;
mod secrets;
mod shell;
mod step;
