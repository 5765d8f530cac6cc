use super::*;
use crate::ids::{GuildId, UserId};
use crate::security::pseudonym::Pseudonyms;
use crate::security::secret::Secret;

fn names() -> Pseudonyms {
    Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap()
}

fn event() -> AuditEvent {
    let at = "2026-01-02T03:04:05.678901Z".parse().unwrap();
    AuditEvent::new(names().admin(UserId::new(42)), "approve", "guild-access", "slash_command", at, [9; 10])
        .resource_id(names().guild(GuildId::new(43)))
        .detail("cap", 50_u32)
        .detail("forced", true)
        .detail("before", "pending")
}

#[test]
fn the_id_is_a_uuid_v7_of_its_time_and_the_time_is_in_milliseconds() {
    let event = event();
    assert_eq!(event.event_id().get_version_num(), 7);
    assert_eq!(event.event_id().to_string(), "019b7ca9-8f2e-7909-8909-090909090909");
    assert_eq!(event.at().to_string(), "2026-01-02T03:04:05.678Z");
}

#[test]
fn the_event_reads_as_one_flat_document() {
    insta::assert_json_snapshot!(event());
}

/// The length of each field and its bytes, spelled out by hand: an offline verifier is written from the module's
/// text, so the encoding must never move.
#[test]
fn the_encoding_is_the_documented_one() {
    let bytes = event().canonical();
    let mut expected = Vec::new();
    let mut put = |text: &[u8]| {
        expected.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        expected.extend(text);
    };
    put(b"timmybot-audit-v1");
    put(event().event_id().as_bytes());
    put(event().admin().as_str().as_bytes());
    put(b"approve");
    put(b"guild-access");
    put(names().guild(GuildId::new(43)).as_str().as_bytes());
    put(b"slash_command");
    expected.extend(1_767_323_045_678_i64.to_be_bytes());
    expected.extend([0, 0, 0, 3]);
    expected.extend(b"\0\0\0\x06befores\0\0\0\x07pending");
    expected.extend(b"\0\0\0\x03capn\0\0\0\0\0\0\0\x32");
    expected.extend(b"\0\0\0\x06forcedb\x01");
    assert_eq!(bytes, expected);
}

#[test]
fn every_field_is_in_the_encoding() {
    let base = event().canonical();
    let at = "2026-01-02T03:04:05.678Z".parse().unwrap();
    let admin = names().admin(UserId::new(42));
    let make = |admin: &Pseudonym, action, resource, source, at, random| {
        AuditEvent::new(admin.clone(), action, resource, source, at, random)
            .resource_id(names().guild(GuildId::new(43)))
            .detail("cap", 50_u32)
            .detail("forced", true)
            .detail("before", "pending")
    };
    let plain = || make(&admin, "approve", "guild-access", "slash_command", at, [9; 10]);
    assert_eq!(plain().canonical(), base);
    let later = "2026-01-02T03:04:05.679Z".parse().unwrap();
    for changed in [
        make(&names().admin(UserId::new(1)), "approve", "guild-access", "slash_command", at, [9; 10]),
        make(&admin, "deny", "guild-access", "slash_command", at, [9; 10]),
        make(&admin, "approve", "settings", "slash_command", at, [9; 10]),
        make(&admin, "approve", "guild-access", "api", at, [9; 10]),
        make(&admin, "approve", "guild-access", "slash_command", later, [9; 10]),
        make(&admin, "approve", "guild-access", "slash_command", at, [8; 10]),
        plain().resource_id(names().guild(GuildId::new(44))),
        plain().detail("cap", 51_u32),
        plain().detail("forced", false),
        plain().detail("more", false),
    ] {
        assert_ne!(changed.canonical(), base, "{changed:?}");
    }
}

#[test]
fn fields_cannot_run_into_each_other() {
    let at = "2026-01-02T03:04:05Z".parse().unwrap();
    let admin = names().admin(UserId::new(42));
    let one = AuditEvent::new(admin.clone(), "ab", "c", "api", at, [0; 10]);
    let two = AuditEvent::new(admin, "a", "bc", "api", at, [0; 10]);
    assert_ne!(one.canonical(), two.canonical());
}
