//! One secret: its versions and their labels, as a state machine. Time is an argument.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::template::RotationRules;

/// The label of the version that is read by default.
pub(super) const CURRENT: &str = "AWSCURRENT";
/// The label that the version before gets by itself.
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";
/// The label of the version that a rotation makes.
pub(super) const PENDING: &str = "AWSPENDING";

/// A secret. Times are milliseconds since the epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Secret {
    pub(super) arn: String,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) kms_key: Option<String>,
    #[serde(default)]
    pub(super) tags: BTreeMap<String, String>,
    pub(super) created_ms: u64,
    pub(super) changed_ms: u64,
    /// It is gone from then on, and of no use before.
    #[serde(default)]
    pub(super) deleted_ms: Option<u64>,
    #[serde(default)]
    pub(super) rotation: Option<Rotation>,
    /// Other regions, each with the key of the replica there.
    #[serde(default)]
    pub(super) replicas: BTreeMap<String, Option<String>>,
    versions: BTreeMap<String, Version>,
}

/// How a secret is rotated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rotation {
    pub(super) function_arn: String,
    pub(super) rules: RotationRules,
    /// When it last was.
    pub(super) last_ms: Option<u64>,
}

/// A version of a secret's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Version {
    /// None: a rotation has announced it, and nobody has put it yet.
    pub(super) value: Option<String>,
    pub(super) stages: BTreeSet<String>,
    pub(super) created_ms: u64,
}

/// What happened to a version that somebody wanted to put.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is new.
    Done,
    /// It was there with the same value: a retry, nothing changed.
    Repeated,
    /// It was there with another value; versions never change.
    Conflict,
}

/// What became of a version that a rotation announced.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Announced {
    /// It has the label now.
    Pending,
    /// It is the current one already: this rotation is done.
    Current,
    /// Another version has the label: its rotation is not done.
    Other,
}

/// Why there is no such version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoVersion {
    /// Nothing has this id or this label.
    NotFound,
    /// The version exists, the label is on another one.
    OtherStage,
}

/// Why a label stays where it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotMoved {
    /// One of the versions does not exist.
    NoVersion,
    /// The label is on this version, which was not said.
    Elsewhere(String),
    /// The label is on no version.
    Nowhere,
    /// No version would be current, or nothing was asked for.
    Needed,
}

impl Secret {
    pub(super) fn new(arn: String, description: Option<String>, now_ms: u64) -> Self {
        Self {
            arn,
            description,
            kms_key: None,
            tags: BTreeMap::new(),
            created_ms: now_ms,
            changed_ms: now_ms,
            deleted_ms: None,
            rotation: None,
            replicas: BTreeMap::new(),
            versions: BTreeMap::new(),
        }
    }

    /// Adds the version `id` with its labels; each label leaves the version that had it. The first version of a secret
    /// becomes the current one whatever its labels.
    pub(super) fn put(&mut self, now_ms: u64, id: &str, value: String, stages: &[String]) -> Put {
        let announced = self.versions.get(id);
        if let Some(existing) = announced.and_then(|version| version.value.as_ref()) {
            return if *existing == value { Put::Repeated } else { Put::Conflict };
        }
        let mut stages: BTreeSet<String> = stages.iter().cloned().collect();
        if stages.is_empty() || self.versions.values().all(|version| version.value.is_none()) {
            stages.insert(CURRENT.to_owned());
        }
        stages.extend(announced.into_iter().flat_map(|version| version.stages.iter().cloned()));
        for stage in &stages {
            self.take_stage(stage);
        }
        self.versions.insert(id.to_owned(), Version { value: Some(value), stages, created_ms: now_ms });
        self.changed_ms = now_ms;
        Put::Done
    }

    /// Announces the version `id`: it has the label of a rotation, and no value until somebody puts one. As long as the
    /// label is on a version that is not current, no other is announced.
    pub(super) fn announce(&mut self, now_ms: u64, id: &str) -> Announced {
        let has = |version: &Version, stage: &str| version.stages.contains(stage);
        if self.versions.get(id).is_some_and(|version| has(version, CURRENT)) {
            return Announced::Current;
        }
        let pending = self.versions.iter().find(|(_, version)| has(version, PENDING));
        if pending.is_some_and(|(other, version)| other != id && !has(version, CURRENT)) {
            return Announced::Other;
        }
        self.take_stage(PENDING);
        let empty = || Version { value: None, stages: BTreeSet::new(), created_ms: now_ms };
        self.versions.entry(id.to_owned()).or_insert_with(empty).stages.insert(PENDING.to_owned());
        Announced::Pending
    }

    /// Takes an announcement back; a version without a value goes with it.
    pub(super) fn withdraw(&mut self, id: &str) {
        if let Some(version) = self.versions.get_mut(id) {
            version.stages.remove(PENDING);
        }
        self.versions.retain(|other, version| other != id || version.value.is_some());
    }

    /// Takes a label off one version, puts it on another, or both. Who moves a label says which version has it: of two
    /// that saw the same version one fails. The version that stops being current becomes the previous one.
    pub(super) fn move_stage(
        &mut self,
        now_ms: u64,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), NotMoved> {
        let known = |id: &str| if self.versions.contains_key(id) { Ok(()) } else { Err(NotMoved::NoVersion) };
        from.map_or(Ok(()), known)?;
        to.map_or(Ok(()), known)?;
        let holder = self.version(None, Some(stage)).ok().map(|(id, _)| id.to_owned());
        match (holder.as_deref(), to) {
            (Some(holder), Some(to)) if holder == to && from.is_none_or(|from| from == to) => return Ok(()),
            (Some(holder), _) if from != Some(holder) => return Err(NotMoved::Elsewhere(holder.to_owned())),
            (None, _) if from.is_some() => return Err(NotMoved::Nowhere),
            (_, None) if stage == CURRENT || from.is_none() => return Err(NotMoved::Needed),
            _ => {}
        }
        self.take_stage(stage);
        if let Some(version) = to.and_then(|to| self.versions.get_mut(to)) {
            version.stages.insert(stage.to_owned());
        }
        self.changed_ms = now_ms;
        Ok(())
    }

    /// The version with this id, this label, or both; the current one if neither is given.
    pub(super) fn version(
        &self,
        id: Option<&str>,
        stage: Option<&str>,
    ) -> Result<(&str, &Version), NoVersion> {
        let found = match (id, stage) {
            (Some(id), _) => self.versions.get_key_value(id),
            (None, stage) => {
                let stage = stage.unwrap_or(CURRENT);
                self.versions.iter().find(|(_, version)| version.stages.contains(stage))
            }
        };
        let (id, version) = found.ok_or(NoVersion::NotFound)?;
        match stage {
            Some(stage) if !version.stages.contains(stage) => Err(NoVersion::OtherStage),
            _ => Ok((id, version)),
        }
    }

    /// All versions; those without a label are deprecated.
    pub(super) fn versions(&self) -> impl Iterator<Item = (&str, &Version)> {
        self.versions.iter().map(|(id, version)| (id.as_str(), version))
    }

    /// Takes the label off whatever has it; the version that stops being current becomes the previous one.
    fn take_stage(&mut self, stage: &str) {
        let holder = self.versions.iter().find(|(_, version)| version.stages.contains(stage));
        let Some(id) = holder.map(|(id, _)| id.clone()) else { return };
        for (other, version) in &mut self.versions {
            version.stages.remove(stage);
            if stage == CURRENT {
                version.stages.remove(PREVIOUS);
            }
            if stage == CURRENT && *other == id {
                version.stages.insert(PREVIOUS.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::new("arn".into(), None, 1)
    }

    fn put(secret: &mut Secret, id: &str, stages: &[&str]) -> Put {
        let stages: Vec<String> = stages.iter().map(|stage| (*stage).to_owned()).collect();
        secret.put(2, id, format!("value of {id}"), &stages)
    }

    fn holder(secret: &Secret, stage: &str) -> Option<String> {
        secret.version(None, Some(stage)).ok().map(|(id, _)| id.to_owned())
    }

    #[test]
    fn current_moves_and_leaves_previous_behind() {
        let mut secret = secret();
        for id in ["a", "b", "c"] {
            assert_eq!(put(&mut secret, id, &[]), Put::Done);
        }
        assert_eq!(holder(&secret, CURRENT).as_deref(), Some("c"));
        assert_eq!(holder(&secret, PREVIOUS).as_deref(), Some("b"));
        let (_, first) = secret.version(Some("a"), None).unwrap();
        assert!(first.stages.is_empty());
    }

    #[test]
    fn another_label_leaves_current_alone() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        put(&mut secret, "b", &["AWSPENDING"]);
        put(&mut secret, "c", &["AWSPENDING"]);
        assert_eq!(holder(&secret, CURRENT).as_deref(), Some("a"));
        assert_eq!(holder(&secret, "AWSPENDING").as_deref(), Some("c"));
        assert_eq!(holder(&secret, PREVIOUS), None);
    }

    #[test]
    fn the_first_version_is_current_whatever_its_labels() {
        let mut secret = secret();
        put(&mut secret, "a", &["AWSPENDING"]);
        assert_eq!(holder(&secret, CURRENT).as_deref(), Some("a"));
    }

    #[test]
    fn a_repeat_changes_nothing_and_another_value_is_a_conflict() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        put(&mut secret, "b", &[]);
        assert_eq!(put(&mut secret, "a", &[]), Put::Repeated);
        assert_eq!(holder(&secret, CURRENT).as_deref(), Some("b"));
        assert_eq!(secret.put(3, "a", "other".into(), &[]), Put::Conflict);
        let (_, version) = secret.version(Some("a"), None).unwrap();
        assert_eq!(version.value.as_deref(), Some("value of a"));
    }

    #[test]
    fn of_two_that_move_a_label_from_the_same_version_one_fails() {
        let mut secret = secret();
        for (id, stages) in [("a", &[][..]), ("b", &["AWSPENDING"]), ("c", &["AWSPENDING"])] {
            put(&mut secret, id, stages);
        }
        assert_eq!(secret.move_stage(9, CURRENT, Some("a"), Some("b")), Ok(()));
        assert_eq!(secret.move_stage(9, CURRENT, Some("a"), Some("c")), Err(NotMoved::Elsewhere("b".into())));
        assert_eq!(
            (holder(&secret, CURRENT).as_deref(), holder(&secret, PREVIOUS).as_deref()),
            (Some("b"), Some("a"))
        );
        assert_eq!((holder(&secret, "AWSPENDING").as_deref(), secret.changed_ms), (Some("c"), 9));
    }

    #[test]
    fn a_label_is_moved_only_by_who_says_where_it_is() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        put(&mut secret, "b", &[]);
        assert_eq!(secret.move_stage(9, CURRENT, None, Some("a")), Err(NotMoved::Elsewhere("b".into())));
        assert_eq!(secret.move_stage(9, CURRENT, Some("b"), Some("x")), Err(NotMoved::NoVersion));
        assert_eq!(secret.move_stage(9, CURRENT, Some("b"), None), Err(NotMoved::Needed));
        assert_eq!(secret.move_stage(9, "AWSPENDING", Some("b"), None), Err(NotMoved::Nowhere));
        assert_eq!(secret.move_stage(9, "mine", None, None), Err(NotMoved::Needed));
        assert_eq!(secret.changed_ms, 2);
        assert_eq!(secret.move_stage(9, CURRENT, None, Some("b")), Ok(()), "it is there already");
        assert_eq!(secret.move_stage(9, PREVIOUS, Some("a"), None), Ok(()));
        assert_eq!(holder(&secret, PREVIOUS), None);
    }

    #[test]
    fn an_announced_version_has_a_label_and_waits_for_its_value() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        assert_eq!(secret.announce(3, "b"), Announced::Pending);
        assert_eq!(secret.version(None, Some(PENDING)).unwrap().1.value, None);
        assert_eq!(secret.announce(4, "b"), Announced::Pending, "a retry");
        assert_eq!(secret.announce(4, "c"), Announced::Other);
        assert_eq!(put(&mut secret, "b", &[PENDING]), Put::Done);
        assert_eq!(put(&mut secret, "b", &[PENDING]), Put::Repeated);
        assert_eq!(secret.put(5, "b", "other".into(), &[]), Put::Conflict);
        assert_eq!(holder(&secret, CURRENT).as_deref(), Some("a"));
        secret.move_stage(6, CURRENT, Some("a"), Some("b")).unwrap();
        assert_eq!(secret.announce(7, "b"), Announced::Current);
        assert_eq!(
            secret.announce(7, "c"),
            Announced::Pending,
            "the label on the current version is done with"
        );
        assert_eq!(holder(&secret, PENDING).as_deref(), Some("c"));
    }

    #[test]
    fn an_announcement_is_taken_back_with_what_has_no_value() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        secret.announce(3, "b");
        secret.withdraw("b");
        assert_eq!(secret.version(Some("b"), None), Err(NoVersion::NotFound));
        secret.announce(3, "b");
        put(&mut secret, "b", &[PENDING]);
        secret.withdraw("b");
        assert!(secret.version(Some("b"), None).unwrap().1.stages.is_empty());
    }

    #[test]
    fn a_first_value_is_current_even_if_it_was_announced() {
        let mut secret = secret();
        secret.announce(3, "b");
        put(&mut secret, "b", &[PENDING]);
        assert_eq!(
            (holder(&secret, CURRENT), holder(&secret, PENDING)),
            (Some("b".into()), Some("b".into()))
        );
    }

    #[test]
    fn reading_by_id_and_label_needs_both_to_agree() {
        let mut secret = secret();
        put(&mut secret, "a", &[]);
        put(&mut secret, "b", &[]);
        assert!(secret.version(Some("b"), Some(CURRENT)).is_ok());
        assert_eq!(secret.version(Some("a"), Some(CURRENT)), Err(NoVersion::OtherStage));
        assert_eq!(secret.version(Some("x"), None), Err(NoVersion::NotFound));
        assert_eq!(secret.version(None, Some("AWSPENDING")), Err(NoVersion::NotFound));
    }
}
