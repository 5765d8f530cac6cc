//! Requests, parsed and bounded as the service does.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error;
use crate::machine;
use crate::template::RotationRules;
use crate::wire::{REGION, ServiceError};

/// The service keeps values of at most 64 KiB.
const MAX_VALUE: usize = 65_536;

/// The union of the parameters of all operations; each takes what it needs.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Request {
    name: Option<String>,
    secret_id: Option<String>,
    client_request_token: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
    pub(super) description: Option<String>,
    version_stages: Option<Vec<String>>,
    pub(super) version_id: Option<String>,
    pub(super) version_stage: Option<String>,
    pub(super) include_deprecated: bool,
    pub(super) kms_key_id: Option<String>,
    pub(super) remove_from_version_id: Option<String>,
    pub(super) move_to_version_id: Option<String>,
    tags: Vec<Tag>,
    recovery_window_in_days: Option<i64>,
    force_delete_without_recovery: bool,
    pub(super) include_planned_deletion: bool,
    max_results: Option<i64>,
    pub(super) next_token: Option<String>,
    pub(super) filters: Vec<Filter>,
    pub(super) sort_by: Option<String>,
    pub(super) sort_order: Option<String>,
    #[serde(rename = "RotationLambdaARN")]
    pub(super) rotation_lambda_arn: Option<String>,
    pub(super) rotation_rules: Option<RotationRules>,
    rotate_immediately: Option<bool>,
    add_replica_regions: Vec<Replica>,
    remove_replica_regions: Vec<String>,
}

/// How a secret is deleted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Deletion {
    /// It can be restored for so many days.
    After { days: u64 },
    /// It is gone at once.
    AtOnce,
}

/// A condition on the secrets to list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Filter {
    pub(super) key: String,
    pub(super) values: Vec<String>,
}

/// Where a secret is to be copied to.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Replica {
    region: String,
    kms_key_id: Option<String>,
}

/// A tag of a secret.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tag {
    key: String,
    value: String,
}

impl Request {
    /// A name for a new secret.
    pub(super) fn name(&self) -> Result<&str, ServiceError> {
        let name = self.name.as_deref().ok_or_else(|| error::invalid("Name is missing."))?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
        if (1..=512).contains(&name.len()) && name.chars().all(allowed) {
            Ok(name)
        } else {
            Err(error::invalid(
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
            ))
        }
    }

    /// Tags for a new secret: at most 50, keys of 1 to 128 characters, values of at most 256.
    pub(super) fn tags(&self) -> Result<BTreeMap<String, String>, ServiceError> {
        let fits =
            |tag: &Tag| (1..=128).contains(&tag.key.chars().count()) && tag.value.chars().count() <= 256;
        if self.tags.len() > 50 || !self.tags.iter().all(fits) {
            return Err(error::invalid(
                "A secret has at most 50 tags, with keys of 1-128 and values of 0-256 characters.",
            ));
        }
        Ok(self.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect())
    }

    /// When a secret is to be gone; 30 days is the service's default.
    pub(super) fn deletion(&self) -> Result<Deletion, ServiceError> {
        match (self.force_delete_without_recovery, self.recovery_window_in_days) {
            (true, None) => Ok(Deletion::AtOnce),
            (true, Some(_)) => Err(error::invalid(
                "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
            )),
            (false, days) => match u64::try_from(days.unwrap_or(30)) {
                Ok(days @ 7..=30) => Ok(Deletion::After { days }),
                _ => Err(error::invalid(
                    "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
                )),
            },
        }
    }

    /// How many secrets a page has; 100 is the service's default.
    pub(super) fn max_results(&self) -> Result<usize, ServiceError> {
        match usize::try_from(self.max_results.unwrap_or(100)) {
            Ok(most @ 1..=100) => Ok(most),
            _ => {
                Err(error::out_of_bounds("maxResults", "Member must have value between 1 and 100, inclusive"))
            }
        }
    }

    /// Whether a rotation begins at once and not at its next time.
    pub(super) fn at_once(&self) -> bool {
        self.rotate_immediately.unwrap_or(true)
    }

    /// Regions to copy the secret to, with the keys there.
    pub(super) fn new_replicas(&self) -> Result<BTreeMap<String, Option<String>>, ServiceError> {
        let replicas = self.add_replica_regions.iter();
        replicas.map(|one| Ok((region(&one.region)?.to_owned(), one.kms_key_id.clone()))).collect()
    }

    /// Regions whose copies are to go; at least one.
    pub(super) fn old_replicas(&self) -> Result<&[String], ServiceError> {
        match self.remove_replica_regions.as_slice() {
            [] => Err(error::invalid("RemoveReplicaRegions is missing.")),
            regions => Ok(regions),
        }
    }

    pub(super) fn secret_id(&self) -> Result<&str, ServiceError> {
        self.secret_id.as_deref().ok_or_else(|| error::invalid("SecretId is missing."))
    }

    /// The id of the version to make. SDKs always send one; without it each call is a new version.
    pub(super) fn token(&self) -> Result<String, ServiceError> {
        match &self.client_request_token {
            None => machine::uuid().map_err(|error| ServiceError::internal(error.to_string())),
            Some(token) if (32..=64).contains(&token.len()) => Ok(token.clone()),
            Some(_) => Err(error::invalid("ClientRequestToken must be 32-64 characters long.")),
        }
    }

    /// The value to keep, if there is one.
    pub(super) fn value(&self) -> Result<Option<&str>, ServiceError> {
        if self.secret_binary.is_some() {
            return Err(error::invalid("SecretBinary is not emulated."));
        }
        match self.secret_string.as_deref() {
            Some(value) if value.len() > MAX_VALUE => Err(error::too_long()),
            value => Ok(value),
        }
    }

    /// The labels to attach; none means the current one.
    pub(super) fn stages(&self) -> Result<&[String], ServiceError> {
        let Some(stages) = &self.version_stages else { return Ok(&[]) };
        let fits =
            (1..=20).contains(&stages.len()) && stages.iter().all(|stage| (1..=256).contains(&stage.len()));
        if fits {
            Ok(stages)
        } else {
            Err(error::invalid("VersionStages must be 1-20 labels of 1-256 characters."))
        }
    }
}

/// A region's code, of another region than ours.
fn region(code: &str) -> Result<&str, ServiceError> {
    let parts: Vec<&str> = code.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let fits = match parts.split_last() {
        Some((number, words)) => words.len() >= 2 && words.iter().all(word) && number.parse::<u8>().is_ok(),
        None => false,
    };
    if fits && code != REGION { Ok(code) } else { Err(error::invalid("Invalid replica region.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded() {
        let name = |name: &str| Request { name: Some(name.to_owned()), ..Request::default() };
        for good in ["/timmybot/log-key", "a", &"x".repeat(512)] {
            assert!(name(good).name().is_ok(), "{good}");
        }
        for bad in ["", "a b", "a*", "ä", &"x".repeat(513)] {
            assert_eq!(name(bad).name().unwrap_err().code, "InvalidParameterException", "{bad}");
        }
        assert!(Request::default().name().is_err());
    }

    #[test]
    fn values_are_bounded_in_bytes() {
        let value = |value: String| Request { secret_string: Some(value), ..Request::default() };
        assert!(value("x".repeat(65_536)).value().is_ok());
        assert_eq!(value("é".repeat(32_769)).value().unwrap_err().code, "ValidationException");
    }

    #[test]
    fn tokens_have_the_length_of_an_id_or_are_made() {
        let token =
            |token: &str| Request { client_request_token: Some(token.to_owned()), ..Request::default() };
        assert_eq!(token(&"t".repeat(32)).token().unwrap(), "t".repeat(32));
        assert!(token(&"t".repeat(31)).token().is_err());
        assert!(token(&"t".repeat(65)).token().is_err());
        assert_ne!(Request::default().token().unwrap(), Request::default().token().unwrap());
    }

    #[test]
    fn tags_are_bounded() {
        let tags = |tags: Vec<(&str, &str)>| {
            let tags =
                tags.into_iter().map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() });
            Request { tags: tags.collect(), ..Request::default() }.tags()
        };
        assert_eq!(tags(vec![("app", "timmybot"), ("kind", "")]).unwrap().len(), 2);
        for bad in [
            vec![("", "v")],
            vec![(&*"k".repeat(129), "v")],
            vec![("k", &*"v".repeat(257))],
            vec![("k", "v"); 51],
        ] {
            assert_eq!(tags(bad).unwrap_err().code, "InvalidParameterException");
        }
    }

    #[test]
    fn a_deletion_is_at_once_or_within_its_window() {
        let deletion = |force_delete_without_recovery, recovery_window_in_days| {
            Request { recovery_window_in_days, force_delete_without_recovery, ..Request::default() }
                .deletion()
        };
        assert_eq!(deletion(true, None), Ok(Deletion::AtOnce));
        assert_eq!(deletion(false, None), Ok(Deletion::After { days: 30 }));
        assert_eq!(deletion(false, Some(7)), Ok(Deletion::After { days: 7 }));
        for (force, days) in [(true, Some(7)), (false, Some(6)), (false, Some(31)), (false, Some(-7))] {
            assert_eq!(deletion(force, days).unwrap_err().code, "InvalidParameterException", "{days:?}");
        }
    }

    #[test]
    fn a_page_has_one_to_a_hundred_secrets() {
        let page = |max_results| Request { max_results, ..Request::default() }.max_results().ok();
        assert_eq!([None, Some(1), Some(100)].map(page), [Some(100), Some(1), Some(100)]);
        assert_eq!([Some(0), Some(101), Some(-1)].map(page), [None; 3]);
    }

    #[test]
    fn a_replica_is_in_another_region() {
        for good in ["eu-west-1", "us-gov-east-1", "ap-southeast-2"] {
            assert_eq!(region(good), Ok(good));
        }
        for bad in ["", "eu", "eu-west", "eu-west-", "EU-west-1", "-west-1", "eu-central-1", "eu west-1"] {
            assert_eq!(region(bad).unwrap_err().code, "InvalidParameterException", "{bad}");
        }
        assert!(Request::default().new_replicas().unwrap().is_empty());
        assert!(Request::default().old_replicas().is_err());
    }

    #[test]
    fn labels_are_bounded() {
        let stages = |stages: Vec<String>| Request { version_stages: Some(stages), ..Request::default() };
        assert!(stages(vec!["AWSPENDING".into()]).stages().is_ok());
        assert!(stages(Vec::new()).stages().is_err());
        assert!(stages(vec![String::new()]).stages().is_err());
    }
}
