use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::ToSpan as _;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::security::secret::Secret;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const OTHER: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn keys() -> KeySet {
    let set = json!({ "keys": [
        { "kid": "k2", "key": OTHER, "from": "2026-01-02T03:10:00Z" },
        { "kid": "k1", "key": KEY, "until": "2026-01-09T00:00:00Z" },
    ] });
    KeySet::parse(&Secret::new(set.to_string())).unwrap()
}

fn realm() -> Realm {
    Realm::new("https://bot.example.org/")
}

fn access() -> Access {
    Access {
        user: UserId::new(5001),
        username: "Ada".to_owned(),
        roles: vec!["user".to_owned()],
        id: "t1".to_owned(),
        family: "f1".to_owned(),
        epoch: 3,
        expires_at: now() + 30.minutes(),
    }
}

/// A token as anybody could write it, with a right signature under this key.
fn forge(header: &Value, claims: &Value, key: &[u8]) -> String {
    let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(&signed).finalize();
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac.into_bytes()))
}

fn right_key() -> Vec<u8> {
    data_encoding::HEXLOWER.decode(KEY.as_bytes()).unwrap()
}

fn header() -> Value {
    json!({ "alg": "HS256", "typ": "JWT", "kid": "k1" })
}

fn claims() -> Value {
    let (iat, exp) = (now().as_second(), (now() + 30.minutes()).as_second());
    json!({
        "sub": "5001", "username": "Ada", "roles": ["user"], "iss": "https://bot.example.org",
        "aud": "https://bot.example.org", "jti": "t1", "iat": iat, "nbf": iat, "exp": exp, "type": "access",
        "fam": "f1", "epoch": 3,
    })
}

fn with(mut json: Value, name: &str, value: Value) -> Value {
    json[name] = value;
    json
}

fn without(mut json: Value, name: &str) -> Value {
    json.as_object_mut().unwrap().remove(name);
    json
}

fn judge(token: &str) -> Result<Access, InvalidToken> {
    verify(token, &keys(), &realm(), now())
}

#[test]
fn what_was_signed_is_read_back_and_is_what_rfc_7519_says() {
    let token = sign(&access(), &keys(), &realm(), now()).unwrap();
    assert_eq!(judge(&token), Ok(access()));
    assert_eq!(judge(&forge(&header(), &claims(), &right_key())), Ok(access()));
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap())
        .collect();
    assert_eq!(parts, [header(), claims()]);
}

#[test]
fn a_new_key_verifies_before_it_signs_and_an_old_one_for_its_grace() {
    let later = now() + 10.minutes();
    let token = sign(&access(), &keys(), &realm(), later).unwrap();
    assert_eq!(kid(&token).unwrap().as_str(), "k2");
    assert!(verify(&token, &keys(), &realm(), later).is_ok());
    let old = forge(&header(), &claims(), &right_key());
    let ends: Timestamp = "2026-01-09T00:00:00Z".parse().unwrap();
    assert_eq!(verify(&old, &keys(), &realm(), ends), Err(InvalidToken::UnknownKey));
}

#[test]
fn no_token_lasts_longer_than_an_hour() {
    let long = Access { expires_at: now() + 5.hours(), ..access() };
    let token = sign(&long, &keys(), &realm(), now()).unwrap();
    assert_eq!(judge(&token).unwrap().expires_at, now() + 1.hour());
    let exp = (now() + 61.minutes()).as_second();
    let forged = forge(&header(), &with(claims(), "exp", exp.into()), &right_key());
    assert_eq!(judge(&forged), Err(InvalidToken::Expired));
}

#[test]
fn headers_that_we_never_write_are_refused() {
    for (header, expected) in [
        (with(header(), "alg", "none".into()), InvalidToken::Algorithm),
        (with(header(), "alg", "HS512".into()), InvalidToken::Algorithm),
        (with(header(), "alg", "RS256".into()), InvalidToken::Algorithm),
        (with(header(), "kid", "k9".into()), InvalidToken::UnknownKey),
        (with(header(), "kid", "../k1".into()), InvalidToken::UnknownKey),
        (with(header(), "typ", "at+jwt".into()), InvalidToken::Malformed),
        (without(header(), "kid"), InvalidToken::Malformed),
        (without(header(), "typ"), InvalidToken::Malformed),
        (with(header(), "crit", json!(["exp"])), InvalidToken::Malformed),
        (with(header(), "jku", "https://evil.example".into()), InvalidToken::Malformed),
        (with(header(), "jwk", json!({})), InvalidToken::Malformed),
    ] {
        assert_eq!(judge(&forge(&header, &claims(), &right_key())), Err(expected), "{header}");
    }
}

#[test]
fn claims_of_others_are_refused() {
    for claims in [
        with(claims(), "type", "refresh".into()),
        with(claims(), "iss", "https://other.example.org".into()),
        with(claims(), "aud", "https://other.example.org".into()),
        with(claims(), "aud", json!(["https://bot.example.org"])),
        with(claims(), "sub", "nobody".into()),
        with(claims(), "email", "ada@example.org".into()),
        with(claims(), "exp", i64::MAX.into()),
        without(claims(), "type"),
        without(claims(), "exp"),
        without(claims(), "nbf"),
        without(claims(), "iss"),
        without(claims(), "aud"),
        without(claims(), "jti"),
        json!([]),
    ] {
        assert_eq!(judge(&forge(&header(), &claims, &right_key())), Err(InvalidToken::Claims), "{claims}");
    }
}

#[test]
fn a_token_is_good_in_its_time_with_a_minute_of_leeway() {
    let token = forge(&header(), &claims(), &right_key());
    let judged = |at: Timestamp| verify(&token, &keys(), &realm(), at).map(drop);
    assert_eq!([judged(now() - 60.seconds()), judged(now() + (30 * 60 + 59).seconds())], [Ok(()), Ok(())]);
    assert_eq!(judged(now() - 61.seconds()), Err(InvalidToken::Future));
    assert_eq!(judged(now() + 31.minutes()), Err(InvalidToken::Expired));
}

#[test]
fn another_key_and_no_key_sign_nothing() {
    for key in [&b""[..], b"k1", KEY.as_bytes()] {
        assert_eq!(judge(&forge(&header(), &claims(), key)), Err(InvalidToken::BadSignature));
    }
    let right = forge(&header(), &claims(), &right_key());
    let (signed, signature) = right.rsplit_once('.').unwrap();
    for signature in ["", &signature[1..], &format!("{signature}A"), "AAAA"] {
        assert!(judge(&format!("{signed}.{signature}")).is_err(), "{signature}");
    }
}

/// RFC 7519, section 6.1, and RFC 7515, appendix A.1: right tokens, and none of ours.
#[test]
fn the_examples_of_the_rfcs_are_refused() {
    let unsecured_test_token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    let signed_test_token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    for token in [unsecured_test_token, signed_test_token, "", ".", "..", "a.b.c", "a.b.c.d"] {
        assert_eq!(judge(token), Err(InvalidToken::Malformed), "{token}");
    }
    assert_eq!(judge(&"a".repeat(TOKEN_MAX + 1)), Err(InvalidToken::Malformed));
}

#[test]
fn each_cause_has_its_word() {
    use InvalidToken::{Algorithm, BadSignature, Claims, Expired, Future, Malformed, UnknownKey};
    for cause in [Malformed, Algorithm, UnknownKey, BadSignature, Claims, Future, Expired] {
        assert_eq!(cause.to_string(), cause.reason());
    }
}

proptest! {
    #[test]
    fn one_changed_character_is_found(at in 0_usize..400, with in "[A-Za-z0-9_-]") {
        let token = forge(&header(), &claims(), &right_key());
        let at = at % token.len();
        let mut changed = token.clone();
        changed.replace_range(at..=at, &with);
        // The last character of the signature holds bits that no decoder may ignore.
        prop_assert!(changed == token || judge(&changed).is_err(), "{changed}");
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}", header in "[A-Za-z0-9_-]{0,80}") {
        prop_assert!(judge(&text).is_err());
        let three = format!("{header}.{text}.x");
        prop_assert!(judge(&three).is_err());
    }
}
