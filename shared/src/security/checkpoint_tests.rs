use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

const BASE: &str = "https://bot.example.org";

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn key(name: &str) -> NoteKey {
    NoteKey::new(name.parse().unwrap(), signing_key().verifying_key().as_bytes()).unwrap()
}

fn origin() -> KeyName {
    Checkpoint::origin(BASE).unwrap()
}

fn at() -> Timestamp {
    "2026-01-02T03:00:00.5Z".parse().unwrap()
}

fn head(seq: u64) -> ChainHead {
    ChainHead {
        seq,
        hash: ChainHash::from_hex(&HEXLOWER.encode(&Sha256::digest(seq.to_be_bytes()))).unwrap(),
    }
}

fn heads() -> Heads {
    Heads::of([("7", head(3)), ("8", head(12)), ("operators", head(1)), ("9", ChainHead::GENESIS)])
}

fn note(text: &str, name: &str) -> String {
    let signature = signing_key().sign(text.as_bytes()).to_bytes();
    SignedNote::new(text.to_owned(), &key(name), &signature).unwrap().to_string()
}

fn open(note: &str, list: &str) -> Result<Attested, BadCheckpoint> {
    Attested::open(note, list, &[key("bot.example.org/audit")])
}

#[test]
fn a_checkpoint_is_four_lines_about_a_list() {
    let list = heads().to_string();
    insta::assert_snapshot!("list", list);
    let checkpoint = heads().checkpoint(origin(), at());
    insta::assert_snapshot!("checkpoint", checkpoint.text());
    assert_eq!((checkpoint.rows, heads().chains()), (16, 3));
    // `sha256sum` of the list.
    assert_eq!(checkpoint.root.to_string(), HEXLOWER.encode(&Sha256::digest(list.as_bytes())));
    let read = open(&note(&checkpoint.text(), "bot.example.org/audit"), &list).unwrap();
    assert_eq!((read.checkpoint(), read.heads()), (&checkpoint, &heads()));
    assert_eq!(read.heads().get(ChainId::of("8")), Some(head(12)));
    assert_eq!(read.heads().get(ChainId::of("9")), None);
}

/// `printf 'timmybot-audit-tenant-v1\0%s' 7 | sha256sum`
#[test]
fn a_tenant_is_named_by_a_digest() {
    let expected = Sha256::digest(b"timmybot-audit-tenant-v1\x007");
    assert_eq!(ChainId::of("7").to_string(), HEXLOWER.encode(&expected));
    assert!(!heads().to_string().contains("operators"));
}

#[test]
fn names_of_files_follow_from_the_day_and_the_list() {
    let stem = |heads: &Heads, at: &str| heads.checkpoint(origin(), at.parse().unwrap()).stem();
    let (morning, evening) = ("2026-01-02T03:00:00Z", "2026-01-02T23:59:59Z");
    let named = stem(&heads(), morning);
    assert_eq!(named, format!("2026-01-02-00000000000000000016-{}", heads().root()));
    assert_eq!(named, stem(&heads(), evening));
    assert_ne!(named, stem(&heads(), "2026-01-03T00:00:00Z"));
    assert_ne!(named, stem(&Heads::of([("7", head(16))]), morning));
}

#[test]
fn the_origin_is_the_address_without_its_scheme() {
    for (base, expected) in [
        ("https://bot.example.org", "bot.example.org/audit"),
        ("https://bot.example.org/x/", "bot.example.org/x/audit"),
        ("http://127.0.0.1:8787", "127.0.0.1:8787/audit"),
    ] {
        assert_eq!(Checkpoint::origin(base).unwrap().as_str(), expected);
    }
    assert!(Checkpoint::origin("https://bot example").is_err());
}

#[test]
fn another_list_another_log_and_another_text_are_refused() {
    let (list, text) = (heads().to_string(), heads().checkpoint(origin(), at()).text());
    let good = note(&text, "bot.example.org/audit");
    assert!(open(&good, &list).is_ok());
    let fewer = Heads::of([("7", head(3))]).to_string();
    assert_eq!(open(&good, &fewer), Err(BadCheckpoint::OtherList));
    assert_eq!(open(&good, ""), Err(BadCheckpoint::OtherList));
    // A key of ours that is for something else.
    let other = note(&text, "bot.example.org/receipts");
    assert_eq!(open(&other, &list), Err(BadCheckpoint::Note(BadNote::Unsigned)));
    let keys = [key("bot.example.org/receipts")];
    assert_eq!(Attested::open(&other, &list, &keys), Err(BadCheckpoint::Form));
    for changed in [
        text.replace("16\n", "016\n"),
        text.replace("16\n", "+16\n"),
        text.replace("at 2026-01-02T03:00:00Z", "at 2026-01-02T03:00:00.000Z"),
        text.replace("at 2026-01-02T03:00:00Z", "at 2026-01-02T04:00:00+01:00"),
        text.replace("at ", "on "),
        format!("{text}more\n"),
        "hello\n".to_owned(),
    ] {
        assert_ne!(changed, text);
        let signed = note(&changed, "bot.example.org/audit");
        assert_eq!(open(&signed, &list), Err(BadCheckpoint::Form), "{changed}");
    }
    let wrong = note(&text.replace("16\n", "17\n"), "bot.example.org/audit");
    assert_eq!(open(&wrong, &list), Err(BadCheckpoint::OtherList));
}

#[test]
fn a_list_has_one_spelling() {
    let list = heads().to_string();
    let lines: Vec<&str> = list.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    for bad in [
        String::new(),
        LIST.to_owned(),
        list.trim_end().to_owned(),
        list.replace('\n', "\r\n"),
        list.to_uppercase(),
        list.replace(" 3 ", " 03 "),
        list.replace(" 3 ", " 0 "),
        list.replace(" 3 ", "  3 "),
        list.replace("-v1", "-v2"),
        format!("{list}\n"),
        joined(&[lines[0], lines[2], lines[1], lines[3]]),
        joined(&[lines[0], lines[1], lines[1], lines[2], lines[3]]),
    ] {
        assert_eq!(bad.parse::<Heads>(), Err(NotAList), "{bad}");
    }
    assert_eq!(joined(&lines[..1]).parse(), Ok(Heads::default()));
}

proptest! {
    #[test]
    fn every_list_is_read_as_it_was_written(chains in proptest::collection::btree_map("[a-z0-9#]{1,20}", 1_u64.., 0..9)) {
        let heads = Heads::of(chains.iter().map(|(tenant, seq)| (tenant, head(*seq))));
        let read: Heads = heads.to_string().parse().unwrap();
        prop_assert_eq!(read.root(), heads.root());
        prop_assert_eq!(read, heads);
    }

    /// Neither in the list nor in the note.
    #[test]
    fn no_changed_byte_goes_unseen(in_list: bool, at_byte in any::<Index>(), with in 0_u8..128) {
        let list = heads().to_string();
        let note = note(&heads().checkpoint(origin(), at()).text(), "bot.example.org/audit");
        let (mut changed_list, mut changed_note) = (list.clone().into_bytes(), note.clone().into_bytes());
        let changed = if in_list { &mut changed_list } else { &mut changed_note };
        let place = at_byte.index(changed.len());
        changed[place] = with;
        let (Ok(changed_list), Ok(changed_note)) = (String::from_utf8(changed_list), String::from_utf8(changed_note)) else {
            return Ok(());
        };
        prop_assume!((&changed_list, &changed_note) != (&list, &note));
        prop_assert!(open(&changed_note, &changed_list).is_err());
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\PC\n]{0,200}") {
        let _ = text.parse::<Heads>();
        prop_assert!(Checkpoint::parse(&text).is_none());
    }
}
