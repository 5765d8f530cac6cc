//! What somebody types.

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum as _;

use crate::local::send::Person;

/// A line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Nothing,
    Command(Vec<String>),
    Press(usize),
    Become(Person),
    Join,
    Leave,
    Say(String),
    Quit,
}

/// Understands a line; the error says what is wrong with it.
pub(super) fn parse(line: &str) -> Result<Line> {
    let line = line.trim();
    if let Some(command) = line.strip_prefix('/') {
        return Ok(Line::Command(split(command)?));
    }
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    Ok(match (verb, rest.trim()) {
        ("", _) => Line::Nothing,
        ("quit" | "exit", "") => Line::Quit,
        ("join", "") => Line::Join,
        ("leave", "") => Line::Leave,
        ("press", number) => Line::Press(
            number.parse().with_context(|| format!("press takes a button's number, not {number:?}"))?,
        ),
        ("as", name) => Line::Become(person(name)?),
        _ => Line::Say(line.to_owned()),
    })
}

fn person(name: &str) -> Result<Person> {
    let names = || {
        let all = Person::value_variants().iter().filter_map(clap::ValueEnum::to_possible_value);
        all.map(|one| one.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    };
    Person::from_str(name, true).map_err(|_| anyhow::anyhow!("nobody is called {name:?}: try {}", names()))
}

/// Words with quotes around those that hold spaces.
pub(super) fn split(text: &str) -> Result<Vec<String>> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                begun = true;
            }
            c if c.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    if quoted {
        bail!("a quotation mark is open");
    }
    if begun {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let words = |words: &[&str]| Line::Command(words.iter().map(|word| (*word).to_owned()).collect());
        let cases = [
            ("", Line::Nothing),
            ("  ", Line::Nothing),
            ("/queue", words(&["queue"])),
            ("/play \"Don't Stop\" position=next", words(&["play", "Don't Stop", "position=next"])),
            ("/playlist save name=\"Road Trip\"", words(&["playlist", "save", "name=Road Trip"])),
            ("press 2", Line::Press(2)),
            ("as operator", Line::Become(Person::Operator)),
            ("join", Line::Join),
            ("leave me alone", Line::Say("leave me alone".to_owned())),
            ("exit", Line::Quit),
        ];
        for (typed, line) in cases {
            assert_eq!(parse(typed).unwrap(), line, "{typed}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let error = |line| parse(line).unwrap_err().to_string();
        assert_eq!(error("/play \"x"), "a quotation mark is open");
        assert!(error("press x").contains("number"));
        assert!(error("as nobody").contains("moderator"));
    }
}
