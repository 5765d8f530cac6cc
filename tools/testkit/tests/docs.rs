//! Keeps the documents true (SPEC W40): what they name exists, what must be named is, links lead somewhere. The one
//! rule about the source that no type can hold, constant expressions (SPEC W34), is checked here too.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which clippy takes for production code"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use shared::clock::Clock;
use shared::discord::invite::{Feature, link};
use shared::ids::ApplicationId;
use testkit::template::{OURS, Template};
use testkit::workspace_root;

/// The rows of the catalogue: a letter, and its first and last number. Those of P that come after are not to be built yet.
const ROWS: [(char, usize, usize); 3] = [('T', 1, 37), ('W', 1, 40), ('P', 1, 16)];
/// Stands within T22.
const NO_ROW: &str = "T23";
/// The weaknesses of SPEC W38, by their numbers in the CWE.
const WEAKNESSES: &str = "22 79 89 117 200 294 306 345 347 352 532 639 798 918";
/// The editions of OWASP's ten, which W38 speaks of: the current one, and the one whose numbers most people know.
const OWASP: [&str; 2] = ["2025", "2021"];
/// How soon somebody answers, mends and tells (SPEC W36), as `SECURITY.md` has it.
const ANSWERS: [[&str; 5]; 4] = [
    ["critical", "9.0–10.0", "1 hour", "48 hours", "7 days"],
    ["high", "7.0–8.9", "4 hours", "5 days", "30 days"],
    ["medium", "4.0–6.9", "1 day", "14 days", "60 days"],
    ["low", "0.1–3.9", "2 days", "30 days", "coordinated"],
];
/// A document that nobody has looked at for so many days is not believed any more (SPEC W40).
const REVIEWED_WITHIN_DAYS: i32 = 365;
/// Folders that hold what others wrote, or what was built.
const FOREIGN: [&str; 6] = ["target", ".git", ".timmy", ".aws-sam", "node_modules", "__pycache__"];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document(name: &str) -> String {
    read(&workspace_root().join("docs").join(name))
}

/// Every file below `folder` whose name ends so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() && !FOREIGN.contains(&name.as_str()) {
            found.extend(files(&path, ending));
        } else if path.is_file() && name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The names of the functions with a test attribute, `proptest!` ones included.
fn tests_in(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let plain = line.trim_start_matches("pub ").trim_start_matches("async ");
        if let Some(rest) = plain.strip_prefix("fn ") {
            if marked {
                names.extend(rest.split(['(', '<']).next().map(str::to_owned));
            }
            marked = false;
        }
    }
    names
}

fn all_tests() -> BTreeSet<String> {
    let root = workspace_root();
    let folders = ["shared", "functions", "tools"].map(|folder| root.join(folder));
    folders.iter().flat_map(|folder| files(folder, ".rs")).flat_map(|file| tests_in(&read(&file))).collect()
}

/// A Markdown table: the names of its columns, then its rows.
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn tables(text: &str) -> Vec<Table> {
    let mut found: Vec<Table> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let Some(line) = line.strip_prefix('|') else {
            inside = false;
            continue;
        };
        let cells: Vec<_> =
            line.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        match found.last_mut().filter(|_| inside) {
            None => found.push(Table { columns: cells, rows: Vec::new() }),
            Some(_) if cells.iter().all(|cell| cell.trim_matches(['-', ':']).is_empty()) => {}
            Some(table) => table.rows.push(cells),
        }
        inside = true;
    }
    found
}

impl Table {
    /// The cells of a column; none where the table has no such column.
    fn column(&self, name: &str) -> Vec<&str> {
        let Some(at) = self.columns.iter().position(|column| column == name) else { return Vec::new() };
        self.rows.iter().map(|row| row.get(at).map_or("", String::as_str)).collect()
    }
}

/// What stands between backticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The cells of all columns of that name in a document.
fn column_of(page: &str, name: &str) -> Vec<String> {
    let tables = tables(&document(page));
    tables.iter().flat_map(|table| table.column(name)).map(str::to_owned).collect()
}

/// The same, of the documents that hold what they say against files and tests.
fn column_of_rules(name: &str) -> Vec<String> {
    ["SECURITY-MODEL.md", "COMPLIANCE.md", "RESTORE.md"]
        .into_iter()
        .flat_map(|page| column_of(page, name))
        .collect()
}

/// What a text links to, without addresses of the web and places within the same page.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    local.map(|target| target.split('#').next().unwrap_or_default()).collect()
}

/// When a document was looked at, by its line `Reviewed: YYYY-MM-DD`.
fn reviewed(text: &str) -> Option<Date> {
    let day = text.lines().find_map(|line| line.strip_prefix("Reviewed: "))?;
    // Ten characters are a date and nothing else.
    if day.len() == 10 { day.parse().ok() } else { None }
}

/// Whether that was lately. Tomorrow is somewhere today already.
fn is_current(reviewed: Date, today: Date) -> bool {
    (-1..=REVIEWED_WITHIN_DAYS).contains(&(today - reviewed).get_days())
}

/// What has to be looked at again and again.
fn documents() -> Vec<PathBuf> {
    let root = workspace_root();
    let mut all = files(&root.join("docs"), ".md");
    all.extend(["SECURITY.md", "CONTRIBUTING.md"].map(|name| root.join(name)));
    all
}

#[test]
fn each_rule_names_files_that_exist() {
    let cells = column_of_rules("file");
    assert!(cells.len() > 30, "the table was not found");
    for cell in cells {
        let named = code(&cell);
        assert!(!named.is_empty(), "a rule without a file: {cell}");
        for file in named {
            assert!(workspace_root().join(file).exists(), "{file} does not exist");
        }
    }
}

#[test]
fn each_rule_names_tests_that_exist() {
    let known = all_tests();
    for cell in column_of_rules("test") {
        let named = code(&cell);
        assert!(!named.is_empty(), "a rule without a test: {cell}");
        for test in named {
            assert!(known.contains(test), "there is no test {test}");
        }
    }
}

fn rows() -> BTreeSet<String> {
    let rows = ROWS
        .into_iter()
        .flat_map(|(letter, first, last)| (first..=last).map(move |number| format!("{letter}{number}")));
    rows.filter(|row| row != NO_ROW).collect()
}

/// A row has a rule if a line of the tables names it with a file and a test that both exist; and no line names another.
#[test]
fn each_row_of_the_catalogue_has_a_rule() {
    let tests = all_tests();
    let page = document("SECURITY-MODEL.md");
    let mut told = BTreeSet::new();
    for table in tables(&page) {
        let cells = table.column("row").into_iter().zip(table.column("file")).zip(table.column("test"));
        for ((row, file), test) in cells {
            let is_there = |file: &str| workspace_root().join(file).exists();
            let kept = code(file).into_iter().any(is_there)
                && code(test).into_iter().any(|test| tests.contains(test));
            assert!(kept, "{row} has neither a file nor a test: {file} {test}");
            told.extend(row.split_whitespace().map(str::to_owned));
        }
    }
    let rows = rows();
    let missing: Vec<_> = rows.difference(&told).collect();
    assert!(missing.is_empty(), "no rule for {missing:?}");
    let unknown: Vec<_> = told.difference(&rows).collect();
    assert!(unknown.is_empty(), "the catalogue has no {unknown:?}");
}

/// A test that is passed over keeps no promise.
#[test]
fn no_test_is_ignored() {
    let root = workspace_root();
    for file in ["shared", "functions", "tools"].iter().flat_map(|folder| files(&root.join(folder), ".rs")) {
        let is_ignored = |line: &str| line.trim_start().starts_with("#[ignore");
        assert!(!read(&file).lines().any(is_ignored), "{}", file.display());
    }
}

#[test]
fn each_document_says_when_it_was_reviewed() {
    let today = Clock::system().now().to_zoned(TimeZone::UTC).date();
    for file in documents() {
        let date = reviewed(&read(&file));
        let date = date.unwrap_or_else(|| panic!("{} has no line Reviewed: YYYY-MM-DD", file.display()));
        assert!(is_current(date, today), "{}: read it again, {date} is too long ago", file.display());
    }
}

#[test]
fn a_review_is_good_for_a_year() {
    let day = |text: &str| reviewed(&format!("# A\n\nReviewed: {text}\n"));
    assert_eq!(["soon", "2026-13-01", "2026-1-1", "2026-11-22T10:00Z"].map(day), [None; 4]);
    let today = day("2026-11-23").expect("a date");
    for (text, current) in [
        ("2026-11-23", true),
        ("2026-11-24", true),
        ("2026-11-25", false),
        ("2025-11-23", true),
        ("2025-11-22", false),
    ] {
        assert_eq!(is_current(day(text).expect("a date"), today), current, "{text}");
    }
}

/// SPEC W38: each weakness and each of OWASP's ten has a row, whose files and tests other tests look for.
#[test]
fn each_known_weakness_is_mapped() {
    let mapped = column_of("COMPLIANCE.md", "control");
    let is_there = |name: &str| mapped.iter().any(|cell| cell.split_whitespace().any(|word| word == name));
    for number in WEAKNESSES.split_whitespace() {
        assert!(is_there(&format!("CWE-{number}")), "docs/COMPLIANCE.md has no CWE-{number}");
    }
    for edition in OWASP {
        for number in 1..=10 {
            let name = format!("A{number:02}:{edition}");
            assert!(is_there(&name), "docs/COMPLIANCE.md has no {name}");
        }
    }
    for name in ["CC6.1", "PR.AA-05", "A.5.15", "V2", "SEC", "Art."] {
        assert!(is_there(name), "docs/COMPLIANCE.md has no {name}");
    }
}

/// SPEC W36.
#[test]
fn who_reports_a_weakness_knows_what_to_expect() {
    let text = read(&workspace_root().join("SECURITY.md"));
    let tables = tables(&text);
    let table = tables.iter().find(|table| table.columns[0] == "severity").expect("the table of answers");
    assert_eq!(table.rows, ANSWERS.map(|row| row.map(str::to_owned).to_vec()));
    for part in ["## Where to report", "## What to include", "## What happens then", "## Announcements"] {
        assert!(text.contains(&format!("\n{part}\n")), "SECURITY.md has no {part:?}");
    }
    assert!(text.contains("security.txt") && text.contains("2 business days"));
}

/// What is not released yet stands first, and the release that is built is there or still to come.
#[test]
fn the_changelog_begins_with_what_is_not_released() {
    let text = read(&workspace_root().join("CHANGELOG.md"));
    let headings: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(headings.first(), Some(&"[Unreleased]"));
    for released in &headings[1..] {
        let (version, day) = released.split_once(" - ").expect("[version] - date");
        assert!(
            version.starts_with('[') && version.ends_with(']') && day.parse::<Date>().is_ok(),
            "{released}"
        );
    }
}

#[test]
fn links_lead_somewhere() {
    for file in files(&workspace_root(), ".md") {
        let text = read(&file);
        for target in links(&text) {
            let there = file.parent().expect("a folder").join(target);
            assert!(there.exists(), "{}: {target} leads nowhere", file.display());
        }
    }
}

/// Each variable that a function reads at its start is explained to operators.
#[test]
fn operations_explain_each_variable() {
    let explained = document("OPERATIONS.md");
    let mut count = 0;
    for file in files(&workspace_root().join("functions"), "config.rs") {
        let source = read(&file);
        let shouted = |text: &&str| {
            text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        };
        for name in source.split('"').skip(1).step_by(2).filter(shouted) {
            assert!(explained.contains(&format!("`{name}`")), "{name} of {}", file.display());
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} variables were found");
}

#[test]
fn the_data_map_has_each_table() {
    let map = document("DATA-MAP.md");
    let template = Template::parse(OURS).expect("template.yaml reads");
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        let name = table["Properties"]["TableName"]["Fn::Sub"].as_str().unwrap_or_default();
        let suffix = name.strip_prefix("${TablePrefix}-").unwrap_or(name);
        assert!(map.contains(&format!("\n## `{suffix}`\n")), "{id} ({suffix}) is not in the map");
    }
}

/// Pictures are taken by a script; each is shown somewhere.
#[test]
fn every_picture_is_there_and_shown() {
    let readme = read(&workspace_root().join("README.md"));
    for picture in ["page.png", "page-moves.png"] {
        assert!(readme.contains(&format!("(docs/pictures/{picture})")), "{picture}");
        assert!(workspace_root().join("docs/pictures").join(picture).exists(), "run docs/pictures/page.mjs");
    }
}

/// The invite link that people copy asks for what the code needs (SPEC P13).
#[test]
fn the_readme_invites_with_the_least_permissions() {
    let link = link(ApplicationId::new(7), &[Feature::Voice, Feature::Messages]);
    let link = link.replace("client_id=7&", "client_id=APPLICATION_ID&");
    assert!(read(&workspace_root().join("README.md")).contains(&link), "README.md has not {link}");
}

/// Expressions are constants; what came from outside travels as a value (SPEC W34).
#[test]
fn no_expression_is_built_from_text() {
    let stores = files(&workspace_root().join("shared/src/store"), ".rs");
    let mut count = 0;
    for file in stores.iter().filter(|file| !file.to_string_lossy().contains("tests")) {
        for line in read(file).lines() {
            let argument = line.split_once("_expression(").map(|(_, argument)| argument);
            count += usize::from(argument.is_some());
            let built = argument.is_some_and(|text| text.contains("format!") || text.contains(" + "));
            let phrased = ["\"SET ", " = :", "attribute_", "begins_with"];
            let formatted = line.contains("format!(") && phrased.iter().any(|part| line.contains(part));
            assert!(!built && !formatted, "{}: {line}", file.display());
        }
    }
    assert!(count >= 30, "only {count} expressions were found");
}

/// SPEC T6: one TLS, whose oldest version is 1.2. The names are those of the other implementations and of what wraps them.
#[test]
fn there_is_one_tls() {
    let lock = read(&workspace_root().join("Cargo.lock"));
    let linked: BTreeSet<_> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
    assert!(linked.contains("\"rustls\""), "the lock file was not read");
    for other in ["openssl", "openssl-sys", "native-tls", "boring", "boring-sys", "s2n-tls", "mbedtls"] {
        assert!(!linked.contains(format!("\"{other}\"").as_str()), "{other}");
    }
    let banned = read(&workspace_root().join("deny.toml"));
    for other in ["openssl-sys", "native-tls"] {
        assert!(banned.contains(&format!("{{ crate = \"{other}\" }}")), "{other} may come back");
    }
}

#[test]
fn this_check_reads_what_it_should() {
    let source =
        "#[test]\nfn a() {}\nfn b() {}\n  #[tokio::test(flavor = \"x\")]\n  #[ignore]\n  async fn c() {}\n";
    assert_eq!(tests_in(source), ["a", "c"]);
    assert_eq!(code("`a`, `b::c` and d"), ["a", "b::c"]);
    assert_eq!(links("[a](b.md#c) [d](https://e.example) [f](#g) [h](i/)"), ["b.md", "i/"]);
    let table = &tables("x\n| row | test |\n|---|---|\n| T1 T2 | `a` |\ny\n")[0];
    assert_eq!((table.column("row"), table.column("none")), (vec!["T1 T2"], vec![]));
}
