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

use testkit::template::{OURS, Template};
use testkit::workspace_root;

/// The rows of the catalogue that are built by now, wholly or in part; each has a rule in the security model.
const ROWS: &str = "T1 T2 T7 T8 T10 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22 T24 T25 T26 T27 T28 T29 T30 T31 T32 T33 T36 W1 W13 \
                    W14 W15 W17 W18 W19 W20 W21 W22 W23 W24 W25 W26 W28 W29 W30 W31 W32 W33 W34 W35 W40 P1 P2 P6 P7 P8 P9 P10 P12 \
                    P13 P16";
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

fn column_of_model(name: &str) -> Vec<String> {
    let tables = tables(&document("SECURITY-MODEL.md"));
    tables.iter().flat_map(|table| table.column(name)).map(str::to_owned).collect()
}

/// What a text links to, without addresses of the web and places within the same page.
fn links(text: &str) -> Vec<&str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    local.map(|target| target.split('#').next().unwrap_or_default()).collect()
}

/// `YYYY-MM-DD` of a month that exists.
fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let number = |at: usize, width: usize| {
        let part = parts.get(at).filter(|part| part.len() == width)?;
        part.parse::<u32>().ok()
    };
    parts.len() == 3
        && number(0, 4).is_some_and(|year| year >= 2026)
        && number(1, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(2, 2).is_some_and(|day| (1..=31).contains(&day))
}

#[test]
fn each_rule_names_files_that_exist() {
    let cells = column_of_model("file");
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
    for cell in column_of_model("test") {
        let named = code(&cell);
        assert!(!named.is_empty(), "a rule without a test: {cell}");
        for test in named {
            assert!(known.contains(test), "there is no test {test}");
        }
    }
}

#[test]
fn each_row_of_the_catalogue_has_a_rule() {
    let cells = column_of_model("row");
    let told: BTreeSet<_> = cells.iter().flat_map(|cell| cell.split_whitespace()).collect();
    let missing: Vec<_> = ROWS.split_whitespace().filter(|row| !told.contains(row)).collect();
    assert!(missing.is_empty(), "no rule for {missing:?}");
}

#[test]
fn each_document_says_when_it_was_reviewed() {
    for file in files(&workspace_root().join("docs"), ".md") {
        let text = read(&file);
        let date = text.lines().find_map(|line| line.strip_prefix("Reviewed: "));
        assert!(date.is_some_and(is_date), "{} has no line Reviewed: YYYY-MM-DD", file.display());
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

#[test]
fn this_check_reads_what_it_should() {
    let source =
        "#[test]\nfn a() {}\nfn b() {}\n  #[tokio::test(flavor = \"x\")]\n  #[ignore]\n  async fn c() {}\n";
    assert_eq!(tests_in(source), ["a", "c"]);
    assert_eq!(code("`a`, `b::c` and d"), ["a", "b::c"]);
    assert_eq!(links("[a](b.md#c) [d](https://e.example) [f](#g) [h](i/)"), ["b.md", "i/"]);
    assert!(is_date("2026-11-22") && !is_date("2026-13-01") && !is_date("soon") && !is_date("2026-1-1"));
    let table = &tables("x\n| row | test |\n|---|---|\n| T1 T2 | `a` |\ny\n")[0];
    assert_eq!((table.column("row"), table.column("none")), (vec!["T1 T2"], vec![]));
}
