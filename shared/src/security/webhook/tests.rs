//! The vectors that the senders document, and what may be wrong with a message.

use proptest::prelude::*;

use super::mac::tag;
use super::*;
use crate::http_event::HeaderFault;
use crate::security::secret::Secret;

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "a secret of the tests";
const OLD: &str = "the secret before it";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn keys(secret: &str) -> WebhookKeys {
    WebhookKeys::parse(&Secret::new(secret), at(NOW)).unwrap()
}

fn hex(secret: &str, parts: &[&[u8]]) -> String {
    HEXLOWER.encode(&tag(&Secret::new(secret), parts))
}

fn post(headers: &[(&str, &str)], body: &[u8]) -> HttpEvent {
    HttpEvent::new("POST", headers, body)
}

/// A right message of each scheme: its headers, sent at this second, signed with this secret.
fn headers(scheme: Scheme, secret: &str, second: i64, body: &[u8]) -> Vec<(&'static str, String)> {
    let time = second.to_string();
    match scheme {
        Scheme::Generic => vec![
            ("x-webhook-signature", format!("sha256={}", hex(secret, &[time.as_bytes(), b".", body]))),
            ("x-webhook-timestamp", time),
        ],
        Scheme::Slack => vec![
            ("x-slack-signature", format!("v0={}", hex(secret, &[b"v0:", time.as_bytes(), b":", body]))),
            ("x-slack-request-timestamp", time),
        ],
        Scheme::Twitch => {
            let time = at(second).to_string();
            let signature = format!("sha256={}", hex(secret, &[b"id-1", time.as_bytes(), body]));
            vec![
                ("twitch-eventsub-message-id", "id-1".to_owned()),
                ("twitch-eventsub-message-timestamp", time),
                ("twitch-eventsub-message-signature", signature),
            ]
        }
        Scheme::GitHub => vec![("x-hub-signature-256", format!("sha256={}", hex(secret, &[body])))],
        Scheme::WebSub => vec![("x-hub-signature", format!("sha256={}", hex(secret, &[body])))],
    }
}

const SCHEMES: [Scheme; 5] = [Scheme::Generic, Scheme::Twitch, Scheme::Slack, Scheme::GitHub, Scheme::WebSub];
const TIMED: [Scheme; 3] = [Scheme::Generic, Scheme::Twitch, Scheme::Slack];

fn event(headers: &[(&'static str, String)], body: &[u8]) -> HttpEvent {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(&headers, body)
}

fn judge(scheme: Scheme, event: &HttpEvent) -> Result<Delivery, Refusal> {
    let both = keys(&format!(r#"{{"secrets":["{SECRET}","{OLD}"]}}"#));
    verify(scheme, event, &both, at(NOW)).map(|signed| signed.delivery)
}

#[test]
fn githubs_documented_example_is_right() {
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let event = post(&[("X-Hub-Signature-256", signature)], b"Hello, World!");
    let signed = verify(Scheme::GitHub, &event, &keys("It's a Secret to Everybody"), at(NOW)).unwrap();
    assert_eq!(signed.body(), b"Hello, World!");
}

#[test]
fn slacks_documented_example_is_right() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    let headers = [("X-Slack-Signature", signature), ("X-Slack-Request-Timestamp", "1531420618")];
    let keys = keys("8f742231b10e8888abcd99yyyzzz85a5");
    let event = post(&headers, body.as_bytes());
    assert!(verify(Scheme::Slack, &event, &keys, at(1_531_420_618)).is_ok());
    assert_eq!(verify(Scheme::Slack, &event, &keys, at(1_531_420_919)), Err(Refusal::Stale));
}

#[test]
fn standard_webhooks_own_vector_is_right() {
    let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let keys = keys("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let judge = |signature: &str| {
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", signature),
        ];
        let event = post(&headers, br#"{"test": 2432232314}"#);
        verify(Scheme::Generic, &event, &keys, at(1_614_265_330)).map(|signed| signed.delivery)
    };
    let other = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    assert!(judge(good).is_ok());
    for several in [format!("{other} {good}"), format!("{good} v2,anything"), format!("v1a,MEUCIQ== {good}")]
    {
        assert_eq!(judge(&several), judge(good), "{several}");
    }
    assert_eq!(judge(other), Err(Refusal::BadSignature));
    let nine = [good; 9].join(" ");
    for odd in
        ["", "v1", "v1,", "v1,g0hM", "v1a,MEUCIQ==", &format!("{good},{good}"), &format!("{good} "), &nine]
    {
        assert_eq!(judge(odd), Err(Refusal::MalformedSignature), "{odd}");
    }
}

/// RFC 2202, section 3, test case 4.
#[test]
fn a_hub_may_sign_with_sha_1() {
    let secret: Vec<u8> = (1..=25).collect();
    let keys = WebhookKeys::parse(&Secret::new(secret), at(NOW)).unwrap();
    let judge = |signature: &str| {
        let event = post(&[("x-hub-signature", signature)], &[0xcd; 50]);
        verify(Scheme::WebSub, &event, &keys, at(NOW)).map(drop)
    };
    let right = "4c9007f4026250c6bc8414f9bf50c86c2d7235da";
    assert_eq!(judge(&format!("sha1={right}")), Ok(()));
    assert_eq!(judge(&format!("sha1={}", right.replace('4', "5"))), Err(Refusal::BadSignature));
    for odd in
        [format!("md5={right}"), right.to_owned(), format!("sha256={right}"), format!("sha1={right}00")]
    {
        assert_eq!(judge(&odd), Err(Refusal::MalformedSignature), "{odd}");
    }
}

#[test]
fn either_of_two_secrets_verifies_and_another_does_not() {
    for scheme in SCHEMES {
        let signed = |secret| judge(scheme, &event(&headers(scheme, secret, NOW, b"{}"), b"{}"));
        assert!(signed(SECRET).is_ok() && signed(OLD) == signed(SECRET), "{scheme:?}");
        assert_eq!(signed("a secret of somebody"), Err(Refusal::BadSignature), "{scheme:?}");
        assert_eq!(signed(""), Err(Refusal::BadSignature), "{scheme:?}");
    }
}

#[test]
fn each_header_is_there_once_and_has_its_form() {
    for scheme in SCHEMES {
        let right = headers(scheme, SECRET, NOW, b"{}");
        for at in 0..right.len() {
            let (name, value) = right[at].clone();
            let mut without = right.clone();
            without.remove(at);
            assert_eq!(judge(scheme, &event(&without, b"{}")), Err(Refusal::MissingHeader), "{name}");
            let with = |value: String| {
                let mut changed = right.clone();
                changed[at] = (name, value);
                judge(scheme, &event(&changed, b"{}"))
            };
            assert_eq!(with(format!("{value},{value}")), Err(Refusal::RepeatedHeader), "{name}");
            for odd in [
                String::new(),
                " ".into(),
                format!("{value} "),
                format!(" {value}"),
                value.to_uppercase() + "Z",
            ] {
                assert!(with(odd.clone()).is_err(), "{name}: {odd:?}");
            }
        }
    }
}

#[test]
fn an_edited_body_is_refused() {
    for scheme in SCHEMES {
        let right = headers(scheme, SECRET, NOW, b"{}");
        for body in [&b"{ }"[..], b"", b"{}\n"] {
            assert_eq!(judge(scheme, &event(&right, body)), Err(Refusal::BadSignature), "{scheme:?}");
        }
    }
}

#[test]
fn a_message_is_good_for_its_window_and_no_longer() {
    for scheme in TIMED {
        let (past, future) = if scheme == Scheme::Twitch { (600, 60) } else { (300, 300) };
        let sent =
            |second: i64| judge(scheme, &event(&headers(scheme, SECRET, second, b"{}"), b"{}")).map(drop);
        assert_eq!([sent(NOW - past), sent(NOW + future)], [Ok(()), Ok(())], "{scheme:?}");
        assert_eq!(sent(NOW - past - 1), Err(Refusal::Stale), "{scheme:?}");
        assert_eq!(sent(NOW + future + 1), Err(Refusal::Future), "{scheme:?}");
    }
}

/// What is old and forged is forged: a stranger does not learn our clock.
#[test]
fn the_signature_is_looked_at_before_the_age() {
    for scheme in TIMED {
        let old = headers(scheme, "a secret of somebody", NOW - 5_000, b"{}");
        assert_eq!(judge(scheme, &event(&old, b"{}")), Err(Refusal::BadSignature), "{scheme:?}");
    }
}

#[test]
fn what_is_too_large_is_not_looked_at() {
    let body = vec![b'x'; BODY_MAX + 1];
    for scheme in SCHEMES {
        assert_eq!(judge(scheme, &event(&[], &body)), Err(Refusal::TooLarge));
        let most = &body[1..];
        assert!(judge(scheme, &event(&headers(scheme, SECRET, NOW, most), most)).is_ok());
    }
}

#[test]
fn the_generic_scheme_needs_no_prefix() {
    let right = headers(Scheme::Generic, SECRET, NOW, b"{}");
    let bare = vec![(right[0].0, right[0].1.trim_start_matches("sha256=").to_owned()), right[1].clone()];
    assert_eq!(judge(Scheme::Generic, &event(&bare, b"{}")), judge(Scheme::Generic, &event(&right, b"{}")));
}

/// Half a standard message is none of ours.
#[test]
fn one_header_of_the_standard_makes_it_that() {
    let mut both = headers(Scheme::Generic, SECRET, NOW, b"{}");
    both.push(("webhook-id", "msg_1".to_owned()));
    assert_eq!(judge(Scheme::Generic, &event(&both, b"{}")), Err(Refusal::MissingHeader));
}

#[test]
fn a_retry_is_the_same_delivery_and_another_message_is_not() {
    for scheme in SCHEMES {
        let sent = |second, body: &[u8]| {
            judge(scheme, &event(&headers(scheme, SECRET, second, body), body)).unwrap()
        };
        // Our own scheme has no id, so that what is signed anew is new.
        let retry = if scheme == Scheme::Generic { NOW } else { NOW + 7 };
        assert_eq!(sent(NOW, b"{}"), sent(retry, b"{}"), "{scheme:?}");
        if scheme != Scheme::Twitch {
            assert_ne!(sent(NOW, b"{}"), sent(NOW, b"[]"), "{scheme:?}");
        }
    }
    assert_ne!(Delivery::of(&[b"ab", b"c"]), Delivery::of(&[b"a", b"bc"]));
}

#[test]
fn twitch_says_what_it_wants() {
    let said = |value: &str| message_type(&post(&[("Twitch-Eventsub-Message-Type", value)], b""));
    assert_eq!(said("notification"), Ok(Some(MessageType::Notification)));
    assert_eq!(said("webhook_callback_verification"), Ok(Some(MessageType::Verification)));
    assert_eq!(said("revocation"), Ok(Some(MessageType::Revocation)));
    assert_eq!((said("else"), message_type(&post(&[], b""))), (Ok(None), Err(HeaderFault::Missing)));
}

proptest! {
    /// No header and no body makes it panic, and nothing that was not signed is let in.
    #[test]
    fn strangers_are_refused(
        scheme in 0_usize..5,
        values in proptest::collection::vec("[ -~]{0,90}", 3),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let scheme = SCHEMES[scheme];
        let mut forged = headers(scheme, SECRET, NOW, b"{}");
        for (header, value) in forged.iter_mut().zip(values) {
            header.1 = value;
        }
        prop_assert!(judge(scheme, &event(&forged, &body)).is_err());
    }
}

#[test]
fn a_delivery_reads_back_and_so_do_its_parts() {
    let one = Delivery::of(&[b"1"]);
    assert_eq!(Delivery::try_from(one.as_str().to_owned()), Ok(one.clone()));
    assert_eq!(HEXLOWER.encode(&one.digest()), one.as_str());
    assert_eq!((one.part(0), one.part(1) == one.part(2), one.part(1) == one), (one.clone(), false, false));
    for text in ["", "1", &one.as_str()[1..], &one.as_str().to_uppercase(), &"g".repeat(64)] {
        assert_eq!(Delivery::try_from(text.to_owned()), Err(BadDelivery), "{text}");
    }
}
