//! A tree of crates as `CycloneDX` 1.6.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::tree::{Crate, Id, Tree};

/// What the registry's archives hash to, by `Cargo.lock`. A crate without is ours.
pub(super) struct Checksums(BTreeMap<Id, String>);

impl Checksums {
    pub(super) fn parse(lock: &str) -> Self {
        let package = |block: &str| {
            let id = Id { name: field(block, "name")?, version: field(block, "version")? };
            Some((id, field(block, "checksum")?))
        };
        Self(lock.split("[[package]]").filter_map(package).collect())
    }
}

fn field(block: &str, name: &str) -> Option<String> {
    let value =
        |line: &str| Some(line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"')?.to_owned());
    block.lines().find_map(value)
}

/// The bill of `all`; what is not in `linked` too is said to be needed for building only. Without the time and a serial
/// number: the same crates make the same bill.
pub(super) fn bill(all: &Tree, linked: &Tree, checksums: &Checksums) -> Value {
    let component = |(id, one): (&Id, &Crate)| {
        let mut component = describe(id, one, checksums);
        let scope = if linked.crates.contains_key(id) { "required" } else { "excluded" };
        component["scope"] = scope.into();
        component
    };
    let others = all.crates.iter().filter(|(id, _)| **id != all.root);
    // A tree's root is among its crates: its first line adds both.
    let mut product = describe(&all.root, &all.crates[&all.root], checksums);
    product["type"] = "application".into();
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": product },
        "components": others.map(component).collect::<Vec<_>>(),
        "dependencies": all.crates.iter().map(needs).collect::<Vec<_>>(),
    })
}

fn describe(id: &Id, one: &Crate, checksums: &Checksums) -> Value {
    let mut component =
        json!({ "type": "library", "bom-ref": reference(id), "name": id.name, "version": id.version });
    // Names of ours mean other crates in the registry, so they have no address there.
    if let Some(checksum) = checksums.0.get(id) {
        component["purl"] = format!("pkg:cargo/{}@{}", id.name, id.version.replace('+', "%2B")).into();
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if !one.license.is_empty() {
        // An old way of writing OR, which SPDX does not know.
        let expression = one.license.replace('/', " OR ");
        component["licenses"] = json!([{ "expression": expression, "acknowledgement": "declared" }]);
    }
    if !one.repository.is_empty() {
        component["externalReferences"] = json!([{ "type": "vcs", "url": one.repository }]);
    }
    component
}

fn needs((id, one): (&Id, &Crate)) -> Value {
    json!({ "ref": reference(id), "dependsOn": one.needs.iter().map(reference).collect::<Vec<_>>() })
}

fn reference(id: &Id) -> String {
    format!("{}@{}", id.name, id.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dev::shell::root;

    const LOCK: &str = "# made by cargo\nversion = 4\n\n\
        [[package]]\nname = \"api\"\nversion = \"0.1.0\"\ndependencies = [\n \"old\",\n]\n\n\
        [[package]]\nname = \"cc\"\nversion = \"1.2.3\"\nsource = \"registry\"\nchecksum = \"c0ffee\"\n\n\
        [[package]]\nname = \"old\"\nversion = \"0.3.0+7.1\"\nsource = \"registry\"\nchecksum = \"0ddba1\"\n";
    const LINKED: &str =
        "0\tapi v0.1.0 (/somewhere)\tMIT\t\t\n1\told v0.3.0+7.1\tMIT/Apache-2.0\thttps://e.org\t\n";

    fn of_api() -> Value {
        let linked = Tree::parse(LINKED).unwrap();
        let all = Tree::parse(&format!("{LINKED}2\tcc v1.2.3\t\t\t\n")).unwrap();
        bill(&all, &linked, &Checksums::parse(LOCK))
    }

    fn component<'a>(bill: &'a Value, name: &str) -> &'a Value {
        bill["components"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
    }

    #[test]
    fn the_product_is_described_and_is_no_component_of_itself() {
        let bill = of_api();
        assert_eq!(bill["metadata"]["component"]["name"], "api");
        assert_eq!(bill["metadata"]["component"]["type"], "application");
        assert_eq!(bill["components"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_crate_of_the_registry_has_its_address_and_its_hash() {
        let bill = of_api();
        let old = component(&bill, "old");
        assert_eq!(old["purl"], "pkg:cargo/old@0.3.0%2B7.1");
        assert_eq!(old["hashes"], json!([{ "alg": "SHA-256", "content": "0ddba1" }]));
        assert_eq!(old["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(old["externalReferences"][0]["url"], "https://e.org");
    }

    #[test]
    fn a_crate_of_ours_is_not_taken_for_another_of_its_name() {
        let bill = of_api();
        assert_eq!(bill["metadata"]["component"].get("purl"), None);
        assert_eq!(bill["metadata"]["component"].get("hashes"), None);
    }

    #[test]
    fn what_only_builds_is_told_from_what_is_linked() {
        let bill = of_api();
        assert_eq!(component(&bill, "old")["scope"], "required");
        assert_eq!(component(&bill, "cc")["scope"], "excluded");
        assert_eq!(component(&bill, "cc").get("licenses"), None);
    }

    #[test]
    fn each_component_says_what_it_stands_on() {
        let needs = json!([
            { "ref": "api@0.1.0", "dependsOn": ["old@0.3.0+7.1"] },
            { "ref": "cc@1.2.3", "dependsOn": [] },
            { "ref": "old@0.3.0+7.1", "dependsOn": ["cc@1.2.3"] },
        ]);
        assert_eq!(of_api()["dependencies"], needs);
    }

    #[test]
    fn the_checksums_of_the_real_lock_file_are_read() {
        let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
        let checksums = Checksums::parse(&lock).0;
        assert_eq!(checksums.len(), lock.matches("\nchecksum = ").count());
        assert!(checksums.len() > 100, "{}", checksums.len());
        assert!(checksums.values().all(|checksum| checksum.len() == 64));
        assert!(!checksums.keys().any(|id| id.name == "timmy"));
    }
}
