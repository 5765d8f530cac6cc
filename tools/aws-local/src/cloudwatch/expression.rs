//! Metric math: numbers, metrics by their ids, `+ - * /`, brackets, and `FILL(id, number)`.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeSet;

/// An expression, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Metric(String),
    Fill(String, f64),
    Apply(Box<Self>, Operator, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Not an expression that is understood here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the expression is not understood")]
pub struct BadExpression;

/// So many brackets may stand in each other.
const DEPTH: u32 = 32;

impl Expression {
    /// Its value, by those of its metrics; `None` if one that it needs has none.
    pub fn value(&self, value_of: &impl Fn(&str) -> Option<f64>) -> Option<f64> {
        self.root.value(value_of).filter(|value| value.is_finite())
    }

    /// The metrics that it names.
    pub fn ids(&self) -> BTreeSet<&str> {
        let mut ids = BTreeSet::new();
        self.root.name(&mut ids);
        ids
    }
}

impl Node {
    fn value(&self, value_of: &impl Fn(&str) -> Option<f64>) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Metric(id) => value_of(id),
            Self::Fill(id, number) => Some(value_of(id).unwrap_or(*number)),
            Self::Apply(left, operator, right) => {
                let (left, right) = (left.value(value_of)?, right.value(value_of)?);
                Some(match operator {
                    Operator::Add => left + right,
                    Operator::Subtract => left - right,
                    Operator::Multiply => left * right,
                    Operator::Divide => left / right,
                })
            }
        }
    }

    fn name<'a>(&'a self, ids: &mut BTreeSet<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Metric(id) | Self::Fill(id, _) => drop(ids.insert(id)),
            Self::Apply(left, _, right) => {
                left.name(ids);
                right.name(ids);
            }
        }
    }
}

impl FromStr for Expression {
    type Err = BadExpression;

    fn from_str(text: &str) -> Result<Self, BadExpression> {
        let mut reader = Reader { rest: text, depth: DEPTH };
        let root = reader.sum()?;
        if reader.rest.trim().is_empty() {
            Ok(Self { text: text.to_owned(), root })
        } else {
            Err(BadExpression)
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn sum(&mut self) -> Result<Node, BadExpression> {
        self.chain(&[('+', Operator::Add), ('-', Operator::Subtract)], Self::product)
    }

    fn product(&mut self) -> Result<Node, BadExpression> {
        self.chain(&[('*', Operator::Multiply), ('/', Operator::Divide)], Self::one)
    }

    /// `a op b op c`, from the left.
    fn chain(
        &mut self,
        operators: &[(char, Operator)],
        next: fn(&mut Self) -> Result<Node, BadExpression>,
    ) -> Result<Node, BadExpression> {
        let mut node = next(self)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.sign(*sign)) {
            node = Node::Apply(Box::new(node), *operator, Box::new(next(self)?));
        }
        Ok(node)
    }

    fn one(&mut self) -> Result<Node, BadExpression> {
        if self.sign('(') {
            self.depth = self.depth.checked_sub(1).ok_or(BadExpression)?;
            let node = self.sum()?;
            self.depth += 1;
            return if self.sign(')') { Ok(node) } else { Err(BadExpression) };
        }
        let word = self.word();
        if word == "FILL" {
            return self.fill();
        }
        if word.starts_with(|c: char| c.is_ascii_lowercase()) {
            return Ok(Node::Metric(word.to_owned()));
        }
        Ok(Node::Number(number(word)?))
    }

    /// `FILL(id, number)`, after its name.
    fn fill(&mut self) -> Result<Node, BadExpression> {
        let open = self.sign('(');
        let id = self.word().to_owned();
        let comma = self.sign(',');
        let number = number(self.word())?;
        let is_id = id.starts_with(|c: char| c.is_ascii_lowercase());
        if open && comma && is_id && self.sign(')') { Ok(Node::Fill(id, number)) } else { Err(BadExpression) }
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start();
        let ends = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let (word, rest) = rest.split_at(ends.unwrap_or(rest.len()));
        self.rest = rest;
        word
    }

    fn sign(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

/// Digits with at most one full stop: what Rust reads besides, such as `inf`, the service does not.
fn number(word: &str) -> Result<f64, BadExpression> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    word.parse().ok().filter(|_| plain).ok_or(BadExpression)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Option<f64> {
        let known =
            |id: &str| [("m1", 6.0), ("m2", 3.0)].into_iter().find(|(name, _)| *name == id).map(|(_, v)| v);
        text.parse::<Expression>().unwrap().value(&known)
    }

    #[test]
    fn arithmetic_is_done_from_the_left_and_by_rank() {
        for (text, expected) in [
            ("1 + 2 * 3", Some(7.0)),
            ("(1 + 2) * 3", Some(9.0)),
            ("8 - 4 - 2", Some(2.0)),
            ("8/4/2", Some(1.0)),
            ("m1 / m2", Some(2.0)),
            ("m3", None),
            ("m3 + 1", None),
            ("FILL(m3, 0) + m1", Some(6.0)),
            ("FILL( m1 ,0)", Some(6.0)),
            ("0.5 * m1", Some(3.0)),
            ("m1 / 0", None),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn it_names_its_metrics_and_says_itself() {
        let expression: Expression = "FILL(b, 1) + a * (a - 2)".parse().unwrap();
        assert_eq!(expression.ids(), ["a", "b"].into());
        assert_eq!(expression.to_string(), "FILL(b, 1) + a * (a - 2)");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
        for text in [
            "",
            "+",
            "1 +",
            "(1",
            "1)",
            "M1",
            "SUM(m1)",
            "FILL(m1)",
            "FILL(1, 1)",
            "FILL(m1, m2)",
            "1 2",
            "1.2.3",
            "1e3",
            &deep,
        ] {
            assert_eq!(text.parse::<Expression>(), Err(BadExpression), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_read_panics(text in "[()+*/,. a-cFIL0-9-]{0,60}") {
            if let Ok(read) = text.parse::<Expression>() {
                let _ = read.value(&|_| None);
            }
        }
    }
}
