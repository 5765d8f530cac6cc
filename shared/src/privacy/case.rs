//! How far a request about somebody's data has come. Kept in one row, so that whoever is killed is followed by the next.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DataSubject, Place};
use crate::domain::accounts::Provider;
use crate::messages::{PrivacyAction, PrivacyRequest, PrivacyRequestId, PrivacySource};

/// One request and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Which request; it was told to whoever asked.
    pub id: PrivacyRequestId,
    /// Whose data.
    pub subject: DataSubject,
    /// Where it was asked for.
    pub source: PrivacySource,
    /// When it came to us.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub state: CaseState,
}

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CaseState {
    /// It is being gathered.
    Exporting(Exporting),
    /// It lies in the bucket, under this key, until then.
    Exported {
        /// The object's key.
        key: String,
        /// When it is deleted.
        until: Timestamp,
    },
    /// It was asked for a second time within a day; the other one is the answer.
    Refused {
        /// The request of that day.
        instead: PrivacyRequestId,
    },
    /// It could not be gathered, however often it was tried. Nothing of it lies anywhere.
    Failed {
        /// When it was given up.
        at: Timestamp,
    },
    /// It is being erased.
    Erasing(Erasing),
    /// It is erased.
    Erased {
        /// When that was sure.
        at: Timestamp,
        /// The signed receipt.
        receipt: String,
    },
}

/// An export on its way: what was begun is thrown away and gathered anew, so there is nothing to remember but the tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exporting {
    /// How often it was begun.
    pub tries: u32,
}

/// An erasure on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasing {
    /// What comes next.
    pub step: ErasureStep,
    /// Where a walk through the places goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub walk: Option<WalkMark>,
    /// What was erased so far: rows, objects, secrets. What a killed invocation erased and did not write down is not in
    /// it, so these are least numbers.
    #[serde(default)]
    pub counts: BTreeMap<Place, u64>,
    /// What services were told.
    #[serde(default)]
    pub revocations: BTreeMap<Provider, Revocation>,
}

/// The steps of an erasure, in their order (SPEC T30). Each may be done any number of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum ErasureStep {
    /// From now on, what was begun before it cannot be written.
    #[default]
    Tombstone,
    /// Services are told to forget their tokens. Tried for a day.
    Revoke {
        /// When the next try is due; `None`: now.
        again: Option<Timestamp>,
    },
    /// The secret, its copies in other regions first.
    Secret,
    /// Every place, once.
    Sweep,
    /// What was on its way when the tombstone was set has ended by then.
    Settle {
        /// When the next sweep begins.
        until: Timestamp,
    },
    /// The secret and every place once more: whatever came in between.
    SweepAgain,
    /// The receipt is signed.
    Receipt,
}

/// How far a walk is: places before it are done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalkMark {
    /// The place that is being walked.
    pub place: Place,
    /// The mark in it, as its source writes it; `None`: from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// What became of telling a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// It could not be told yet.
    Pending,
    /// It has forgotten us.
    Done,
    /// It could not be told for a day; its tokens are deleted here, and end there by themselves.
    Failed,
}

impl Revocation {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl Case {
    /// A new one.
    pub fn of(request: &PrivacyRequest, now: Timestamp) -> Self {
        let state = match request.action() {
            PrivacyAction::Export => CaseState::Exporting(Exporting::default()),
            PrivacyAction::Erase => CaseState::Erasing(Erasing::default()),
        };
        Self { id: request.id(), subject: request.subject(), source: request.source(), asked_at: now, state }
    }

    /// Whether nothing is left to do.
    pub const fn is_over(&self) -> bool {
        !matches!(self.state, CaseState::Exporting(_) | CaseState::Erasing(_))
    }
}

impl Erasing {
    /// So many more were erased there.
    pub fn count(&mut self, place: Place, erased: u64) {
        let count = self.counts.entry(place).or_default();
        *count = count.saturating_add(erased);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;

    fn request(action: PrivacyAction) -> PrivacyRequest {
        let id = PrivacyRequestId::of_digest(&[7; 32]);
        PrivacyRequest::new(id, DataSubject::User(UserId::new(5001)), action, PrivacySource::Command)
    }

    fn now() -> Timestamp {
        "2026-01-02T03:04:05Z".parse().unwrap()
    }

    #[test]
    fn each_state_reads_as_it_was_written() {
        let mut erasing = Erasing { step: ErasureStep::Settle { until: now() }, ..Erasing::default() };
        erasing.count(Place::Sessions, 2);
        erasing.count(Place::Sessions, u64::MAX);
        erasing.revocations.insert(Provider::Spotify, Revocation::Failed);
        erasing.walk = Some(WalkMark { place: Place::Roles, mark: Some("{}".to_owned()) });
        assert_eq!(erasing.counts[&Place::Sessions], u64::MAX);
        for state in [
            CaseState::Exporting(Exporting { tries: 2 }),
            CaseState::Exported { key: "a/b.zip".to_owned(), until: now() },
            CaseState::Refused { instead: PrivacyRequestId::of_digest(&[8; 32]) },
            CaseState::Failed { at: now() },
            CaseState::Erasing(Erasing::default()),
            CaseState::Erasing(erasing),
            CaseState::Erased { at: now(), receipt: "x\n\n— y z\n".to_owned() },
        ] {
            let case = Case { state, ..Case::of(&request(PrivacyAction::Erase), now()) };
            let text = serde_json::to_string(&case).unwrap();
            assert_eq!(serde_json::from_str::<Case>(&text).unwrap(), case, "{text}");
        }
    }

    #[test]
    fn a_new_one_has_everything_to_do() {
        let export = Case::of(&request(PrivacyAction::Export), now());
        assert_eq!(
            (export.state.clone(), export.is_over()),
            (CaseState::Exporting(Exporting { tries: 0 }), false)
        );
        let erase = Case::of(&request(PrivacyAction::Erase), now());
        let CaseState::Erasing(erasing) = &erase.state else { panic!("{erase:?}") };
        assert_eq!((erasing.step, erase.is_over()), (ErasureStep::Tombstone, false));
        let over = Case { state: CaseState::Erased { at: now(), receipt: String::new() }, ..erase };
        assert!(over.is_over());
    }

    #[test]
    fn steps_are_in_the_order_in_which_they_are_done() {
        let steps = [
            ErasureStep::Tombstone,
            ErasureStep::Revoke { again: None },
            ErasureStep::Secret,
            ErasureStep::Sweep,
            ErasureStep::Settle { until: now() },
            ErasureStep::SweepAgain,
            ErasureStep::Receipt,
        ];
        assert!(steps.is_sorted());
    }
}
