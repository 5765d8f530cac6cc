use std::fs;

use testkit::workspace_root;

use super::bill::Bill;
use super::*;

/// What the documents assume of a server.
pub(super) const USED: Usage = Usage { guilds: 10, commands: 20, minutes: 60, linked: 0 };
/// How many servers the documents speak of.
const STEPS: [u32; 4] = [10, 1_000, 100_000, 10_000_000];

pub(super) fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

pub(super) fn document(name: &str) -> String {
    fs::read_to_string(workspace_root().join("docs").join(name)).unwrap()
}

/// What stands between the marks of a section.
fn section(page: &str, name: &str) -> String {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("\n<!-- end {name} -->"));
    let after = page.split_once(&begin).unwrap_or_else(|| panic!("no section {name}")).1;
    after.split_once(&end).unwrap_or_else(|| panic!("no end of {name}")).0.to_owned()
}

fn bills() -> [Bill; 4] {
    STEPS.map(|guilds| estimate(&Usage { guilds, ..USED }, &LIST))
}

fn cost_table() -> String {
    let bills = bills();
    let columns = |figures: [String; 4]| figures.join(" | ");
    let mut lines = vec![
        format!("| US dollars a month | {} |", columns(STEPS.map(|guilds| grouped(&guilds.to_string())))),
        "|---|--:|--:|--:|--:|".to_owned(),
    ];
    for (at, (name, _)) in bills[0].parts().iter().enumerate() {
        lines.push(format!("| {name} | {} |", columns(bills.map(|bill| dollars(bill.parts()[at].1)))));
    }
    lines.push(format!("| **together** | {} |", columns(bills.map(|bill| dollars(bill.total())))));
    let each = [0, 1, 2, 3].map(|at| format!("{:.3}", bills[at].total() / f64::from(STEPS[at])));
    lines.push(format!("| for each server | {} |", columns(each)));
    lines.join("\n")
}

fn scale_table() -> String {
    let mut lines = vec!["| up to servers | what | limit |".to_owned(), "|--:|---|---|".to_owned()];
    lines.extend(
        walls(&USED).iter().map(|wall| {
            format!("| {} | {} | {} |", grouped(&wall.guilds.to_string()), wall.what, wall.limit)
        }),
    );
    lines.join("\n")
}

#[test]
fn the_page_of_costs_says_what_is_computed() {
    assert_eq!(section(&document("COST.md"), "estimate"), cost_table());
}

#[test]
fn the_page_of_scale_says_what_is_computed() {
    assert_eq!(section(&document("SCALE.md"), "limits"), scale_table());
}

#[test]
fn figures_are_read_by_people() {
    assert_eq!(["1", "12", "123", "1234", "1234567"].map(grouped), ["1", "12", "123", "1,234", "1,234,567"]);
    assert_eq!([0.0, 7.5, 99.994, 100.4, 1_234.5].map(dollars), ["0.00", "7.50", "99.99", "100", "1,234"]);
    assert!(close(cents(1.006), 1.01));
}

#[test]
fn words_and_json_say_the_same() {
    let usage = Usage { guilds: 1_000, ..USED };
    let (said, json) = (words(&usage), json(&usage));
    let total = json["total_usd_a_month"].as_f64().unwrap();
    assert!(said.contains(&format!("together{:>18}", dollars(total))), "{said}");
    assert!(said.contains("\n  servers of an unverified application (Discord: 100)"), "{said}");
    assert!(said.ends_with("The next limit, at 2,500 servers: one shard (`ShardCount`, 1 at most; Discord: 2,500 servers a shard)"), "{said}");
    assert_eq!(json["limits"].as_array().unwrap().len(), walls(&usage).len());
}
