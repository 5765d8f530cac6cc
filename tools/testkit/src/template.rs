//! `template.yaml` as JSON, with the short forms (`!Ref`, `!GetAtt`, `!Sub`, …) written out, for tests that say what
//! must stay true of it.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// The text of the project's own `template.yaml`.
pub const OURS: &str = include_str!("../../../template.yaml");

/// The text of `registry.yaml`, whose stack is there before the main one.
pub const REGISTRY: &str = include_str!("../../../registry.yaml");

/// A SAM template. Indexing gives a section; a missing one is `null`.
#[derive(Clone, Debug)]
pub struct Template(Value);

impl Template {
    /// Reads a template. An error for text that is no YAML, or that uses a tag that `CloudFormation` does not know.
    pub fn parse(yaml: &str) -> Result<Self> {
        let yaml: Yaml = serde_yaml_ng::from_str(yaml).context("the template is not YAML")?;
        Ok(Self(long_form(yaml)?))
    }

    /// One of its sections, such as `Mappings`; `null` if there is none.
    pub fn section(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// A resource with its `Type`, `Properties` and policies; `null` if there is none.
    pub fn resource(&self, logical_id: &str) -> &Value {
        &self.0["Resources"][logical_id]
    }

    /// Logical id and resource of each resource of a type, such as `AWS::DynamoDB::Table`.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let all = self.0["Resources"].as_object().into_iter().flatten();
        all.filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.as_str(), resource))
    }
}

fn long_form(yaml: Yaml) -> Result<Value> {
    Ok(match yaml {
        Yaml::Tagged(tagged) => intrinsic(&tagged.tag.to_string(), long_form(tagged.value)?)?,
        Yaml::Sequence(items) => Value::Array(items.into_iter().map(long_form).collect::<Result<_>>()?),
        Yaml::Mapping(pairs) => Value::Object(object(pairs)?),
        plain => serde_json::to_value(plain)?,
    })
}

fn object(pairs: serde_yaml_ng::Mapping) -> Result<Map<String, Value>> {
    let pair = |(key, value): (Yaml, Yaml)| {
        let key = key.as_str().context("a key is not a string")?.to_owned();
        Ok((key, long_form(value)?))
    };
    pairs.into_iter().map(pair).collect()
}

fn intrinsic(tag: &str, value: Value) -> Result<Value> {
    Ok(match tag {
        "!Ref" => json!({ "Ref": value }),
        "!Condition" => json!({ "Condition": value }),
        "!GetAtt" => json!({ "Fn::GetAtt": attribute(value) }),
        "!And" | "!Equals" | "!FindInMap" | "!If" | "!Join" | "!Not" | "!Or" | "!Select" | "!Split"
        | "!Sub" => {
            json!({ format!("Fn::{}", &tag[1..]): value })
        }
        unknown => bail!("{unknown} is no short form that CloudFormation knows"),
    })
}

fn attribute(value: Value) -> Value {
    match value.as_str().and_then(|text| text.split_once('.')) {
        Some((resource, attribute)) => json!([resource, attribute]),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_are_written_out_at_any_depth() {
        let template = Template::parse("A: [!Ref B, { C: !GetAtt D.E }, !If [F, !Sub '${G}', 1]]").unwrap();
        let expected = json!([
            { "Ref": "B" },
            { "C": { "Fn::GetAtt": ["D", "E"] } },
            { "Fn::If": ["F", { "Fn::Sub": "${G}" }, 1] },
        ]);
        assert_eq!(*template.section("A"), expected);
    }

    #[test]
    fn an_unknown_tag_and_a_key_that_is_no_string_are_refused() {
        assert!(Template::parse("A: !Reff B").is_err());
        assert!(Template::parse("A: { 1: 2 }").is_err());
        assert!(Template::parse("a: b: c").is_err());
    }

    #[test]
    fn ours_reads_and_is_found_by_type() {
        let ours = Template::parse(OURS).unwrap();
        assert!(ours.of_type("AWS::DynamoDB::Table").any(|(id, _)| id == "GuildQueuesTable"));
        assert_eq!(ours.resource("Nowhere"), &Value::Null);
    }
}
