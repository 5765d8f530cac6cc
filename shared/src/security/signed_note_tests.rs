use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// The example of Go's `golang.org/x/mod/sumdb/note`, which the specification grew out of.
const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEST_SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\
    \n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// Another key of the same tests.
const OTHER: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";

fn peter() -> NoteKey {
    VKEY.parse().unwrap()
}

fn signing_key() -> SigningKey {
    let secret = BASE64.decode(TEST_SEED.as_bytes()).unwrap();
    SigningKey::from_bytes(secret[1..].try_into().unwrap())
}

fn signed(text: &str) -> SignedNote {
    SignedNote::new(text.to_owned(), &peter(), &signing_key().sign(text.as_bytes()).to_bytes()).unwrap()
}

#[test]
fn gos_example_is_read_believed_and_written_alike() {
    let note: SignedNote = NOTE.parse().unwrap();
    let keys = [OTHER.parse().unwrap(), peter()];
    assert_eq!(note.verify(&keys).unwrap(), [&keys[1]]);
    assert_eq!(note.to_string(), NOTE);
    assert_eq!(peter().to_string(), VKEY);
    assert_eq!((peter().name().as_str(), peter().id().as_str()), ("PeterNeumann", "c74f20a3"));
    assert_eq!(signed(note.unverified_text()).to_string(), NOTE, "and ours is signed as theirs");
}

#[test]
fn a_note_is_believed_under_a_key_of_the_readers_and_no_other() {
    let note: SignedNote = NOTE.parse().unwrap();
    assert_eq!(note.verify(&[]), Err(BadNote::Unsigned));
    assert_eq!(note.verify(&[OTHER.parse().unwrap()]), Err(BadNote::Unsigned));
    let renamed = NoteKey::new("Peter".parse().unwrap(), peter().public()).unwrap();
    assert_eq!(note.verify(&[renamed]), Err(BadNote::Unsigned));
    let forged: SignedNote = NOTE.replace("your problem is", "my problem is").parse().unwrap();
    assert_eq!(forged.verify(&[peter()]), Err(BadNote::BadSignature));
}

/// Somebody else's signature makes no difference, a second one of a known key spoils the note.
#[test]
fn a_known_key_signs_once() {
    let line = NOTE.lines().last().unwrap();
    let stranger = line.replace("PeterNeumann", "stranger");
    let with = |more: &str| {
        format!("{NOTE}{more}\n").parse::<SignedNote>().unwrap().verify(&[peter()]).map(|keys| keys.len())
    };
    assert_eq!(with(&stranger), Ok(1));
    assert_eq!(with(line), Err(BadNote::BadSignature));
    assert_eq!(with(&line.replace("x08go/ZJ", "x08go/ZK")), Err(BadNote::BadSignature));
}

#[test]
fn a_signature_that_does_not_hold_is_never_written() {
    let other = signing_key().sign(b"other\n").to_bytes();
    assert_eq!(SignedNote::new("text\n".into(), &peter(), &other), Err(BadNote::BadSignature));
    assert_eq!(SignedNote::new("text\n".into(), &peter(), &other[1..]), Err(BadNote::BadSignature));
    let long = "x".repeat(TEXT_MAX) + "\n";
    for text in ["text", "", "bell\u{7}\n", "tab\t\n", &long] {
        let own = signing_key().sign(text.as_bytes()).to_bytes();
        assert_eq!(SignedNote::new(text.to_owned(), &peter(), &own), Err(BadNote::Form), "{text:?}");
    }
}

#[test]
fn what_has_not_the_form_is_no_note() {
    let line = NOTE.lines().last().unwrap();
    let many = format!("a\n\n{}", format!("{line}\n").repeat(SIGNATURES_MAX + 1));
    for bad in [
        "",
        "\n",
        "a\n\n",
        "a\n",
        NOTE.trim_end(),
        &NOTE.replace("\n\n", "\n"),
        &NOTE.replace('\n', "\r\n"),
        &NOTE.replace("— ", "- "),
        &NOTE.replace("PeterNeumann x", "Peter Neumann x"),
        &NOTE.replace("nAM=", "nAM"),
        &NOTE.replace("nAM=", "nAN="),
        "a\n\n— n AAAA\n",
        "a\n\n— n AAAAAA==\n",
        &format!("{NOTE}\n"),
        &many,
    ] {
        assert_eq!(bad.parse::<SignedNote>().err(), Some(BadNote::Form), "{bad:?}");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let small = NoteKey::new("n".parse().unwrap(), &{
        let mut one = [0; 32];
        one[0] = 1;
        one
    });
    assert_eq!(small, Err(BadNoteKey::Key));
    for (bad, why) in [
        ("", BadNoteKey::Form),
        ("PeterNeumann+c74f20a3", BadNoteKey::Form),
        ("PeterNeumann+c74f20a3+ARpc", BadNoteKey::Form),
        (&VKEY.replace("+AR", "+ZR"), BadNoteKey::Form),
        (&VKEY.replace("c74f", "C74F"), BadNoteKey::Hash),
        (&VKEY.replace("Peter", "Pieter"), BadNoteKey::Hash),
        (&VKEY.replace("PeterNeumann", ""), BadNoteKey::Name),
    ] {
        assert_eq!(bad.parse::<NoteKey>(), Err(why), "{bad}");
    }
    let long = "n".repeat(NAME_MAX + 1);
    for bad in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{0}", &long] {
        assert_eq!(bad.parse::<KeyName>(), Err(BadNoteKey::Name), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn no_changed_character_goes_unseen(at in any::<Index>(), with in any::<char>()) {
        let mut changed: Vec<char> = NOTE.chars().collect();
        let at = at.index(changed.len());
        changed[at] = with;
        let changed: String = changed.into_iter().collect();
        prop_assume!(changed != NOTE);
        let believed = changed.parse::<SignedNote>().and_then(|note| note.verify(&[peter()]).map(|keys| keys.len()));
        prop_assert!(believed.is_err(), "{}", changed);
    }

    #[test]
    fn what_is_signed_is_read_back(lines in proptest::collection::vec("[^\\p{Cc}]{0,40}", 1..6)) {
        let text = lines.join("\n") + "\n";
        let note = signed(&text);
        let read: SignedNote = note.to_string().parse().unwrap();
        prop_assert_eq!(read.unverified_text(), text.as_str());
        prop_assert!(read.verify(&[peter()]).is_ok());
        prop_assert_eq!(read, note);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\PC\n]{0,200}") {
        let _ = text.parse::<SignedNote>();
        let _ = text.parse::<NoteKey>();
    }
}
