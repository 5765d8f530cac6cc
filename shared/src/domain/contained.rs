//! What containment has changed in the account, and how each thing was before, so that resuming restores it exactly
//! (SPEC T33). What was already off before is remembered as off, and stays so.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How things were before the first step touched them. The first note of a thing stands until it has been restored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prior {
    /// Schedules, by the rule's name: whether they were on.
    pub rules: BTreeMap<String, bool>,
    /// What functions take from queues, by the mapping's id: whether it was on.
    pub mappings: BTreeMap<String, bool>,
    /// Reserved concurrency, by the function's name; `None`: none was reserved.
    pub concurrency: BTreeMap<String, Option<u32>>,
    /// Keys, by their id: whether they could be used.
    pub keys: BTreeMap<String, bool>,
}

/// Which raise of the flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// To which level.
    pub level: u8,
    /// When.
    pub at: Timestamp,
}

/// What was put aside before anything was touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// For which raise.
    pub of: Raise,
    /// The object's name.
    pub name: String,
}

/// Which secrets were replaced. It is never taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// For which raise.
    pub of: Raise,
    /// Their names.
    pub secrets: BTreeSet<String>,
}

/// How far the account follows the flag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contained {
    /// The level that was reached last with every step done.
    pub reached: u8,
    /// What has to be restored.
    pub prior: Prior,
    /// The last evidence.
    pub evidence: Option<Kept>,
    /// The last replacement of secrets.
    pub replaced: Option<Replaced>,
}

impl Prior {
    /// Whether nothing has to be restored.
    pub fn is_empty(&self) -> bool {
        let Self { rules, mappings, concurrency, keys } = self;
        rules.is_empty() && mappings.is_empty() && concurrency.is_empty() && keys.is_empty()
    }
}

impl Contained {
    /// Whether the account is as it would be without containment.
    pub fn is_calm(&self) -> bool {
        self.reached == 0 && self.prior.is_empty()
    }

    /// The name of the evidence that was put aside for this raise.
    pub fn evidence_of(&self, raise: Raise) -> Option<&str> {
        self.evidence.as_ref().filter(|kept| kept.of == raise).map(|kept| kept.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raise(level: u8) -> Raise {
        Raise { level, at: "2026-01-02T03:04:05.678Z".parse().unwrap() }
    }

    #[test]
    fn it_reads_back_byte_for_byte() {
        let contained = Contained {
            reached: 3,
            prior: Prior {
                rules: [("night".to_owned(), true), ("off-before".to_owned(), false)].into(),
                mappings: [("1-2-3".to_owned(), true)].into(),
                concurrency: [("jobs".to_owned(), None), ("other".to_owned(), Some(7))].into(),
                keys: [("key".to_owned(), true)].into(),
            },
            evidence: Some(Kept { of: raise(3), name: "containment/1-L3.json".to_owned() }),
            replaced: Some(Replaced { of: raise(4), secrets: ["a".to_owned()].into() }),
        };
        let text = serde_json::to_string(&contained).unwrap();
        assert_eq!(serde_json::from_str::<Contained>(&text).unwrap(), contained);
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Contained>(&text).unwrap()).unwrap(), text);
        assert_eq!(serde_json::from_str::<Contained>("{}").unwrap(), Contained::default());
        assert!(serde_json::from_str::<Contained>(r#"{"reachd":1}"#).is_err());
    }

    #[test]
    fn calm_is_nothing_reached_and_nothing_to_restore() {
        assert!(Contained::default().is_calm());
        assert!(!Contained { reached: 1, ..Contained::default() }.is_calm());
        let prior = Prior { keys: [("key".to_owned(), true)].into(), ..Prior::default() };
        assert!(!Contained { prior, ..Contained::default() }.is_calm());
        // What cannot be taken back is no unrest.
        let replaced = Some(Replaced { of: raise(4), secrets: BTreeSet::new() });
        assert!(Contained { replaced, ..Contained::default() }.is_calm());
    }

    #[test]
    fn evidence_is_of_one_raise() {
        let of = raise(1);
        let evidence = Some(Kept { of, name: "x".to_owned() });
        let contained = Contained { evidence, ..Contained::default() };
        assert_eq!((contained.evidence_of(of), contained.evidence_of(raise(2))), (Some("x"), None));
        assert_eq!(Contained::default().evidence_of(of), None);
    }
}
