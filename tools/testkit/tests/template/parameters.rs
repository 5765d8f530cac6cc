//! What operators are asked for.

use std::fs;

use serde_json::Value;
use testkit::workspace_root;

use crate::ours;

fn read(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Each parameter says what it is where `sam deploy --guided` shows it, and the operations page has more of it.
#[test]
fn each_parameter_is_explained_to_operators() {
    let (template, page) = (ours(), read("docs/OPERATIONS.md"));
    let parameters = template.section("Parameters").as_object().expect("parameters");
    assert!(parameters.len() > 30, "{}", parameters.len());
    for (name, parameter) in parameters {
        assert!(parameter["Description"].as_str().is_some_and(|text| text.len() > 20), "{name}");
        let named = [format!("`{name}`"), format!("`{name}=")].iter().any(|form| page.contains(form));
        assert!(named, "docs/OPERATIONS.md does not explain {name}");
    }
}

/// What has an end has it in the template: a parameter that takes anything would be refused by the function, after the
/// deployment.
#[test]
fn each_text_has_a_pattern_or_a_list_and_a_default_that_fits() {
    for (name, parameter) in ours().section("Parameters").as_object().expect("parameters") {
        let (kind, default) = (&parameter["Type"], &parameter["Default"]);
        let allowed = parameter["AllowedValues"].as_array();
        assert!(default.is_null() || allowed.is_none_or(|all| all.contains(default)), "{name}");
        let bounded = allowed.is_some() || parameter["AllowedPattern"].is_string();
        // Its own syntax, which the functions parse: hosts with hashes.
        assert!(kind != "String" || bounded || name == "CaPins", "{name} takes anything");
    }
}

/// The values of `parameter_overrides` in `samconfig.toml`, by environment.
fn overrides() -> Vec<Vec<(String, String)>> {
    let text = read("samconfig.toml");
    let lines = text.lines().filter_map(|line| line.strip_prefix("parameter_overrides = \""));
    let pairs = |line: &str| {
        let words = line.trim_end_matches('"').split_whitespace();
        words
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.into(), value.into()))
            .collect()
    };
    lines.map(pairs).collect()
}

/// SPEC W30: what is committed names parameters that there are, with values that they take, and no secret.
#[test]
fn samconfig_says_what_the_template_takes() {
    let template = ours();
    let all = overrides();
    assert_eq!(all.len(), 2, "dev and prod");
    for (name, value) in all.iter().flatten() {
        let parameter = &template.section("Parameters")[name.as_str()];
        assert!(parameter.is_object(), "there is no {name}");
        let allowed = parameter["AllowedValues"].as_array();
        let takes = |all: &Vec<Value>| all.iter().any(|one| one.as_str() == Some(value.as_str()));
        assert!(allowed.is_none_or(takes), "{name} is never {value}");
        assert!(parameter["Default"].is_string(), "{name} is the operator's to say");
    }
    let profile =
        |at: usize| all[at].iter().find(|(name, _)| name == "Profile").map(|(_, value)| value.as_str());
    assert_eq!((profile(0), profile(1)), (Some("hobby"), Some("standard")));
}
