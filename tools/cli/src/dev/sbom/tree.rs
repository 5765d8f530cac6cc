//! What `cargo tree` says.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};

/// How it has to say it: behind the depth (`--prefix depth`) and each of these a tab. Last comes `(*)` where a crate was
/// listed before, and what is below it is not listed again.
pub(super) const FORMAT: &str = "\t{p}\t{l}\t{r}\t";

/// A crate in one version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id {
    pub(super) name: String,
    pub(super) version: String,
}

/// What its manifest says, and which crates it stands on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Crate {
    /// Empty if it names none.
    pub(super) license: String,
    /// Empty if it names none.
    pub(super) repository: String,
    pub(super) needs: BTreeSet<Id>,
}

/// One package and all that it stands on, itself included.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) root: Id,
    pub(super) crates: BTreeMap<Id, Crate>,
}

impl Tree {
    /// Fails on anything that is not as `FORMAT` says: half a list would pass for a whole one.
    pub(super) fn parse(output: &str) -> Result<Self> {
        let mut crates = BTreeMap::<Id, Crate>::new();
        // The crate of this line, before it the one that needs it, and so on.
        let mut path = Vec::<Id>::new();
        for line in output.lines() {
            let (depth, id, found) = parse(line).with_context(|| format!("cargo tree says {line:?}"))?;
            let below = if path.is_empty() { 0..=0 } else { 1..=path.len() };
            ensure!(below.contains(&depth), "cargo tree leaves something out before {line:?}");
            path.truncate(depth);
            if let Some(above) = path.last().and_then(|above| crates.get_mut(above)) {
                above.needs.insert(id.clone());
            }
            crates.entry(id.clone()).or_insert(found);
            path.push(id);
        }
        let root = path.into_iter().next().context("cargo tree says nothing")?;
        Ok(Self { root, crates })
    }
}

fn parse(line: &str) -> Option<(usize, Id, Crate)> {
    let mut fields = line.split('\t');
    let depth = fields.next()?.parse().ok()?;
    // Then, for some, `(proc-macro)` or the folder, which is nobody's business.
    let mut package = fields.next()?.split(' ');
    let name = package.next()?.to_owned();
    let version = package.next()?.strip_prefix('v')?.to_owned();
    let license = fields.next()?.to_owned();
    let repository = fields.next()?.to_owned();
    fields.next()?;
    Some((depth, Id { name, version }, Crate { license, repository, needs: BTreeSet::new() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "0\tapi v0.1.0 (/somewhere/functions/api)\tMIT OR Apache-2.0\t\t\n\
        1\tserde v1.0.228\tMIT OR Apache-2.0\thttps://github.com/serde-rs/serde\t\n\
        2\tserde_derive v1.0.228 (proc-macro)\tMIT OR Apache-2.0\thttps://github.com/serde-rs/serde\t\n\
        1\tshared v0.1.0 (/somewhere/shared)\tMIT OR Apache-2.0\t\t\n\
        2\tserde v1.0.228\tMIT OR Apache-2.0\thttps://github.com/serde-rs/serde\t (*)\n";

    fn id(name: &str, version: &str) -> Id {
        Id { name: name.into(), version: version.into() }
    }

    #[test]
    fn who_needs_whom_is_read_from_the_depths() {
        let tree = Tree::parse(OUTPUT).unwrap();
        let (serde, derive, shared) =
            (id("serde", "1.0.228"), id("serde_derive", "1.0.228"), id("shared", "0.1.0"));
        assert_eq!(tree.root, id("api", "0.1.0"));
        assert_eq!(tree.crates[&tree.root].needs, BTreeSet::from([serde.clone(), shared.clone()]));
        assert_eq!(tree.crates[&shared].needs, BTreeSet::from([serde.clone()]));
        assert_eq!(tree.crates[&serde].needs, BTreeSet::from([derive.clone()]));
        assert!(tree.crates[&derive].needs.is_empty());
    }

    #[test]
    fn no_folder_of_this_machine_is_kept() {
        assert!(!format!("{:?}", Tree::parse(OUTPUT)).contains("somewhere"));
    }

    #[test]
    fn licence_and_repository_are_the_manifests() {
        let tree = Tree::parse(OUTPUT).unwrap();
        let serde = &tree.crates[&id("serde", "1.0.228")];
        assert_eq!(serde.license, "MIT OR Apache-2.0");
        assert_eq!(serde.repository, "https://github.com/serde-rs/serde");
        assert_eq!(tree.crates[&tree.root].repository, "");
    }

    #[test]
    fn what_is_said_otherwise_is_an_error_and_no_short_list() {
        let second = OUTPUT.replace("\n1\tshared", "\n0\tshared");
        let gap = OUTPUT.replace("\n2\tserde v", "\n3\tserde v");
        let plain = OUTPUT.replace('\t', " ");
        for output in ["", "\n", "[build-dependencies]\n", &second, &gap, &plain] {
            assert!(Tree::parse(output).is_err(), "{output}");
        }
    }
}
