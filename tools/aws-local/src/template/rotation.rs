//! `AWS::SecretsManager::RotationSchedule`.

use serde::{Deserialize, Serialize};
use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// How a secret is rotated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationPlan {
    /// The ARN of the function that answers the four steps.
    pub function_arn: String,
    /// When.
    pub rules: RotationRules,
}

/// When a secret is rotated, as the service's `RotationRules` say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RotationRules {
    /// After this many days, 1 to 1,000; excludes a schedule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatically_after_days: Option<i64>,
    /// `rate(…)` or `cron(…)`; excludes days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_expression: Option<String>,
    /// How long the window is open, such as `3h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
}

impl RotationPlan {
    /// The schedule among `all` that names the secret `secret`.
    pub(super) fn of(secret: &Resource<'_>, all: &[Resource<'_>]) -> Result<Option<Self>, TemplateError> {
        let mut schedules = all.iter().filter(|other| other.kind == "AWS::SecretsManager::RotationSchedule");
        let own = schedules.find(|schedule| schedule.get("SecretId").and_then(reference) == Some(secret.id));
        own.map(Self::read).transpose()
    }

    fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        const RULES: &str = "RotationRules";
        resource.refuse("HostedRotationLambda")?;
        let node = resource.get(RULES).ok_or_else(|| resource.error(RULES, "is missing"))?;
        let member = |name| node.get(name).map(|value| resource.resolve(RULES, value)).transpose();
        let days = member("AutomaticallyAfterDays")?.map(|text| text.parse()).transpose();
        Ok(Self {
            function_arn: resource.required_text("RotationLambdaARN")?,
            rules: RotationRules {
                automatically_after_days: days
                    .map_err(|_| resource.error(RULES, "AutomaticallyAfterDays is not a number of days"))?,
                schedule_expression: member("ScheduleExpression")?,
                duration: member("Duration")?,
            },
        })
    }
}

/// The logical id in `!Ref Id`.
fn reference(node: &Value) -> Option<&str> {
    match node {
        Value::Tagged(tagged) if tagged.tag == "Ref" => tagged.value.as_str(),
        other => other.get("Ref")?.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    fn parse(schedule: &str) -> Result<Plan, TemplateError> {
        let text = format!(
            "Resources:\n  F: {{ Type: 'AWS::Serverless::Function', Properties: {{ FunctionName: f }} }}\n  \
             A: {{ Type: 'AWS::SecretsManager::Secret', Properties: {{ Name: a }} }}\n  \
             B: {{ Type: 'AWS::SecretsManager::Secret', Properties: {{ Name: b }} }}\n  \
             R: {{ Type: 'AWS::SecretsManager::RotationSchedule', Properties: {{ {schedule} }} }}\n"
        );
        Plan::parse(&text, &BTreeMap::new())
    }

    #[test]
    fn a_secret_has_the_schedule_that_names_it() {
        for id in ["!Ref B", "{ Ref: B }"] {
            let schedule = format!(
                "SecretId: {id}, RotationLambdaARN: !GetAtt F.Arn, RotationRules: {{ AutomaticallyAfterDays: 90, Duration: 2h }}"
            );
            let plan = parse(&schedule).unwrap();
            let rules = RotationRules {
                automatically_after_days: Some(90),
                schedule_expression: None,
                duration: Some("2h".into()),
            };
            let function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:f".to_owned();
            assert_eq!(plan.secrets[0].rotation, None);
            assert_eq!(plan.secrets[1].rotation, Some(RotationPlan { function_arn, rules }), "{id}");
        }
    }

    #[test]
    fn what_is_not_emulated_or_missing_is_refused() {
        let rules = "RotationRules: { ScheduleExpression: rate(1 days) }";
        assert!(parse(&format!("SecretId: !Ref A, RotationLambdaARN: !GetAtt F.Arn, {rules}")).is_ok());
        for schedule in [
            format!("SecretId: !Ref A, {rules}"),
            format!("SecretId: !Ref A, HostedRotationLambda: {{}}, RotationLambdaARN: x, {rules}"),
            "SecretId: !Ref A, RotationLambdaARN: x".to_owned(),
            "SecretId: !Ref A, RotationLambdaARN: x, RotationRules: { AutomaticallyAfterDays: soon }"
                .to_owned(),
        ] {
            assert!(parse(&schedule).is_err(), "{schedule}");
        }
    }
}
