//! Copies of secrets in other regions, off by default (SPEC T8).

use core::str::FromStr;

use aws_sdk_secretsmanager::types::ReplicaRegionType;

/// The most regions that a secret is copied to.
pub const REGIONS_MAX: usize = 2;

/// An AWS region's code, such as `eu-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region(String);

/// What is no region's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a region such as eu-west-1")]
pub struct BadRegion;

impl FromStr for Region {
    type Err = BadRegion;

    fn from_str(text: &str) -> Result<Self, BadRegion> {
        let mut parts = text.split('-');
        let area = parts.next().is_some_and(|area| area.len() == 2 && letters(area));
        let number = parts
            .next_back()
            .is_some_and(|digit| digit.len() == 1 && digit.bytes().all(|b| b.is_ascii_digit()));
        let mut names = parts.peekable();
        if area && number && names.peek().is_some() && names.all(|name| !name.is_empty() && letters(name)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadRegion)
        }
    }
}

fn letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Where else members' secrets are kept, and the key that encrypts them there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replicas {
    regions: Vec<Region>,
    key: Option<String>,
}

/// Regions that cannot be replicated to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReplicas {
    /// More than [`REGIONS_MAX`].
    #[error("a secret can have copies in {REGIONS_MAX} other regions at most")]
    TooMany,
    /// A region twice, or the one that the original is in.
    #[error("each region stands once, and the stack's own is none of them")]
    NotAnother,
}

impl Replicas {
    /// Copies in these regions, next to the original in `home`, encrypted with the key that has this alias in each of
    /// them; without one, with the account's own there.
    pub fn new(regions: Vec<Region>, key: Option<&str>, home: Option<&str>) -> Result<Self, BadReplicas> {
        if regions.len() > REGIONS_MAX {
            return Err(BadReplicas::TooMany);
        }
        let again = regions.iter().enumerate().any(|(at, region)| regions[..at].contains(region));
        if again || regions.iter().any(|region| Some(region.0.as_str()) == home) {
            return Err(BadReplicas::NotAnother);
        }
        Ok(Self { regions, key: key.map(str::to_owned) })
    }

    /// For `CreateSecret`; nothing where there are none, since an empty list is refused.
    pub(super) fn to_request(&self) -> Option<Vec<ReplicaRegionType>> {
        let one = |region: &Region| {
            ReplicaRegionType::builder().region(&region.0).set_kms_key_id(self.key.clone()).build()
        };
        (!self.regions.is_empty()).then(|| self.regions.iter().map(one).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(texts: &[&str]) -> Vec<Region> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn regions_are_written_as_aws_writes_them() {
        for good in ["eu-west-1", "us-gov-east-1", "ap-southeast-7"] {
            assert_eq!(good.parse(), Ok(Region(good.to_owned())));
        }
        for bad in
            ["", "eu", "eu-1", "eu-west-", "EU-west-1", "eu-west-1 ", "eu--1", "eu-west-10", "e-west-1"]
        {
            assert_eq!(bad.parse::<Region>(), Err(BadRegion), "{bad}");
        }
    }

    #[test]
    fn there_are_none_unless_somebody_says_so() {
        assert_eq!(Replicas::default().to_request(), None);
        assert_eq!(Replicas::new(vec![], Some("alias/k"), None).unwrap().to_request(), None);
    }

    #[test]
    fn each_is_another_region_and_two_are_the_most() {
        let new = |texts: &[&str]| Replicas::new(regions(texts), None, Some("eu-west-1"));
        assert!(new(&["eu-north-1", "us-east-1"]).is_ok());
        assert_eq!(new(&["eu-north-1", "us-east-1", "us-west-2"]), Err(BadReplicas::TooMany));
        assert_eq!(new(&["eu-north-1", "eu-north-1"]), Err(BadReplicas::NotAnother));
        assert_eq!(new(&["eu-north-1", "eu-west-1"]), Err(BadReplicas::NotAnother));
    }
}
