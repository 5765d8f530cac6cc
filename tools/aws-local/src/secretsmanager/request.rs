//! Requests, parsed and bounded as the service does.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error;
use crate::machine;
use crate::wire::ServiceError;

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
    fn labels_are_bounded() {
        let stages = |stages: Vec<String>| Request { version_stages: Some(stages), ..Request::default() };
        assert!(stages(vec!["AWSPENDING".into()]).stages().is_ok());
        assert!(stages(Vec::new()).stages().is_err());
        assert!(stages(vec![String::new()]).stages().is_err());
    }
}
