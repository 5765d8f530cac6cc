//! What the documents tell people to type is there: each `timmy …` in them names commands and options of this tool.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _};

use crate::Cli;

/// The Markdown files that people are told to read.
fn documents() -> Vec<PathBuf> {
    let root = testkit::workspace_root();
    let mut all = pages(&root.join("docs"));
    all.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|name| root.join(name)));
    all
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found
}

/// What follows the tool's name, wherever a text has it between backticks or in a block of code.
fn typed(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
            continue;
        }
        let code: Vec<&str> = if is_block {
            line.split(" #").take(1).collect()
        } else {
            line.split('`').skip(1).step_by(2).collect()
        };
        for code in code {
            let begins = |at: usize| at == 0 || code[..at].ends_with([' ', '/', '(']);
            let lines = code.match_indices("timmy ").filter(|(at, _)| begins(*at));
            let rest = lines
                .filter_map(|(at, name)| code[at + name.len()..].split(['|', ';', '&', ')', '>']).next());
            found.extend(rest.map(|rest| rest.trim().to_owned()));
        }
    }
    found
}

/// The first word of a line that is neither a command, an option nor a value; `None` if all are.
fn unknown(tool: &Command, line: &str) -> Option<String> {
    let mut command = tool;
    let mut is_value = false;
    for word in line.split_whitespace().map(|word| word.trim_matches(['"', '\'', ',', '…', '[', ']'])) {
        if core::mem::take(&mut is_value) || word.is_empty() {
            continue;
        }
        if let Some(option) = word.strip_prefix("--") {
            let (name, own_value) = option.split_once('=').map_or((option, false), |(name, _)| (name, true));
            let Some(found) = command.get_arguments().find(|one| one.get_long() == Some(name)) else {
                return Some(word.to_owned());
            };
            is_value = found.get_action().takes_values() && !own_value;
        } else if let Some(below) = command.find_subcommand(word) {
            command = below;
        } else if command.has_subcommands() && command.get_positionals().next().is_none() {
            return Some(word.to_owned());
        }
    }
    None
}

fn tool() -> Command {
    let mut tool = Cli::command();
    // Options that hold everywhere are handed down to each command.
    tool.build();
    tool
}

#[test]
fn what_people_are_told_to_type_is_there() {
    let tool = tool();
    let mut count = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for line in typed(&text) {
            let unknown = unknown(&tool, &line);
            assert!(unknown.is_none(), "{}: timmy {line}: {unknown:?}", document.display());
            count += 1;
        }
    }
    assert!(count >= 100, "only {count} lines were found");
}

#[test]
fn a_line_is_found_where_it_is_typed() {
    let text = "Say `timmy up --port 0`, not timmy down.\n```sh\n./timmy commands | curl   # timmy what\n\
                x=$(timmy status); timmy chat && my-timmy no\n```\n`mytimmy a`\n";
    assert_eq!(typed(text), ["up --port 0", "commands", "status", "chat"]);
}

#[test]
fn what_there_is_not_is_named() {
    let tool = tool();
    let unknown = |line: &str| unknown(&tool, line);
    for good in
        ["up --port 0 --json", "audit verify FILE --checkpoints DIR", "send play \"a song\"", "lockdown 3 …"]
    {
        assert_eq!(unknown(good), None, "{good}");
    }
    assert_eq!(unknown("dance"), Some("dance".to_owned()));
    assert_eq!(unknown("audit burn"), Some("burn".to_owned()));
    assert_eq!(unknown("up --fast"), Some("--fast".to_owned()));
}
