//! `AWS::SecretsManager::Secret`.

use serde_yaml_ng::Value;

use super::{Resource, RotationPlan, TemplateError};

/// A secret to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretPlan {
    /// The secret's name, resolved.
    pub name: String,
    /// What it holds at first.
    pub value: SecretValue,
    /// `KmsKeyId`, resolved.
    pub kms_key: Option<String>,
    /// Its rotation, if it has a schedule.
    pub rotation: Option<RotationPlan>,
}

/// Where a new secret's first value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretValue {
    /// Nowhere: somebody puts it later, until then reading says not found.
    Empty,
    /// The template says it (`SecretString`).
    Given(String),
    /// A generator (`GenerateSecretString`).
    Generated(GeneratePlan),
}

/// `GenerateSecretString`, with `CloudFormation`'s defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratePlan {
    /// How many characters (default 32).
    pub length: usize,
    /// Characters that never occur.
    pub exclude: String,
    /// Whether punctuation may occur (default true).
    pub punctuation: bool,
    /// A JSON object and the key in it that takes the generated text.
    pub template: Option<(String, String)>,
}

impl SecretPlan {
    /// `ReplicaRegions` is not read: the local stack has one region.
    pub(super) fn read(resource: &Resource<'_>, all: &[Resource<'_>]) -> Result<Self, TemplateError> {
        let name = resource.required_text("Name")?;
        let value = match (resource.get("GenerateSecretString"), resource.text("SecretString")?) {
            (Some(_), Some(_)) => {
                return Err(resource.error("SecretString", "stands next to GenerateSecretString"));
            }
            (Some(node), None) => SecretValue::Generated(GeneratePlan::read(resource, node)?),
            (None, Some(text)) => SecretValue::Given(text),
            (None, None) => SecretValue::Empty,
        };
        let kms_key = resource.text("KmsKeyId")?;
        Ok(Self { name, value, kms_key, rotation: RotationPlan::of(resource, all)? })
    }
}

impl GeneratePlan {
    const PROPERTY: &str = "GenerateSecretString";
    const KNOWN: [&str; 5] = [
        "PasswordLength",
        "ExcludePunctuation",
        "ExcludeCharacters",
        "SecretStringTemplate",
        "GenerateStringKey",
    ];

    fn read(resource: &Resource<'_>, node: &Value) -> Result<Self, TemplateError> {
        Self::refuse_unknown(resource, node)?;
        let member = |name| node.get(name).map(|value| resource.resolve(Self::PROPERTY, value)).transpose();
        let length = member("PasswordLength")?.map_or(Ok(32), |text| text.parse::<usize>());
        let template = match (member("SecretStringTemplate")?, member("GenerateStringKey")?) {
            (Some(template), Some(key)) => Some((template, key)),
            (None, None) => None,
            _ => return Err(resource.error(Self::PROPERTY, "a template and its key come together")),
        };
        Ok(Self {
            length: length.map_err(|_| resource.error(Self::PROPERTY, "PasswordLength is not a number"))?,
            exclude: member("ExcludeCharacters")?.unwrap_or_default(),
            punctuation: member("ExcludePunctuation")?.as_deref() != Some("true"),
            template,
        })
    }

    /// A rule that is read past would make a secret that the cloud would not make.
    fn refuse_unknown(resource: &Resource<'_>, node: &Value) -> Result<(), TemplateError> {
        let keys = node.as_mapping().into_iter().flat_map(|map| map.keys()).filter_map(Value::as_str);
        match keys.into_iter().find(|key| !Self::KNOWN.contains(key)) {
            Some(key) => Err(resource.error(&format!("{}.{key}", Self::PROPERTY), "is not emulated")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    #[test]
    fn the_three_sources_of_a_value() {
        let plan = Plan::parse(include_str!("fixture.yaml"), &BTreeMap::new()).unwrap();
        let [token, custom_id, log] = plan.secrets.as_slice() else { panic!("three secrets") };
        assert_eq!((token.name.as_str(), &token.value), ("/timmybot/bot-token", &SecretValue::Empty));
        let generated =
            GeneratePlan { length: 64, exclude: String::new(), punctuation: false, template: None };
        assert_eq!(
            (log.name.as_str(), &log.value),
            ("/timmybot/log-key", &SecretValue::Generated(generated))
        );
        let template = Some(("{\"kid\":\"k1\"}".to_owned(), "key".to_owned()));
        let generated = GeneratePlan { length: 32, exclude: String::new(), punctuation: true, template };
        assert_eq!(custom_id.value, SecretValue::Generated(generated));
        assert_eq!((&token.kms_key, &token.rotation), (&None, &None));
        assert_eq!(custom_id.kms_key.as_ref(), Some(&plan.keys[1].id));
        assert_eq!(log.rotation.as_ref().unwrap().rules.automatically_after_days, Some(365));
    }

    #[test]
    fn a_rule_that_is_not_emulated_is_refused() {
        let text = "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      Name: s\n      \
                    GenerateSecretString: { RequireEachIncludedType: true }\n";
        let error = Plan::parse(text, &BTreeMap::new()).unwrap_err().to_string();
        assert_eq!(error, "resource S, GenerateSecretString.RequireEachIncludedType: is not emulated");
    }

    #[test]
    fn a_given_value_is_resolved() {
        let text = "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties: { Name: s, SecretString: x }\n";
        let plan = Plan::parse(text, &BTreeMap::new()).unwrap();
        assert_eq!(plan.secrets[0].value, SecretValue::Given("x".into()));
    }
}
