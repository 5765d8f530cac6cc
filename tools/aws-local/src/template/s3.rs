//! `AWS::S3::Bucket`.

use serde::{Deserialize, Serialize};
use serde_yaml_ng::Value;

use super::{Resource, TemplateError};

/// A bucket to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketPlan {
    /// Its name, resolved.
    pub name: String,
    /// `ObjectLockConfiguration`, where `ObjectLockEnabled` says so.
    pub lock: Option<LockPlan>,
    /// Whether what is written over or deleted stays as an older version. A bucket with locks always keeps them.
    pub versioned: bool,
}

/// How objects of a bucket are locked unless a request says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockPlan {
    /// Who may end it.
    pub mode: LockMode,
    /// For so many days.
    pub days: u16,
}

/// Who may end a lock before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LockMode {
    /// Whoever has a right of its own for that.
    Governance,
    /// Nobody.
    Compliance,
}

impl LockMode {
    /// Its name in requests and templates.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Governance => "GOVERNANCE",
            Self::Compliance => "COMPLIANCE",
        }
    }

    /// Reads its name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Governance, Self::Compliance].into_iter().find(|mode| mode.as_str() == text)
    }
}

impl BucketPlan {
    pub(super) fn read(resource: &Resource<'_>) -> Result<Self, TemplateError> {
        let name = resource.required_text("BucketName")?;
        let lock =
            if resource.flag("ObjectLockEnabled")? == Some(true) { Some(lock(resource)?) } else { None };
        let versioned = lock.is_some() || versioned(resource)?;
        Ok(Self { name, lock, versioned })
    }
}

fn versioned(resource: &Resource<'_>) -> Result<bool, TemplateError> {
    const VERSIONING: &str = "VersioningConfiguration";
    let Some(node) = resource.get(VERSIONING) else { return Ok(false) };
    match resource.member(VERSIONING, node, "Status")?.as_str() {
        "Enabled" => Ok(true),
        _ => Err(resource.error(VERSIONING, "is not Enabled; suspended versions are not emulated")),
    }
}

/// A bucket that is locked has a default here: what each object has to be told for itself would be forgotten once.
fn lock(resource: &Resource<'_>) -> Result<LockPlan, TemplateError> {
    const LOCK: &str = "ObjectLockConfiguration";
    let node = resource.get(LOCK).ok_or_else(|| resource.error(LOCK, "is missing"))?;
    let rule = node.get("Rule").and_then(|rule| rule.get("DefaultRetention"));
    let rule: &Value = rule.ok_or_else(|| resource.error(LOCK, "has no default"))?;
    let mode = LockMode::parse(&resource.member(LOCK, rule, "Mode")?);
    let days = resource.member(LOCK, rule, "Days")?.parse().ok().filter(|days| *days > 0);
    match (mode, days) {
        (Some(mode), Some(days)) => Ok(LockPlan { mode, days }),
        _ => Err(resource.error(LOCK, "has no mode, or no days")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Plan;
    use super::*;

    #[test]
    fn a_bucket_is_locked_as_its_template_says() {
        let text = |lock: &str| {
            format!(
                "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {{ BucketName: b{lock} }}\n"
            )
        };
        let locked = |rule: &str| {
            format!(
                ", ObjectLockEnabled: true, ObjectLockConfiguration: {{ Rule: {{ DefaultRetention: {rule} }} }}"
            )
        };
        let parse = |lock: &str| Plan::parse(&text(lock), &BTreeMap::new());
        let plan = parse(&locked("{ Mode: COMPLIANCE, Days: 400 }")).unwrap();
        assert_eq!(plan.buckets[0].lock, Some(LockPlan { mode: LockMode::Compliance, days: 400 }));
        assert_eq!(parse("").unwrap().buckets[0].lock, None);
        for bad in ["{ Mode: NONE, Days: 1 }", "{ Mode: GOVERNANCE, Days: 0 }", "{ Days: 1 }"] {
            assert!(parse(&locked(bad)).is_err(), "{bad}");
        }
        assert!(parse(", ObjectLockEnabled: true").is_err());
    }

    #[test]
    fn a_bucket_keeps_versions_if_it_says_so_or_locks() {
        let parse = |more: &str| {
            let text = format!(
                "Resources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties: {{ BucketName: b{more} }}\n"
            );
            Plan::parse(&text, &BTreeMap::new()).map(|plan| plan.buckets[0].versioned)
        };
        assert!(!parse("").unwrap());
        assert!(parse(", VersioningConfiguration: { Status: Enabled }").unwrap());
        let locks = ", ObjectLockEnabled: true, ObjectLockConfiguration: \
                     { Rule: { DefaultRetention: { Mode: GOVERNANCE, Days: 1 } } }";
        assert!(parse(locks).unwrap());
        assert!(parse(", VersioningConfiguration: { Status: Suspended }").is_err());
    }

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
