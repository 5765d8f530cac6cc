//! What is said; that it is said once, and to whom, is in the tests of the whole function.

use shared::discord::words::Locale;
use shared::privacy::{Erasing, Exporting};

use super::*;

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn states() -> Vec<CaseState> {
    let instead = PrivacyRequestId::of_digest(&[8; 32]);
    let steps = [
        ErasureStep::Tombstone,
        ErasureStep::Revoke { again: Some(now()) },
        ErasureStep::Secret,
        ErasureStep::Sweep,
        ErasureStep::Settle { until: now() },
        ErasureStep::SweepAgain,
        ErasureStep::Receipt,
    ];
    let erasing = steps.map(|step| CaseState::Erasing(Erasing { step, ..Erasing::default() }));
    let others = [
        CaseState::Exporting(Exporting::default()),
        CaseState::Exported { key: "exports/0a.zip".to_owned(), until: now() },
        CaseState::Refused { instead },
        CaseState::Failed { at: now() },
        CaseState::Erased { at: now(), receipt: "signed".to_owned() },
    ];
    erasing.into_iter().chain(others).collect()
}

#[test]
fn each_state_has_its_sentence() {
    let said: Vec<String> = states()
        .iter()
        .map(|state| {
            let (tone, message) = plain(Some(state));
            format!("{tone:?}: {}", Words::new(Locale::English).say(&message))
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(plain(None), (Tone::Refusal, Message::PrivacyNoRequest));
}

#[test]
fn no_sentence_names_what_lies_in_a_bucket() {
    for state in states() {
        for locale in Locale::ALL {
            let said = Words::new(locale).say(&plain(Some(&state)).1);
            assert!(!said.contains("exports/") && !said.contains("signed\n"), "{said}");
        }
    }
}
