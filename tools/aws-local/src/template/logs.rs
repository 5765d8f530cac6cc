//! `AWS::Logs::LogGroup`.

use super::{Resource, TemplateError};

/// A log group to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroupPlan {
    /// Its name, resolved.
    pub name: String,
    /// For how many days it keeps what is written; `None`: for ever.
    pub retention_days: Option<u16>,
}

impl LogGroupPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        let name = resource.required_text("LogGroupName")?;
        Ok(Self { name, retention_days: resource.number("RetentionInDays")? })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    #[test]
    fn a_log_group_keeps_for_as_long_as_its_stage_says_or_for_ever() {
        let text = |properties: &str| {
            format!(
                "Parameters:\n  Stage: {{ Default: dev }}\nMappings:\n  Stages:\n    dev: {{ Days: 7 }}\n\
                 Resources:\n  L:\n    Type: AWS::Logs::LogGroup\n    Properties: {{ {properties} }}\n"
            )
        };
        let read =
            |properties: &str| Plan::parse(&text(properties), &BTreeMap::new()).map(|plan| plan.log_groups);
        let plan = |retention_days| vec![LogGroupPlan { name: "l".to_owned(), retention_days }];
        let by_stage = "LogGroupName: l, RetentionInDays: !FindInMap [Stages, !Ref Stage, Days]";
        assert_eq!(read(by_stage).unwrap(), plan(Some(7)));
        assert_eq!(read("LogGroupName: l").unwrap(), plan(None));
        assert!(read("LogGroupName: l, RetentionInDays: !FindInMap [Stages, prod, Days]").is_err());
        assert!(read("RetentionInDays: 7").is_err());
    }
}
