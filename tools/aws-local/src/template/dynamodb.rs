//! `AWS::DynamoDB::Table`.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// A table to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePlan {
    /// The table's name, resolved.
    pub name: String,
    /// Attribute names and their types (`S`, `N`, `B`).
    pub attributes: BTreeMap<String, String>,
    /// The primary key.
    pub key: KeyPlan,
    /// Global secondary indexes.
    pub indexes: Vec<IndexPlan>,
    /// The attribute whose epoch seconds end a row, if TTL is on.
    pub ttl_attribute: Option<String>,
    /// For how many days each moment can be restored, if point-in-time recovery is on.
    pub recovery_days: Option<u32>,
}

/// A partition key with an optional sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPlan {
    /// The partition key's attribute.
    pub hash: String,
    /// The sort key's attribute.
    pub range: Option<String>,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexPlan {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: KeyPlan,
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub projection: String,
    /// What `INCLUDE` includes.
    pub non_key_attributes: Vec<String>,
}

impl TablePlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        let mut attributes = BTreeMap::new();
        for node in resource.list("AttributeDefinitions")? {
            let name = resource.member("AttributeDefinitions", node, "AttributeName")?;
            attributes.insert(name, resource.member("AttributeDefinitions", node, "AttributeType")?);
        }
        let indexes = resource.list("GlobalSecondaryIndexes")?;
        Ok(Self {
            name: resource.required_text("TableName")?,
            attributes,
            key: key(resource, "KeySchema", resource.list("KeySchema")?)?,
            indexes: indexes.iter().map(|node| index(resource, node)).collect::<Result<_, _>>()?,
            ttl_attribute: ttl(resource)?,
            recovery_days: recovery(resource)?,
        })
    }
}

fn key(resource: &Resource<'_>, property: &str, schema: &[Value]) -> Result<KeyPlan, TemplateError> {
    let (mut hash, mut range) = (None, None);
    for node in schema {
        let name = resource.member(property, node, "AttributeName")?;
        match resource.member(property, node, "KeyType")?.as_str() {
            "HASH" => hash = Some(name),
            "RANGE" => range = Some(name),
            other => return Err(resource.error(property, &format!("key type {other:?}"))),
        }
    }
    let hash = hash.ok_or_else(|| resource.error(property, "has no HASH"))?;
    Ok(KeyPlan { hash, range })
}

fn index(resource: &Resource<'_>, node: &Value) -> Result<IndexPlan, TemplateError> {
    const PROPERTY: &str = "GlobalSecondaryIndexes";
    let schema = node.get("KeySchema").and_then(Value::as_sequence).map(Vec::as_slice).unwrap_or_default();
    let projection = node.get("Projection").ok_or_else(|| resource.error(PROPERTY, "has no Projection"))?;
    let included = projection.get("NonKeyAttributes").and_then(Value::as_sequence);
    Ok(IndexPlan {
        name: resource.member(PROPERTY, node, "IndexName")?,
        key: key(resource, PROPERTY, schema)?,
        projection: resource.member(PROPERTY, projection, "ProjectionType")?,
        non_key_attributes: included
            .into_iter()
            .flatten()
            .map(|name| resource.resolve(PROPERTY, name))
            .collect::<Result<_, _>>()?,
    })
}

/// 35 days unless it says fewer.
fn recovery(resource: &Resource<'_>) -> Result<Option<u32>, TemplateError> {
    const PROPERTY: &str = "PointInTimeRecoverySpecification";
    let Some(node) = resource.get(PROPERTY) else { return Ok(None) };
    if resource.member(PROPERTY, node, "PointInTimeRecoveryEnabled")? != "true" {
        return Ok(None);
    }
    let Some(days) = node.get("RecoveryPeriodInDays") else { return Ok(Some(35)) };
    let days = resource.resolve(PROPERTY, days)?;
    days.parse()
        .map(Some)
        .map_err(|_| resource.error(PROPERTY, "RecoveryPeriodInDays is not a number of days"))
}

fn ttl(resource: &Resource<'_>) -> Result<Option<String>, TemplateError> {
    const PROPERTY: &str = "TimeToLiveSpecification";
    let Some(node) = resource.get(PROPERTY) else { return Ok(None) };
    let enabled = resource.member(PROPERTY, node, "Enabled")? == "true";
    enabled.then(|| resource.member(PROPERTY, node, "AttributeName")).transpose()
}

#[cfg(test)]
mod tests {
    use super::super::Plan;
    use super::*;

    fn tables() -> BTreeMap<String, TablePlan> {
        let plan = Plan::parse(include_str!("fixture.yaml"), &BTreeMap::new()).unwrap();
        plan.tables.into_iter().map(|table| (table.name.clone(), table)).collect()
    }

    #[test]
    fn keys_types_and_the_ttl_are_read() {
        let tables = tables();
        let queues = &tables["timmybot-guild-queues"];
        assert_eq!(queues.key, KeyPlan { hash: "guild".into(), range: Some("sk".into()) });
        assert_eq!(queues.ttl_attribute.as_deref(), Some("expires_at"));
        assert_eq!(tables["timmybot-audit"].attributes["seq"], "N");
    }

    #[test]
    fn a_ttl_that_is_off_and_a_missing_sort_key_are_none() {
        let flags = &tables()["timmybot-flags"];
        assert_eq!((flags.key.range.as_deref(), flags.ttl_attribute.as_deref()), (None, None));
    }

    #[test]
    fn an_index_keeps_its_key_and_projection() {
        let index = &tables()["timmybot-guild-access"].indexes[0];
        assert_eq!((index.name.as_str(), index.projection.as_str()), ("by-status", "INCLUDE"));
        assert_eq!(index.key, KeyPlan { hash: "status".into(), range: Some("updated_at".into()) });
        assert_eq!(index.non_key_attributes, ["reason"]);
    }

    #[test]
    fn a_table_without_a_partition_key_is_refused() {
        let text = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: t\n";
        let error = Plan::parse(text, &BTreeMap::new()).unwrap_err().to_string();
        assert_eq!(error, "resource T, KeySchema: has no HASH");
    }
}
