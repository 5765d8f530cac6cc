//! `!Ref`, `!Sub`, `!GetAtt`, `!FindInMap` and `!If` over parameters, mappings, conditions and what is known of resources before they exist
//! (see `attributes.rs`). Everything else in a name is refused, so that nothing is named by a guess.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use crate::wire::{ACCOUNT, REGION};

/// The parameters of a template and what they stand for; with them, as `Id` and `Id.Attribute`, its resources.
#[derive(Clone, Debug, Default)]
pub struct Parameters(BTreeMap<String, String>);

/// Why a node has no text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unresolved {
    #[error("{0} is no parameter, or has neither a default nor a value")]
    Parameter(String),
    #[error("!{0} is not resolved here")]
    Function(String),
    #[error("a ${{ without its }}")]
    Unclosed,
    #[error("is not a scalar")]
    NotScalar,
}

impl Parameters {
    /// Defaults of the template's `Parameters` node, overridden by `overrides`; and the account and region that we pretend
    /// to be in.
    pub(crate) fn new(node: Option<&Value>, overrides: &BTreeMap<String, String>) -> Self {
        let declared = node.and_then(Value::as_mapping).into_iter().flatten();
        let pseudo = [("AWS::AccountId", ACCOUNT), ("AWS::Region", REGION), ("AWS::Partition", "aws")];
        let pseudo = pseudo.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut values: BTreeMap<String, String> = BTreeMap::from(pseudo);
        values.extend(
            declared
                .filter_map(|(name, body)| Some((name.as_str()?.to_owned(), scalar(body.get("Default")?)?))),
        );
        values.extend(overrides.clone());
        Self(values)
    }

    /// Also knows the template's `Mappings`, as `Map/Top/Second`: no parameter's name has a slash.
    pub(crate) fn with_maps(mut self, node: Option<&Value>) -> Self {
        let members = |node: &Value, path: &str| -> Vec<(String, Value)> {
            let members = node.as_mapping().into_iter().flatten();
            members
                .filter_map(|(name, body)| Some((format!("{path}{}", scalar(name)?), body.clone())))
                .collect()
        };
        for (map, tops) in node.map(|node| members(node, "")).unwrap_or_default() {
            for (top, values) in members(&tops, &format!("{map}/")) {
                let values = members(&values, &format!("{top}/"));
                self.0.extend(values.into_iter().filter_map(|(path, value)| Some((path, scalar(&value)?))));
            }
        }
        self
    }

    /// Also knows the template's `Conditions`, as `Conditions/Name`, as far as they can be told.
    pub(crate) fn with_conditions(mut self, node: Option<&Value>) -> Self {
        let known = super::conditions::known(node, &self);
        self.0.extend(known.into_iter().map(|(name, holds)| (condition(&name), holds.to_string())));
        self
    }

    /// Also knows these attributes of resources.
    pub(crate) fn with(mut self, attributes: BTreeMap<String, String>) -> Self {
        self.0.extend(attributes);
        self
    }

    /// What `!Ref` or `!GetAtt` of this path would give.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The text that a node stands for.
    pub(crate) fn resolve(&self, node: &Value) -> Result<String, Unresolved> {
        match node {
            Value::Tagged(tagged) => self.call(&function_name(&tagged.tag.to_string()), &tagged.value),
            Value::Mapping(map) if map.len() == 1 => match map.iter().next() {
                Some((Value::String(name), argument)) => self.call(&function_name(name), argument),
                _ => Err(Unresolved::NotScalar),
            },
            plain => scalar(plain).ok_or(Unresolved::NotScalar),
        }
    }

    fn call(&self, function: &str, argument: &Value) -> Result<String, Unresolved> {
        match (function, argument) {
            ("Ref", Value::String(name)) => self.value(name).map(str::to_owned),
            ("Sub", Value::String(pattern)) => self.substitute(pattern),
            ("GetAtt", attribute) => path(attribute)
                .and_then(|path| self.get(&path).map(str::to_owned))
                .ok_or_else(|| Unresolved::Function(function.to_owned())),
            ("FindInMap", Value::Sequence(keys)) if keys.len() == 3 => {
                let keys = keys.iter().map(|key| self.resolve(key)).collect::<Result<Vec<_>, _>>()?;
                self.value(&keys.join("/")).map(str::to_owned)
            }
            ("If", Value::Sequence(parts)) => match parts.as_slice() {
                [Value::String(name), yes, no] => {
                    self.resolve(if self.value(&condition(name))? == "true" { yes } else { no })
                }
                _ => Err(Unresolved::Function(function.to_owned())),
            },
            _ => Err(Unresolved::Function(function.to_owned())),
        }
    }

    /// `${Name}` is replaced, `${!Name}` stands for the literal `${Name}`.
    fn substitute(&self, pattern: &str) -> Result<String, Unresolved> {
        let mut out = String::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, tail) = after.split_once('}').ok_or(Unresolved::Unclosed)?;
            out.push_str(before);
            match name.strip_prefix('!') {
                Some(literal) => out.extend(["${", literal, "}"]),
                None => out.push_str(self.value(name.trim())?),
            }
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn value(&self, name: &str) -> Result<&str, Unresolved> {
        self.get(name).ok_or_else(|| Unresolved::Parameter(name.to_owned()))
    }
}

/// `Id.Attribute`, from that or from `[Id, Attribute]`.
fn path(argument: &Value) -> Option<String> {
    match argument {
        Value::String(path) => Some(path.clone()),
        Value::Sequence(parts) => match parts.as_slice() {
            [Value::String(id), Value::String(attribute)] => Some(format!("{id}.{attribute}")),
            _ => None,
        },
        _ => None,
    }
}

/// What a condition is kept as: no parameter's name has a slash.
fn condition(name: &str) -> String {
    format!("Conditions/{name}")
}

/// `!Sub`, `Sub` and `Fn::Sub` are one function.
fn function_name(tag: &str) -> String {
    tag.trim_start_matches('!').trim_start_matches("Fn::").to_owned()
}

fn scalar(node: &Value) -> Option<String> {
    match node {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(yaml: &str) -> Result<String, Unresolved> {
        let declared = "Prefix: { Default: timmy }\nCount: { Default: 7 }\nOpen: { Type: String }";
        let node: Value = serde_yaml_ng::from_str(declared).unwrap();
        let overrides = BTreeMap::from([("Given".to_owned(), "x".to_owned())]);
        let attributes = [("Topic", "arn"), ("Topic.TopicName", "name")];
        let attributes = attributes.map(|(path, value)| (path.to_owned(), value.to_owned()));
        let maps: Value = serde_yaml_ng::from_str("Days: { timmy: { Most: 7 }, '1': { Most: 8 } }").unwrap();
        let conditions: Value =
            serde_yaml_ng::from_str("Yes: !Equals [a, a]\nNo: !Not [!Condition Yes]").unwrap();
        let parameters = Parameters::new(Some(&node), &overrides).with_maps(Some(&maps));
        let parameters = parameters.with_conditions(Some(&conditions));
        let parameters = parameters.with(attributes.into());
        parameters.resolve(&serde_yaml_ng::from_str(yaml).unwrap())
    }

    #[test]
    fn references_and_substitutions_in_both_spellings() {
        for (yaml, expected) in [
            ("plain", "plain"),
            ("30", "30"),
            ("true", "true"),
            ("!Ref Prefix", "timmy"),
            ("Ref: Count", "7"),
            ("!Sub '${Prefix}-${Given}'", "timmy-x"),
            ("Fn::Sub: '/${Prefix}/a'", "/timmy/a"),
            ("!Sub '${!Prefix}'", "${Prefix}"),
            ("!Sub '${Prefix}-${AWS::AccountId}'", "timmy-000000000000"),
            ("!Ref Topic", "arn"),
            ("!GetAtt Topic.TopicName", "name"),
            ("!GetAtt [Topic, TopicName]", "name"),
            ("Fn::GetAtt: [Topic, TopicName]", "name"),
            ("!Sub '${Topic.TopicName}!'", "name!"),
            ("!FindInMap [Days, !Ref Prefix, Most]", "7"),
            ("Fn::FindInMap: [Days, '1', Most]", "8"),
            ("!If [Yes, !Ref Prefix, !Ref Open]", "timmy"),
            ("Fn::If: ['No', a, !If [Yes, b, c]]", "b"),
        ] {
            assert_eq!(resolve(yaml).unwrap(), expected, "{yaml}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(resolve("!Ref Open"), Err(Unresolved::Parameter("Open".into())));
        assert_eq!(resolve("!Sub '${Bucket.Arn}'"), Err(Unresolved::Parameter("Bucket.Arn".into())));
        assert_eq!(resolve("!Sub '${Prefix'"), Err(Unresolved::Unclosed));
        for attribute in ["A.B", "Topic.Arn", "[Topic]", "[Topic, TopicName, x]", "{ a: b }"] {
            let resolved = resolve(&format!("!GetAtt {attribute}"));
            assert_eq!(resolved, Err(Unresolved::Function("GetAtt".into())), "{attribute}");
        }
        assert_eq!(resolve("!Sub ['${a}', {a: 1}]"), Err(Unresolved::Function("Sub".into())));
        let unknown = Unresolved::Parameter("Days/other/Most".into());
        assert_eq!(resolve("!FindInMap [Days, other, Most]"), Err(unknown));
        assert_eq!(resolve("!FindInMap [Days, timmy]"), Err(Unresolved::Function("FindInMap".into())));
        assert_eq!(resolve("!If [Maybe, a, b]"), Err(Unresolved::Parameter("Conditions/Maybe".into())));
        assert_eq!(resolve("!If [Yes, a]"), Err(Unresolved::Function("If".into())));
        assert_eq!(resolve("[1]"), Err(Unresolved::NotScalar));
    }
}
