//! What a built binary needs of the machine it will run on.

use anyhow::{Result, bail};
use object::elf::FileHeader64;
use object::read::elf::{FileHeader as _, Sym as _};
use object::{Endianness, SymbolIndex};

/// A version of glibc, such as 2.34.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glibc {
    major: u32,
    minor: u32,
}

impl Glibc {
    /// What Amazon Linux 2023 has, on which the functions run.
    pub(crate) const AMAZON_LINUX_2023: Self = Self { major: 2, minor: 34 };
}

/// Not `major.minor`, nor `major.minor.patch`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no version of glibc")]
pub(crate) struct NoVersion;

impl std::str::FromStr for Glibc {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let mut parts = text.split('.').map(|part| part.parse().map_err(|_| NoVersion));
        let mut next = || parts.next().unwrap_or(Err(NoVersion));
        Ok(Self { major: next()?, minor: next()? })
    }
}

impl std::fmt::Display for Glibc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Each symbol that the binary takes from glibc, with the version that it asks for, newest first.
pub(crate) fn glibc_symbols(binary: &[u8]) -> Result<Vec<(Glibc, String)>> {
    let header = FileHeader64::<Endianness>::parse(binary)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, binary)?;
    let Some(versions) = sections.versions(endian, binary)? else { bail!("the binary names no versions") };
    let symbols = sections.symbols(endian, binary, object::elf::SHT_DYNSYM)?;
    let mut found = Vec::new();
    for (index, symbol) in symbols.enumerate() {
        let Some(version) = versions.version(versions.version_index(endian, index).into())? else { continue };
        if let Some(glibc) = parse(version.name()) {
            found.push((glibc, name(symbol.name(endian, symbols.strings())?, index)));
        }
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found)
}

fn name(bytes: &[u8], index: SymbolIndex) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| format!("symbol {}", index.0), str::to_owned)
}

/// `GLIBC_2.34`, `GLIBC_2.2.5`; anything else, such as `GCC_3.0`, is not glibc's.
fn parse(version: &[u8]) -> Option<Glibc> {
    std::str::from_utf8(version).ok()?.strip_prefix("GLIBC_")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        let glibc = |text: &[u8]| parse(text).unwrap();
        assert!(glibc(b"GLIBC_2.34") > glibc(b"GLIBC_2.4"));
        assert!(glibc(b"GLIBC_2.2.5") < Glibc::AMAZON_LINUX_2023);
        assert_eq!(glibc(b"GLIBC_2.34"), Glibc::AMAZON_LINUX_2023);
        assert_eq!((parse(b"GCC_3.0"), parse(b"GLIBC_PRIVATE")), (None, None));
    }

    /// This test's own binary: it certainly takes `memcpy` or another of the oldest symbols from glibc.
    #[test]
    fn the_symbols_of_a_real_binary_are_read() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let symbols = glibc_symbols(&own).unwrap();
        assert!(symbols.len() > 20, "{symbols:?}");
        assert!(symbols.iter().any(|(_, name)| name == "write"), "{symbols:?}");
        assert!(symbols.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn what_is_no_binary_is_an_error() {
        assert!(glibc_symbols(b"#!/bin/sh").is_err());
        assert!(glibc_symbols(b"\x7fELF").is_err());
    }
}
