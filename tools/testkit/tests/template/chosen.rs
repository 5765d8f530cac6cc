//! What the template makes of an operator's parameters: its conditions, its rules and its outputs, as `CloudFormation`
//! evaluates them. For the tests that choose.

use std::collections::BTreeMap;

use serde_json::Value;
use testkit::template::Template;

use crate::ours;

/// The template with parameters; those that are not said have their defaults.
pub(crate) struct Chosen {
    template: Template,
    said: BTreeMap<&'static str, &'static str>,
}

impl Chosen {
    /// By these parameters, which the template must know and allow.
    pub(crate) fn by(said: &[(&'static str, &'static str)]) -> Self {
        let template = ours();
        for (name, value) in said {
            let parameter = &template.section("Parameters")[*name];
            assert!(parameter.is_object(), "there is no {name}");
            let allowed = parameter["AllowedValues"].as_array();
            assert!(
                allowed.is_none_or(|all| all.iter().any(|one| plain(one) == *value)),
                "{name} is never {value}"
            );
        }
        Self { template, said: said.iter().copied().collect() }
    }

    /// Whether a condition of the template holds.
    pub(crate) fn holds(&self, condition: &str) -> bool {
        let found = &self.template.section("Conditions")[condition];
        assert!(!found.is_null(), "there is no condition {condition}");
        self.is(found)
    }

    /// Whether a resource or an output is made.
    pub(crate) fn makes(&self, one: &Value) -> bool {
        one["Condition"].as_str().is_none_or(|condition| self.holds(condition))
    }

    /// What `CloudFormation` says before it touches anything, by each assertion that fails; nothing if it deploys.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let rules = self.template.section("Rules").as_object().expect("rules");
        let apply = rules.values().filter(|rule| self.is(&rule["RuleCondition"]));
        let assertions = apply.flat_map(|rule| rule["Assertions"].as_array().expect("assertions"));
        let failed = assertions.filter(|one| !self.is(&one["Assert"]));
        failed.map(|one| plain(&one["AssertDescription"])).collect()
    }

    /// The text that an expression gives.
    pub(crate) fn text(&self, value: &Value) -> String {
        let Some((function, argument)) = call(value) else { return plain(value) };
        match function {
            "Ref" => self.parameter(&plain(argument)),
            "Fn::If" if self.holds(&plain(&argument[0])) => self.text(&argument[1]),
            "Fn::If" => self.text(&argument[2]),
            "Fn::FindInMap" => {
                let [map, top, second] = [0_usize, 1, 2].map(|at| self.text(&argument[at]));
                plain(&self.template.section("Mappings")[map][top][second])
            }
            "Fn::Join" => {
                let parts = argument[1].as_array().expect("parts").iter().map(|part| self.text(part));
                parts.collect::<Vec<_>>().join(&plain(&argument[0]))
            }
            "Fn::Select" => {
                let at = argument[0].as_u64().and_then(|at| usize::try_from(at).ok()).expect("a place");
                self.parts(&argument[1])[at].clone()
            }
            "Fn::Sub" => self.substituted(&plain(argument)),
            // What AWS makes up is called by its name.
            "Fn::GetAtt" => format!("{}.{}", plain(&argument[0]), plain(&argument[1])),
            other => panic!("{other} gives no text here"),
        }
    }

    fn is(&self, condition: &Value) -> bool {
        let (function, argument) = call(condition).unwrap_or_else(|| panic!("{condition} is no condition"));
        let each = || argument.as_array().expect("conditions").iter();
        match function {
            "Condition" => self.holds(&plain(argument)),
            "Fn::Equals" => self.text(&argument[0]) == self.text(&argument[1]),
            "Fn::Not" => !self.is(&argument[0]),
            "Fn::And" => each().all(|one| self.is(one)),
            "Fn::Or" => each().any(|one| self.is(one)),
            other => panic!("{other} is no condition"),
        }
    }

    fn parts(&self, split: &Value) -> Vec<String> {
        let (by, whole) = (plain(&split["Fn::Split"][0]), self.text(&split["Fn::Split"][1]));
        whole.split(&by).map(str::to_owned).collect()
    }

    fn parameter(&self, name: &str) -> String {
        if let Some(said) = self.said.get(name) {
            return (*said).to_owned();
        }
        let default = &self.template.section("Parameters")[name]["Default"];
        // What has no default, and what AWS knows, is called by its name.
        if default.is_null() { name.to_owned() } else { plain(default) }
    }

    fn substituted(&self, pattern: &str) -> String {
        let mut parts = pattern.split("${");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| {
            let (name, rest) = part.split_once('}').expect("a variable ends");
            text + &self.parameter(name) + rest
        })
    }
}

/// The function of an expression, with its argument.
fn call(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.iter().next().map(|(name, argument)| (name.as_str(), argument))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        other => panic!("{other} is no text"),
    }
}

#[test]
fn what_is_said_goes_before_the_default() {
    let (by_default, prod) = (Chosen::by(&[]), Chosen::by(&[("Stage", "prod")]));
    assert!(!by_default.holds("IsProd") && prod.holds("IsProd"));
    let days = serde_json::json!({ "Fn::FindInMap": ["Stages", { "Ref": "Stage" }, "LogRetentionDays"] });
    assert_eq!((by_default.text(&days), prod.text(&days)), ("7".to_owned(), "30".to_owned()));
    let copies = [("ReplicaRegions", "eu-north-1")];
    assert!(Chosen::by(&copies).holds("HasReplica") && !Chosen::by(&copies).holds("HasSecondReplica"));
    assert!(Chosen::by(&[("ReplicaRegions", "eu-north-1,eu-west-1")]).holds("HasSecondReplica"));
}

#[test]
#[should_panic(expected = "is never")]
fn a_value_that_the_template_does_not_allow_proves_nothing() {
    Chosen::by(&[("Profile", "invincible")]);
}
