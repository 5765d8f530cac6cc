use proptest::prelude::*;

use super::*;
use crate::clock::Rng;

const DISCORD: &str = "https://discord.com/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44f";
const SLACK: &str =
    concat!("https://hooks.slack.com/", "services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX");
const OWN: &str = "https://alerts.example.org/in?key=k";
const TEST_KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn parse(text: &str) -> Result<AlertChannel, BadAlertChannel> {
    AlertChannel::parse(&Secret::new(text), Plain::Never)
}

fn of(kind: &str, url: &str, plain: Plain) -> Result<AlertChannel, BadAlertChannel> {
    let mut document = json!({ "kind": kind, "url": url });
    if kind == "webhook" {
        document["signing"] = TEST_KEY.into();
    }
    AlertChannel::parse(&Secret::new(document.to_string()), plain)
}

fn refused(kind: &str, url: &str) -> bool {
    of(kind, url, Plain::Never).is_err_and(|error| error == BadAlertChannel::Address)
}

#[test]
fn each_kind_is_read() {
    for (kind, url) in [("discord", DISCORD), ("slack", SLACK), ("webhook", OWN)] {
        let channel = of(kind, url, Plain::Never).unwrap();
        assert_eq!((channel.kind().as_str(), channel.from), (kind, Severity::P3));
        assert_eq!(kind.parse(), Ok(channel.kind()));
    }
    let whole =
        parse(&json!({ "kind": "discord", "url": DISCORD, "buttons": true, "from": "P1" }).to_string());
    let whole = whole.unwrap();
    assert!(matches!(whole.to, Destination::Discord { buttons: true, .. }));
    let heard = Severity::ALL.map(|severity| whole.hears(severity));
    assert_eq!(heard, [true, true, false, false]);
}

#[test]
fn what_is_no_channel_is_refused_as_a_whole() {
    for (text, error) in [
        ("", BadAlertChannel::Malformed),
        (DISCORD, BadAlertChannel::Malformed),
        (r#"{"kind":"pager","url":"https://example.org"}"#, BadAlertChannel::Malformed),
        (r#"{"kind":"slack"}"#, BadAlertChannel::Malformed),
        (
            r#"{"kind":"slack","url":"https://hooks.slack.com/services/a","from":"P4"}"#,
            BadAlertChannel::Malformed,
        ),
        (
            r#"{"kind":"slack","url":"https://hooks.slack.com/services/a","more":1}"#,
            BadAlertChannel::Malformed,
        ),
        (
            r#"{"kind":"slack","url":"https://hooks.slack.com/services/a","buttons":true}"#,
            BadAlertChannel::Buttons,
        ),
        (r#"{"kind":"webhook","url":"https://a.example.org"}"#, BadAlertChannel::Signing),
        (r#"{"kind":"webhook","url":"https://a.example.org","signing":"whsec_"}"#, BadAlertChannel::Signing),
    ] {
        assert_eq!(parse(text).err(), Some(error), "{text}");
    }
    let signed = json!({ "kind": "slack", "url": SLACK, "signing": TEST_KEY });
    assert_eq!(parse(&signed.to_string()).err(), Some(BadAlertChannel::Signing));
}

#[test]
fn discords_and_slacks_are_at_their_own_hosts() {
    for url in [
        "https://hooks.slack.com/services/a",
        "https://discord.com.example.org/api/webhooks/1/a",
        "http://discord.com/api/webhooks/1/a",
        "https://discord.com/api/webhooks/1",
    ] {
        assert!(refused("discord", url), "{url}");
    }
    for url in [
        DISCORD,
        "http://hooks.slack.com/services/a",
        "https://hooks.slack.com/",
        "https://hooks.slack.com:8443/services/a",
        "https://hooks.slack.com.example.org/services/a",
        "https://user@hooks.slack.com/services/a",
        "https://hooks.slack.com/services/a#b",
        "https://hooks.slack.com/services/a?b",
    ] {
        assert!(refused("slack", url), "{url}");
    }
}

#[test]
fn any_other_is_https_and_not_inside() {
    for url in [
        "https://alerts.example.org",
        "https://alerts.example.org:8443/a?b=c",
        "https://1.1.1.1/a",
        "https://[2606:4700:4700::1111]/a",
    ] {
        assert!(of("webhook", url, Plain::Never).is_ok(), "{url}");
    }
    let long = format!("https://a.example.org/{}", "a".repeat(2048));
    for url in [
        "http://alerts.example.org",
        "https://localhost/a",
        "https://metadata/a",
        "https://127.0.0.1/a",
        "https://2130706433/a",
        "https://0x7f.1/a",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a",
        "https://[fd00:ec2::254]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://user:pass@alerts.example.org/a",
        "https://alerts.example.org/#a",
        "file:///etc/passwd",
        "ftp://alerts.example.org",
        "alerts.example.org",
        "",
        &long,
    ] {
        assert!(refused("webhook", url), "{url}");
    }
}

#[test]
fn this_machine_is_one_only_where_that_is_allowed_and_only_by_its_number() {
    for url in ["http://127.0.0.1:8787/a", "http://[::1]:1/a", "https://127.0.0.1/a"] {
        for kind in ["slack", "webhook"] {
            assert!(of(kind, url, Plain::OnLoopback).is_ok(), "{kind} {url}");
            assert!(refused(kind, url), "{kind} {url}");
        }
    }
    for url in
        ["http://localhost:1/a", "http://10.0.0.1/a", "http://alerts.example.org/a", "file://127.0.0.1/a"]
    {
        assert!(of("webhook", url, Plain::OnLoopback).is_err(), "{url}");
    }
}

#[test]
fn what_is_made_is_read_back() {
    let key = SigningKey::new(Rng::fixed(7)).unwrap();
    for (kind, url, buttons, signing) in [
        (ChannelKind::Discord, DISCORD, true, None),
        (ChannelKind::Slack, SLACK, false, None),
        (ChannelKind::Webhook, OWN, false, Some(&key)),
    ] {
        let address = Secret::new(format!(" {url}\n"));
        let made = AlertChannel::document(kind, &address, Severity::P2, buttons, signing).unwrap();
        let channel = AlertChannel::parse(&made, Plain::Never).unwrap();
        assert_eq!((channel.kind(), channel.from), (kind, Severity::P2));
        match channel.to {
            Destination::Discord { buttons: has, .. } => assert_eq!(has, buttons),
            Destination::Slack(address) => assert_eq!(address.url().unwrap().as_str(), url),
            Destination::Webhook { address, key: signs } => {
                assert_eq!((address.url().unwrap().as_str(), &signs), (url, &key));
            }
        }
    }
    let binary = AlertChannel::document(ChannelKind::Slack, &Secret::new([0xff]), Severity::P2, false, None);
    assert_eq!(binary, Err(BadAlertChannel::Malformed));
}

#[test]
fn no_address_and_no_key_is_shown() {
    for (kind, url) in [("discord", DISCORD), ("slack", SLACK), ("webhook", OWN)] {
        let shown = format!("{:?}", of(kind, url, Plain::Never).unwrap());
        assert!(shown.contains("<redacted>"), "{shown}");
        for part in ["3d89bb", "XXXX", "alerts", "key=k", "MfKQ"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }
}

#[test]
fn names_are_labels_that_mean_nothing_else() {
    for name in ["ops", "pager-2", "everybody-else", "topics"] {
        assert_eq!(channel_name(name).unwrap().as_str(), name);
    }
    for name in ["", "everybody", "topic-p0", "topic-", "Ops", "a/b", "223704706495545344"] {
        assert_eq!(channel_name(name), Err(BadChannelName), "{name}");
    }
}

proptest! {
    #[test]
    fn no_secret_makes_it_panic_or_lets_plain_http_out(kind in "discord|slack|webhook", url in any::<String>()) {
        let _ = of(&kind, &url, Plain::OnLoopback);
        if let Ok(AlertChannel { to: Destination::Slack(address) | Destination::Webhook { address, .. }, .. }) =
            of(&kind, &url, Plain::Never)
        {
            prop_assert_eq!(address.url().unwrap().scheme().to_owned(), "https");
        }
    }
}
