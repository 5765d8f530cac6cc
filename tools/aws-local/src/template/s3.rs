//! `AWS::S3::Bucket`.

use super::{Resource, TemplateError};

/// A bucket to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlan {
    /// Its name, resolved.
    pub name: String,
}

impl BucketPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        Ok(Self { name: resource.required_text("BucketName")? })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;

    #[test]
    fn a_bucket_is_named_with_the_account_and_never_without_a_name() {
        let text = |properties| {
            format!("Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {properties}\n")
        };
        let plan =
            Plan::parse(&text("{ BucketName: !Sub 'b-${AWS::AccountId}' }"), &BTreeMap::new()).unwrap();
        assert_eq!(plan.buckets[0].name, "b-000000000000");
        assert!(Plan::parse(&text("{}"), &BTreeMap::new()).is_err());
    }
}
