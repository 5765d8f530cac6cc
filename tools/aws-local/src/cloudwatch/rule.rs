//! The rule of a composite alarm: `ALARM("a") AND (OK(b) OR NOT INSUFFICIENT_DATA("c"))`.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeSet;

use super::State;

/// A rule, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Always(bool),
    Is(State, String),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Not a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rule of a composite alarm is not understood")]
pub struct BadRule;

/// So many brackets and `NOT`s may stand in each other.
const DEPTH: u32 = 32;

impl Rule {
    /// Whether it holds, by the states of the alarms that it names.
    pub fn holds(&self, state_of: &impl Fn(&str) -> State) -> bool {
        self.root.holds(state_of)
    }

    /// The alarms that it names.
    pub fn alarms(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.name(&mut names);
        names
    }
}

impl Node {
    fn holds(&self, state_of: &impl Fn(&str) -> State) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::Is(state, alarm) => state_of(alarm) == *state,
            Self::Not(inner) => !inner.holds(state_of),
            Self::All(parts) => parts.iter().all(|part| part.holds(state_of)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(state_of)),
        }
    }

    fn name<'a>(&'a self, names: &mut BTreeSet<&'a str>) {
        match self {
            Self::Always(_) => {}
            Self::Is(_, alarm) => drop(names.insert(alarm)),
            Self::Not(inner) => inner.name(names),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.name(names)),
        }
    }
}

impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let mut reader = Reader { rest: text, depth: DEPTH };
        let root = reader.any()?;
        if reader.rest.trim().is_empty() { Ok(Self { text: text.to_owned(), root }) } else { Err(BadRule) }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl Reader<'_> {
    /// `a OR b OR c`.
    fn any(&mut self) -> Result<Node, BadRule> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.word("OR") {
            parts.push(self.all()?);
        }
        Ok(Self::joined(parts, Node::Any))
    }

    /// `a AND b AND c`, which binds tighter.
    fn all(&mut self) -> Result<Node, BadRule> {
        let first = self.one()?;
        let mut parts = vec![first];
        while self.word("AND") {
            parts.push(self.one()?);
        }
        Ok(Self::joined(parts, Node::All))
    }

    fn joined(mut parts: Vec<Node>, join: fn(Vec<Node>) -> Node) -> Node {
        match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                parts.extend(last);
                join(parts)
            }
        }
    }

    fn one(&mut self) -> Result<Node, BadRule> {
        self.depth = self.depth.checked_sub(1).ok_or(BadRule)?;
        let node = self.inner()?;
        self.depth += 1;
        Ok(node)
    }

    fn inner(&mut self) -> Result<Node, BadRule> {
        if self.word("NOT") {
            return Ok(Node::Not(Box::new(self.one()?)));
        }
        for (word, holds) in [("TRUE", true), ("FALSE", false)] {
            if self.word(word) {
                return Ok(Node::Always(holds));
            }
        }
        for state in State::ALL {
            if self.word(state.as_str()) {
                self.sign("(")?;
                let alarm = self.alarm()?;
                self.sign(")")?;
                return Ok(Node::Is(state, alarm));
            }
        }
        self.sign("(")?;
        let node = self.any()?;
        self.sign(")")?;
        Ok(node)
    }

    /// In quotes, or up to the bracket.
    fn alarm(&mut self) -> Result<String, BadRule> {
        let rest = self.rest.trim_start();
        let (name, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(BadRule)?,
            None => rest.split_at(rest.find(')').ok_or(BadRule)?),
        };
        let name = name.trim();
        self.rest = rest;
        if name.is_empty() || name.contains(['(', '"']) { Err(BadRule) } else { Ok(name.to_owned()) }
    }

    /// Takes a word, if it comes next and ends there.
    fn word(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.trim_start().strip_prefix(word) else { return false };
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = rest;
        true
    }

    fn sign(&mut self, sign: &str) -> Result<(), BadRule> {
        self.rest = self.rest.trim_start().strip_prefix(sign).ok_or(BadRule)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(rule: &str) -> bool {
        let state = |name: &str| match name {
            "bad" => State::Alarm,
            "good" | "also good" => State::Ok,
            _ => State::InsufficientData,
        };
        rule.parse::<Rule>().unwrap().holds(&state)
    }

    #[test]
    fn words_bind_as_the_service_says() {
        for (rule, expected) in [
            ("ALARM(bad)", true),
            ("ALARM(\"good\")", false),
            ("OK(\"also good\")", true),
            ("INSUFFICIENT_DATA(new)", true),
            ("NOT ALARM(bad)", false),
            ("NOT NOT ALARM(bad)", true),
            ("TRUE OR FALSE AND FALSE", true),
            ("(TRUE OR FALSE) AND FALSE", false),
            ("ALARM(bad) AND OK(good) AND INSUFFICIENT_DATA(new)", true),
            ("ALARM(bad) AND (ALARM(good) OR ALARM(new))", false),
            ("(ALARM(\"bad\") AND ALARM(\"good\"))  OR (OK(good) AND (ALARM(bad) OR FALSE))", true),
        ] {
            assert_eq!(holds(rule), expected, "{rule}");
        }
    }

    #[test]
    fn it_names_its_alarms_once_and_says_itself() {
        let rule: Rule = "ALARM(a) AND (NOT OK(\"b c\") OR ALARM(a))".parse().unwrap();
        assert_eq!(rule.alarms(), ["a", "b c"].into());
        assert_eq!(rule.to_string(), "ALARM(a) AND (NOT OK(\"b c\") OR ALARM(a))");
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let deep = format!("{}TRUE", "NOT ".repeat(40));
        for rule in [
            "",
            "ALARM",
            "ALARM()",
            "ALARM(a",
            "ALARM(\"a)",
            "ALARM(a) AND",
            "ALARM(a) ALARM(b)",
            "ALARMS(a)",
            "x",
            &deep,
        ] {
            assert_eq!(rule.parse::<Rule>(), Err(BadRule), "{rule}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_panics(text in "[()A-Z_ \"a]{0,60}") {
            let _ = text.parse::<Rule>();
        }
    }
}
