use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::security::checkpoint::Attested;

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn key() -> NoteKey {
    NoteKey::new("bot.example.org/audit".parse().unwrap(), signing_key().verifying_key().as_bytes()).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn receipt() -> ErasureReceipt {
    let mut counts: BTreeMap<Place, u64> = Place::ALL.into_iter().map(|place| (place, 0)).collect();
    counts.insert(Place::AccountLinks, 3);
    counts.insert(Place::UserSecrets, 1);
    ErasureReceipt {
        request: PrivacyRequestId::of_digest(&[0xab; 32]),
        subject: SubjectKind::User,
        asked_at: at("2026-01-02T03:04:05Z"),
        erased_at: at("2026-01-02T03:07:00Z"),
        counts,
        revocations: [(Provider::Spotify, Revocation::Done), (Provider::Twitch, Revocation::Failed)].into(),
    }
}

fn note(text: &str) -> String {
    let signature = signing_key().sign(text.as_bytes()).to_bytes();
    SignedNote::new(text.to_owned(), &key(), &signature).unwrap().to_string()
}

#[test]
fn a_receipt_says_where_and_when_and_not_who() {
    insta::assert_snapshot!("receipt", receipt().text());
    assert_eq!(ErasureReceipt::open(&note(&receipt().text()), &[key()]), Ok(receipt()));
    assert!(receipt().text().len() < crate::security::signed_note::TEXT_MAX);
}

#[test]
fn times_are_to_the_second_and_what_was_not_counted_is_zero() {
    let exact = ErasureReceipt { asked_at: at("2026-01-02T03:04:05.678Z"), ..receipt() };
    assert_eq!(exact.text(), receipt().text());
    let none = ErasureReceipt { counts: BTreeMap::new(), ..receipt() };
    let read = ErasureReceipt::open(&note(&none.text()), &[key()]).unwrap();
    assert_eq!((read.counts.len(), read.counts.values().sum::<u64>()), (Place::ALL.len(), 0));
}

#[test]
fn another_key_and_another_text_are_refused() {
    let good = note(&receipt().text());
    let other = NoteKey::new(
        "bot.example.org/audit".parse().unwrap(),
        SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes(),
    );
    assert!(matches!(ErasureReceipt::open(&good, &[other.unwrap()]), Err(BadReceipt::Note(_))));
    assert!(matches!(ErasureReceipt::open(&good, &[]), Err(BadReceipt::Note(_))));
    assert!(matches!(ErasureReceipt::open("", &[key()]), Err(BadReceipt::Note(_))));
    for (from, to) in [
        ("receipt-v1", "receipt-v2"),
        ("subject user", "subject role"),
        ("store account-links 3", "store account-links +3"),
        ("store account-links 3", "store audit 3"),
        ("store account-links 3\n", ""),
        ("spotify done", "spotify maybe"),
        ("kept audit 400\n", ""),
        ("backups 35", "backups 3"),
        ("erased 2026-01-02T03:07:00Z", "erased 2026-01-02T03:07:00.5Z"),
    ] {
        let text = receipt().text();
        assert!(text.contains(from), "{from}");
        let signed = note(&text.replacen(from, to, 1));
        assert_eq!(ErasureReceipt::open(&signed, &[key()]), Err(BadReceipt::Form), "{to}");
    }
}

#[test]
fn a_receipt_is_no_checkpoint_and_a_checkpoint_no_receipt() {
    let signed = note(&receipt().text());
    assert!(Attested::open(&signed, "timmybot-audit-heads-v1\n", &[key()]).is_err());
    let checkpoint = note("bot.example.org/audit\n0\nAAAA\nat 2026-01-02T03:04:05Z\n");
    assert_eq!(ErasureReceipt::open(&checkpoint, &[key()]), Err(BadReceipt::Form));
}

proptest! {
    /// No byte of it can be another.
    #[test]
    fn a_changed_byte_is_found(at in any::<Index>(), flip in 1_u8..128) {
        let good = note(&receipt().text());
        let mut bytes = good.clone().into_bytes();
        let index = at.index(bytes.len());
        bytes[index] ^= flip;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(ErasureReceipt::open(&changed, &[key()]).is_err());
        }
    }

    #[test]
    fn counts_read_as_they_were_written(counts in prop::collection::vec(any::<u64>(), Place::ALL.len())) {
        let receipt = ErasureReceipt { counts: Place::ALL.into_iter().zip(counts).collect(), ..receipt() };
        prop_assert_eq!(ErasureReceipt::open(&note(&receipt.text()), &[key()]), Ok(receipt));
    }
}
