use ed25519_dalek::{Signer as _, SigningKey};
use jiff::ToSpan as _;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::ids::UserId;
use crate::security::audit::AuditEvent;
use crate::security::audit_chain::ChainRow;
use crate::security::audit_export::{Closing, ExportFault, Opening, Verified, Verifier};
use crate::security::audit_record::AuditRecord;
use crate::security::checkpoint::Checkpoint;
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;
use crate::security::signed_note::{NoteKey, SignedNote};

const TENANT: &str = "290926798626357999";

fn day(day: i64) -> Timestamp {
    let first: Timestamp = "2026-01-01T03:00:00Z".parse().unwrap();
    first + (24 * day).hours()
}

/// A chain whose events say `word`.
fn rows(tenant: &str, word: &'static str, count: u32) -> Vec<ChainRow> {
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    let mut head = ChainHead::GENESIS;
    let mut next = |number: u32| {
        let event = AuditEvent::new(names.admin(UserId::new(42)), "set", word, "api", day(0), [1; 10]);
        let row = head.append(tenant, event.detail("number", number));
        head = row.head();
        row
    };
    (0..count).map(&mut next).collect()
}

fn file(tenant: &str, after: ChainHead, rows: &[ChainRow]) -> Vec<String> {
    let head = rows.last().map_or(after, ChainRow::head);
    let opening = serde_json::to_string(&Opening::new(tenant, after, day(9))).unwrap();
    let records = rows.iter().map(|row| serde_json::to_string(&AuditRecord::from(row)).unwrap());
    let closing = serde_json::to_string(&Closing { head: head.into() }).unwrap();
    core::iter::once(opening).chain(records).chain([closing]).collect()
}

fn whole(rows: &[ChainRow]) -> Vec<String> {
    file(TENANT, ChainHead::GENESIS, rows)
}

/// As it would have been signed on that day.
fn attested(heads: &[(&str, ChainHead)], at: Timestamp) -> Attested {
    let secret = SigningKey::from_bytes(&[7; 32]);
    let origin = Checkpoint::origin("https://bot.example.org").unwrap();
    let key = NoteKey::new(origin.clone(), secret.verifying_key().as_bytes()).unwrap();
    let heads = Heads::of(heads.iter().copied());
    let text = heads.checkpoint(origin, at).text();
    let signature = secret.sign(text.as_bytes()).to_bytes();
    let note = SignedNote::new(text, &key, &signature).unwrap().to_string();
    Attested::open(&note, &heads.to_string(), &[key]).unwrap()
}

fn anchors(checkpoints: &[Attested]) -> Anchors {
    let mut anchors = Anchors::new(day(10));
    for checkpoint in checkpoints {
        anchors.add(checkpoint).unwrap();
    }
    anchors
}

fn verify(lines: &[String], anchors: Anchors) -> Result<Vec<Verified>, ExportFault> {
    let mut verifier = Verifier::anchored(anchors);
    lines.iter().try_for_each(|line| verifier.line(line))?;
    verifier.finish()
}

/// Of the third row on one day and of the last one on the next.
fn two_checkpoints(all: &[ChainRow]) -> [Attested; 2] {
    [attested(&[(TENANT, all[2].head())], day(1)), attested(&[(TENANT, all[all.len() - 1].head())], day(2))]
}

fn why(result: Result<Vec<Verified>, ExportFault>) -> AnchorFault {
    match result.unwrap_err() {
        ExportFault::Anchored { tenant, fault } if tenant == TENANT => fault,
        ExportFault::Anchor(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chain_that_has_what_was_signed_holds_and_may_have_grown() {
    let all = rows(TENANT, "settings", 8);
    let grown = verify(&whole(&all), anchors(&two_checkpoints(&all[..5]))).unwrap();
    assert_eq!(grown[0].head, all[7].head());
    let told = anchors(&two_checkpoints(&all[..5])).told();
    assert_eq!(told, (2, Some(day(2))));
}

/// SPEC T36: a cut-off end and a chain that was written anew are whole in themselves, with their heads.
#[test]
fn a_cut_off_chain_and_one_written_anew_show_against_checkpoints_although_their_heads_fit() {
    let all = rows(TENANT, "settings", 5);
    let signed = || anchors(&two_checkpoints(&all));
    assert!(verify(&whole(&all), signed()).is_ok());
    let cut = why(verify(&whole(&all[..4]), signed()));
    assert_eq!(cut, AnchorFault::CutOff { found: 4, seq: 5, at: day(2) });
    let empty = why(verify(&whole(&[]), signed()));
    assert_eq!(empty, AnchorFault::CutOff { found: 0, seq: 3, at: day(1) });
    let anew = why(verify(&whole(&rows(TENANT, "other", 9)), signed()));
    assert_eq!(anew, AnchorFault::Another { seq: 3, at: day(1) });
    // Cut off, then gone on with.
    let mut fork = all[..4].to_vec();
    let event = rows("x", "other", 1)[0].event.clone();
    fork.push(fork[3].head().append(TENANT, event));
    let forked = why(verify(&whole(&fork), signed()));
    assert_eq!(forked, AnchorFault::Another { seq: 5, at: day(2) });
    let elsewhere = file("8", ChainHead::GENESIS, &rows("8", "settings", 1));
    let gone = why(verify(&elsewhere, signed()));
    assert!(matches!(gone, AnchorFault::NoChain { seq: 5, .. }), "{gone:?}");
    assert!(verify(&elsewhere, signed().of_a_part()).is_ok());
}

/// The other end: rows leave when they are 400 days old, and not before.
#[test]
fn a_beginning_that_is_missing_too_early_is_found() {
    let all = rows(TENANT, "settings", 6);
    let since = |count: usize| file(TENANT, all[count - 1].head(), &all[count..]);
    let checkpoints =
        [attested(&[(TENANT, all[2].head())], day(1)), attested(&[(TENANT, all[4].head())], day(3))];
    let at = |now: Timestamp| {
        let mut anchors = Anchors::new(now);
        checkpoints.iter().rev().for_each(|one| anchors.add(one).unwrap());
        anchors
    };
    let early = why(verify(&since(4), at(day(10))));
    assert_eq!(early, AnchorFault::LeftEarly { found: 4, seq: 4, at: day(1) });
    assert!(verify(&since(3), at(day(10))).is_ok(), "they may be older than the first checkpoint");
    let early = why(verify(&since(4), at(day(400))));
    assert_eq!(early, AnchorFault::LeftEarly { found: 4, seq: 4, at: day(1) });
    assert!(verify(&since(5), at(day(401))).is_ok(), "the first checkpoint is too old to say");
    let early = why(verify(&since(6), at(day(402))));
    assert_eq!(early, AnchorFault::LeftEarly { found: 6, seq: 6, at: day(3) });
    assert!(verify(&since(6), at(day(403))).is_ok());
    // A chain that no checkpoint knew has all its rows.
    let new = file("8", rows("8", "settings", 1)[0].head(), &[]);
    let joined = [since(3), new].concat();
    let fault = verify(&joined, at(day(10))).unwrap_err();
    assert_eq!(
        fault,
        ExportFault::Anchored {
            tenant: "8".into(),
            fault: AnchorFault::LeftEarly { found: 1, seq: 1, at: day(1) }
        }
    );
}

#[test]
fn what_stands_before_the_first_row_is_held_against_its_checkpoint() {
    let (all, other) = (rows(TENANT, "settings", 5), rows(TENANT, "other", 5));
    let signed = || anchors(&[attested(&[(TENANT, all[2].head())], day(1))]);
    assert!(verify(&file(TENANT, all[2].head(), &all[3..]), signed()).is_ok());
    let forged = why(verify(&file(TENANT, other[2].head(), &other[3..]), signed()));
    assert_eq!(forged, AnchorFault::Another { seq: 3, at: day(1) });
}

#[test]
fn checkpoints_that_contradict_each_other_are_a_fork() {
    let (all, other) = (rows(TENANT, "settings", 3), rows(TENANT, "other", 3));
    let mut anchors = anchors(&[attested(&[(TENANT, all[2].head())], day(1))]);
    let fault = anchors.add(&attested(&[(TENANT, other[2].head())], day(2))).unwrap_err();
    let chain = ChainId::of(TENANT);
    assert_eq!(fault, AnchorFault::Forked { chain, seq: 3, one: day(1), other: day(2) });
}

#[test]
fn faults_say_what_to_look_for() {
    let all = rows(TENANT, "settings", 5);
    let cut = verify(&whole(&all[..4]), anchors(&two_checkpoints(&all))).unwrap_err();
    insta::assert_snapshot!(cut);
    let anew = verify(&whole(&rows(TENANT, "other", 9)), anchors(&two_checkpoints(&all))).unwrap_err();
    insta::assert_snapshot!(anew);
    let none = verify(&file("8", ChainHead::GENESIS, &[]), anchors(&two_checkpoints(&all))).unwrap_err();
    insta::assert_snapshot!(none);
}

/// What one can do to a file in one step.
#[derive(Clone, Copy, Debug)]
enum Change {
    Edit(u8),
    Delete,
    Repeat,
    Swap,
    CutWithHead,
    Rebuild,
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        (33_u8..127).prop_map(Change::Edit),
        Just(Change::Delete),
        Just(Change::Repeat),
        Just(Change::Swap),
        Just(Change::CutWithHead),
        Just(Change::Rebuild),
    ]
}

fn changed(all: &[ChainRow], change: Change, row: usize, byte: Index) -> Vec<String> {
    let mut lines = whole(all);
    let line = row + 1;
    match change {
        Change::Edit(with) => {
            // When a row leaves is not a part of what happened, and stands last.
            let end = lines[line].find("\"expires_at\"").unwrap();
            let at = byte.index(end);
            lines[line].replace_range(at..=at, char::from(with).encode_utf8(&mut [0; 4]));
        }
        Change::Delete => drop(lines.remove(line)),
        Change::Repeat => lines.insert(line, lines[line].clone()),
        Change::Swap => lines.swap(line, line % all.len() + 1),
        Change::CutWithHead => lines = whole(&all[..row]),
        // With its head, from this row on.
        Change::Rebuild => {
            let mut forged = all[..row].to_vec();
            let event = rows("x", "other", 1)[0].event.clone();
            while forged.len() < all.len() {
                let head = forged.last().map_or(ChainHead::GENESIS, ChainRow::head);
                forged.push(head.append(TENANT, event.clone()));
            }
            lines = whole(&forged);
        }
    }
    lines
}

proptest! {
    /// SPEC T36: edits, deletions, insertions, other orders, cuts and rewrites, each with whatever head fits.
    #[test]
    fn every_single_change_is_found(change in changes(), row in any::<Index>(), byte in any::<Index>(), count in 3_u32..7) {
        let all = rows(TENANT, "settings", count);
        let lines = changed(&all, change, row.index(all.len()), byte);
        prop_assume!(lines != whole(&all));
        prop_assert!(verify(&whole(&all), anchors(&two_checkpoints(&all))).is_ok());
        prop_assert!(verify(&lines, anchors(&two_checkpoints(&all))).is_err(), "{:?}", change);
    }
}
