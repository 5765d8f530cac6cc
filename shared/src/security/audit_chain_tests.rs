use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::ids::UserId;
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;

const TENANT: &str = "guild#42";

fn event(number: u32) -> AuditEvent {
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    let start: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let at = start + i64::from(number).seconds();
    AuditEvent::new(names.admin(UserId::new(42)), "set", "settings", "slash_command", at, [1; 10])
        .detail("number", number)
}

fn chain(tenant: &str, length: u32) -> Vec<ChainRow> {
    let mut head = ChainHead::GENESIS;
    (0..length)
        .map(|number| {
            let row = head.append(tenant, event(number));
            head = row.head();
            row
        })
        .collect()
}

fn verify(rows: &[ChainRow]) -> Result<ChainHead, ChainFault> {
    verify_chain(TENANT, ChainHead::GENESIS, rows)
}

#[test]
fn an_untouched_chain_verifies_to_its_head() {
    let rows = chain(TENANT, 5);
    assert_eq!(verify(&rows), Ok(rows[4].head()));
    assert_eq!(verify(&[]), Ok(ChainHead::GENESIS));
    assert_eq!(verify_to_head(TENANT, ChainHead::GENESIS, &rows, rows[4].head()), Ok(()));
}

#[test]
fn a_chain_whose_oldest_rows_have_expired_verifies_from_a_known_row() {
    let rows = chain(TENANT, 5);
    assert_eq!(verify_chain(TENANT, rows[1].head(), &rows[2..]), Ok(rows[4].head()));
}

/// Computed with another implementation from the text of the two modules alone.
#[test]
fn the_hash_is_the_documented_one() {
    assert_eq!(
        chain(TENANT, 1)[0].hash.to_hex(),
        "ef18795338d71181b818a2bd428a4dc8dc9876ab0b5f9224b5b409a6338a5a53"
    );
}

#[test]
fn each_tampering_has_its_name() {
    let rows = chain(TENANT, 5);
    let tampered = |change: fn(&mut Vec<ChainRow>)| {
        let mut copy = rows.clone();
        change(&mut copy);
        verify(&copy)
    };
    assert_eq!(tampered(|rows| drop(rows.remove(2))), Err(ChainFault::Gap { expected: 3, found: 4 }));
    assert_eq!(tampered(|rows| drop(rows.remove(0))), Err(ChainFault::Gap { expected: 1, found: 2 }));
    assert_eq!(tampered(|rows| rows.swap(1, 2)), Err(ChainFault::Gap { expected: 2, found: 3 }));
    let doubled = tampered(|rows| rows.insert(2, rows[1].clone()));
    assert_eq!(doubled, Err(ChainFault::OutOfOrder { expected: 3, found: 2 }));
    assert_eq!(tampered(|rows| rows[2].event = event(9)), Err(ChainFault::Edited { seq: 3 }));
    assert_eq!(tampered(|rows| rows[2].prev = rows[2].hash), Err(ChainFault::Unlinked { seq: 3 }));
    assert_eq!(
        tampered(|rows| rows[2].tenant = "guild#43".into()),
        Err(ChainFault::ForeignTenant { seq: 3 })
    );
}

#[test]
fn a_row_rewritten_with_a_fitting_hash_breaks_the_next_link() {
    let mut rows = chain(TENANT, 5);
    rows[2] = rows[1].head().append(TENANT, event(9));
    assert_eq!(verify(&rows), Err(ChainFault::Unlinked { seq: 4 }));
}

#[test]
fn a_row_inserted_with_fitting_hashes_breaks_at_the_next_row() {
    let mut rows = chain(TENANT, 5);
    rows.insert(2, rows[1].head().append(TENANT, event(9)));
    assert_eq!(verify(&rows), Err(ChainFault::OutOfOrder { expected: 4, found: 3 }));
}

#[test]
fn a_cut_off_end_and_a_rewritten_chain_show_against_the_head() {
    let rows = chain(TENANT, 5);
    let head = rows[4].head();
    let cut = verify_to_head(TENANT, ChainHead::GENESIS, &rows[..4], head);
    assert_eq!(cut, Err(ChainFault::HeadMismatch { expected: 5, found: 4 }));
    let rewritten = (0..5).fold(Vec::<ChainRow>::new(), |mut rows, number| {
        let head = rows.last().map_or(ChainHead::GENESIS, ChainRow::head);
        rows.push(head.append(TENANT, event(number + 100)));
        rows
    });
    let forged = verify_to_head(TENANT, ChainHead::GENESIS, &rewritten, head);
    assert_eq!(forged, Err(ChainFault::HeadMismatch { expected: 5, found: 5 }));
}

#[test]
fn the_same_event_in_another_tenant_has_another_hash() {
    assert_ne!(chain(TENANT, 1)[0].hash, chain("guild#43", 1)[0].hash);
}

#[test]
fn a_hash_reads_back_from_its_digits_only() {
    let hash = chain(TENANT, 1)[0].hash;
    assert_eq!(ChainHash::from_hex(&hash.to_hex()), Some(hash));
    for text in ["", "00", &hash.to_hex().to_uppercase(), &format!("{}00", hash.to_hex())] {
        assert_eq!(ChainHash::from_hex(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_single_change_inside_is_found(length in 2_u32..12, at: Index, with: Index, change in 0..4) {
        let rows = chain(TENANT, length);
        let mut copy = rows.clone();
        let (at, with) = (at.index(copy.len() - 1), with.index(copy.len()));
        match change {
            0 => drop(copy.remove(at)),
            1 => copy.swap(at, with),
            2 => copy.insert(at, rows[with].clone()),
            _ => copy[at].event = event(1000),
        }
        prop_assume!(copy != rows);
        prop_assert!(verify_to_head(TENANT, ChainHead::GENESIS, &copy, rows.last().unwrap().head()).is_err());
    }
}
