//! Every command that is registered with Discord, in one const table (SPEC P1), and how it becomes Discord's JSON.
//!
//! Names and descriptions stand in `locales/<locale>/commands.ftl`. The id of `playlist save` there is
//! `playlist-save`, that of the option `query` is `o-query`, that of a choice `c-…`. Discord gets English as the
//! default and the other languages as localisations (SPEC P16).

mod build;
mod library;
mod music;
mod operation;
mod spec;
#[cfg(test)]
mod tests;

pub use build::{Unregistrable, registration, registration_json};
pub use spec::{Body, Choices, Opt, OptKind, Place, Spec, Sub, limit};

/// All commands, in the order in which help shows them.
pub static TABLE: [&[Spec]; 3] = [music::COMMANDS, library::COMMANDS, operation::COMMANDS];

/// Everything that can be called: its path as `CommandData::path` says it (`playlist save`), and its options. What
/// each needs and touches stands with the function that runs it.
pub fn paths() -> Vec<(String, &'static [Opt])> {
    let mut paths = Vec::new();
    for spec in TABLE.into_iter().flatten() {
        match &spec.body {
            Body::Leaf(options) => paths.push((spec.name.to_owned(), *options)),
            Body::Subs(subs) => add_subs(spec.name, subs, &mut paths),
        }
    }
    paths
}

fn add_subs(parent: &str, subs: &'static [Sub], paths: &mut Vec<(String, &'static [Opt])>) {
    for sub in subs {
        let path = format!("{parent} {}", sub.name());
        match sub {
            Sub::Leaf(_, options) => paths.push((path, options)),
            Sub::Group(_, inner) => add_subs(&path, inner, paths),
        }
    }
}
