//! How much is watched and kept apart, by profile, and what that costs while nothing happens (SPEC P7).

use std::fs;

use serde_json::Value;
use testkit::workspace_root;

use crate::alarms::cents;
use crate::chosen::Chosen;
use crate::ours;

const PROFILES: [&str; 3] = ["hobby", "standard", "hardened"];
const COPIES: [&str; 3] = ["", "eu-north-1", "eu-north-1,eu-west-1"];

/// A price in US cents, or a number.
fn price(name: &str) -> usize {
    let price = ours().section("Metadata")["FloorPrices"][name].as_str().expect("a price").replace('.', "");
    price.parse().expect("dollars and cents")
}

/// How many resources of a type are made.
fn count(chosen: &Chosen, kind: &str) -> usize {
    ours().of_type(kind).filter(|(_, one)| chosen.makes(one)).count()
}

fn copies(chosen: &Chosen) -> usize {
    ["HasReplica", "HasSecondReplica"].into_iter().filter(|condition| chosen.holds(condition)).count()
}

/// US cents a month, of what stands in the template and is paid by the month.
fn floor(chosen: &Chosen) -> usize {
    let secrets = count(chosen, "AWS::SecretsManager::Secret") * price("UsdPerSecret");
    // The operator makes a key in each of the other regions.
    let elsewhere = copies(chosen) * (price("UsdPerKey") + secrets);
    let free = price("FreeDashboards");
    let dashboards = count(chosen, "AWS::CloudWatch::Dashboard").saturating_sub(free);
    count(chosen, "AWS::KMS::Key") * price("UsdPerKey")
        + secrets
        + elsewhere
        + cents(&ours(), chosen.holds("AllAlarms"))
        + dashboards * price("UsdPerDashboard")
}

fn dollars(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// As the profile asks to be deployed: with the least copies that it takes.
fn at_least(profile: &'static str) -> Chosen {
    match profile {
        "hardened" => Chosen::by(&[("Profile", profile), ("ReplicaRegions", COPIES[1])]),
        _ => Chosen::by(&[("Profile", profile)]),
    }
}

/// The table of the operations page.
fn table() -> String {
    let all = PROFILES.map(at_least);
    let row = |name: &str, cells: [String; 3]| format!("| {name} | {} |\n", cells.join(" | "));
    let counts = |kind: &str| [0, 1, 2].map(|at| count(&all[at], kind).to_string());
    let by = |condition: &str, yes: &str, no: &str| {
        [0, 1, 2].map(|at| if all[at].holds(condition) { yes } else { no }.to_owned())
    };
    let retention = ours().section("Mappings")["Stages"].as_object().expect("stages").clone();
    let days = |stage: &str| retention[stage]["LogRetentionDays"].to_string();
    let tables = ours();
    let (_, first) = tables.of_type("AWS::DynamoDB::Table").next().expect("a table");
    let back = first["Properties"]["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"].to_string();
    [
        row("profile", PROFILES.map(|profile| format!("`{profile}`"))),
        "|---|---|---|---|\n".to_owned(),
        row("keys of KMS", counts("AWS::KMS::Key")),
        row("secrets", counts("AWS::SecretsManager::Secret")),
        row("alarms", by("AllAlarms", "`all`", "`essential`")),
        row(
            "regions with copies of secrets",
            ["none, or up to 2", "none, or up to 2", "1 or 2"].map(str::to_owned),
        ),
        row("days that tables can be restored to", PROFILES.map(|_| back.clone())),
        row("tables are protected from deletion", by("ProtectsTables", "always", "in prod")),
        row("who may end the evidence's lock", by("LockedForEverybody", "nobody", "who may bypass it")),
        row(
            "days that logs are kept",
            PROFILES.map(|_| format!("{}, in prod {}", days("dev"), days("prod"))),
        ),
        row("**US dollars a month at least**", [0, 1, 2].map(|at| dollars(floor(&all[at])))),
    ]
    .concat()
}

#[test]
fn operations_say_what_each_profile_is() {
    let page = fs::read_to_string(workspace_root().join("docs/OPERATIONS.md")).expect("the document");
    let table = table();
    assert!(page.contains(&table), "docs/OPERATIONS.md does not say\n{table}");
}

/// SPEC P7: `CloudFormation` cannot add, so the sums stand in the template.
#[test]
fn the_floor_is_what_stands_in_the_template() {
    let template = ours();
    let output = &template.section("Outputs")["MonthlyFloorUsd"]["Value"];
    for alarms in ["profile", "essential", "all"] {
        for profile in PROFILES {
            for regions in COPIES {
                let chosen =
                    Chosen::by(&[("Alarms", alarms), ("Profile", profile), ("ReplicaRegions", regions)]);
                let said = chosen.text(output);
                assert_eq!(said, dollars(floor(&chosen)), "{alarms} {profile} {regions:?}");
            }
        }
    }
}

/// Each profile is at least what the one before it is.
#[test]
fn profiles_differ_and_each_holds_what_the_one_before_does() {
    let all = PROFILES.map(at_least);
    let held = |chosen: &Chosen| {
        ["AllAlarms", "HasReplica", "LockedForEverybody", "ProtectsTables"].map(|one| chosen.holds(one))
    };
    assert_eq!(all.each_ref().map(held), [[false; 4], [true, false, false, false], [true; 4]]);
    assert_eq!(ours().section("Parameters")["Profile"]["Default"], "hobby");
    assert_eq!(ours().section("Parameters")["Profile"]["AllowedValues"], serde_json::json!(PROFILES));
}

/// What is said for one thing goes before the profile.
#[test]
fn a_parameter_of_its_own_goes_before_the_profile() {
    let with = |name: &'static str, value: &'static str, profile: &'static str| {
        Chosen::by(&[(name, value), ("Profile", profile)])
    };
    assert!(with("Alarms", "all", "hobby").holds("AllAlarms"));
    assert!(!with("Alarms", "essential", "standard").holds("AllAlarms"));
    assert!(with("EvidenceLock", "COMPLIANCE", "hobby").holds("LockedForEverybody"));
    assert!(!with("EvidenceLock", "GOVERNANCE", "hardened").holds("LockedForEverybody"));
}

/// SPEC T7, T33: the last level of containment takes the tokens' key away and no other's data with it, in every profile.
#[test]
fn no_profile_saves_a_key_or_a_backup() {
    for profile in PROFILES {
        let chosen = at_least(profile);
        for kind in
            ["AWS::KMS::Key", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"]
        {
            for (id, one) in ours().of_type(kind) {
                assert!(one["Condition"].is_null() && chosen.makes(one), "{profile}: {id}");
            }
        }
    }
    for (id, table) in ours().of_type("AWS::DynamoDB::Table") {
        let back = &table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"];
        assert_eq!(*back, Value::Bool(true), "{id}");
    }
}

/// A refusal says what to do about it.
#[test]
fn hardened_is_refused_where_it_would_be_less() {
    let whole =
        [("Profile", "hardened"), ("ReplicaRegions", "eu-north-1"), ("WatchdogEmail", "nobody@example.org")];
    assert!(Chosen::by(&whole).refusals().is_empty());
    for (name, value) in [
        ("ReplicaRegions", ""),
        ("WatchdogEmail", ""),
        ("Alarms", "essential"),
        ("EvidenceLock", "GOVERNANCE"),
    ] {
        let refusals = Chosen::by(&[&whole[..], &[(name, value)]].concat()).refusals();
        let [refusal] = refusals.as_slice() else { panic!("{name}: {refusals:?}") };
        assert!(refusal.contains(name) && refusal.contains("choose Profile=standard"), "{refusal}");
    }
    for profile in ["hobby", "standard"] {
        let free = [("Profile", profile), ("Alarms", "essential"), ("EvidenceLock", "GOVERNANCE")];
        assert!(Chosen::by(&free).refusals().is_empty(), "{profile}");
    }
}
