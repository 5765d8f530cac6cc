use proptest::prelude::*;

use super::*;
use crate::ids::{GuildId, UserId};
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;

fn at() -> Timestamp {
    "2026-01-02T03:04:05.678Z".parse().unwrap()
}

fn names() -> Pseudonyms {
    Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap()
}

#[test]
fn an_authentication_attempt_reads_as_the_catalogue_says() {
    let event = SecurityEvent::authentication_attempt(Platform::Discord, false, at())
        .user(names().user(UserId::new(42)))
        .guild(names().guild(GuildId::new(42)))
        .ip(names().ip("192.0.2.7".parse().unwrap()))
        .user_agent("Discord-Interactions/1.0 (+https://discord.com)")
        .extra("reason", "bad_signature");
    insta::assert_json_snapshot!(event);
}

#[test]
fn an_unauthorized_access_carries_command_and_blocked() {
    insta::assert_json_snapshot!(SecurityEvent::unauthorized_access("play", true, at()));
}

#[test]
fn absent_fields_are_left_out_and_the_kind_is_told() {
    let event = SecurityEvent::guild_banned(3600, at());
    let text = serde_json::to_string(&event).unwrap();
    assert_eq!(event.event_type(), EventType::GuildBanned);
    assert!(!text.contains("null") && !text.contains("user"), "{text}");
}

#[test]
fn a_score_is_never_above_a_hundred() {
    let text = serde_json::to_string(&SecurityEvent::suspicious_activity(255, at())).unwrap();
    assert!(text.contains(r#""score":100"#), "{text}");
}

#[test]
fn a_platform_has_the_same_name_everywhere() {
    for platform in [
        Platform::Discord,
        Platform::Twitch,
        Platform::Slack,
        Platform::Youtube,
        Platform::Spotify,
        Platform::Github,
        Platform::Generic,
        Platform::Api,
    ] {
        assert_eq!(serde_json::to_value(platform).unwrap(), platform.as_str());
    }
}

#[test]
fn a_forged_line_stays_inside_its_field() {
    let forged = "curl\r\n{\"event_type\":\"API_KEY_USE\"}\u{2028}\u{85}\u{202e}\u{1b}[31m";
    let text = serde_json::to_string(&SecurityEvent::guild_banned(1, at()).user_agent(forged)).unwrap();
    assert!(text.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{text}");
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read["event_type"], "GUILD_BANNED");
    assert_eq!(read["user_agent"], "curl??{\"event_type\":\"API_KEY_USE\"}????[31m");
}

proptest! {
    #[test]
    fn any_user_agent_is_one_short_visible_line(text in any::<String>()) {
        let event = SecurityEvent::guild_banned(1, at()).user_agent(&text);
        let line = serde_json::to_string(&event).unwrap();
        prop_assert!(line.chars().all(|c| c == ' ' || c.is_ascii_graphic()));
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(
            read["user_agent"].as_str().unwrap().chars().count(),
            text.chars().count().min(MAX_USER_AGENT)
        );
    }
}
