use serde_json::{Value, json};

use super::*;
use crate::ids::{GuildId, InteractionId, UserId};
use crate::security::event::Platform;
use crate::security::secret::Secret;
use crate::security::support_id::SupportId;

const REQUEST: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";

fn telemetry() -> (Telemetry, Captured) {
    let (sink, captured) = Sink::memory();
    let clock = Clock::fixed("2026-01-02T03:04:05Z".parse().unwrap());
    let names = Pseudonyms::new("k1".parse().unwrap(), &Secret::new([7; 32])).unwrap();
    let telemetry = Telemetry::new(sink, "interactions", clock).with_pseudonyms(names);
    (telemetry.with_correlation(REQUEST), captured)
}

fn audit(telemetry: &Telemetry) -> AuditEvent {
    let (names, at) = (telemetry.pseudonyms(), "2026-01-02T03:04:05Z".parse().unwrap());
    AuditEvent::new(names.admin(UserId::new(42)), "approve", "guild-access", "slash_command", at, [1; 10])
        .resource_id(names.guild(GuildId::new(43)))
}

/// One of each kind of line.
fn write_everything(telemetry: &Telemetry) {
    let now = "2026-01-02T03:04:05Z".parse().unwrap();
    let names = telemetry.pseudonyms().clone();
    telemetry.security(
        &SecurityEvent::unauthorized_access("play", true, now)
            .user(names.user(UserId::new(175_928_847_299_117_063)))
            .guild(names.guild(GuildId::new(290_926_798_626_357_999))),
    );
    telemetry.audit(Some(&names.guild(GuildId::new(290_926_798_626_357_999))), &audit(telemetry));
    telemetry.fault("queue write", "ThrottlingException");
    telemetry.fault("queue write", "item 175928847299117063 of guild");
    let support = SupportId::derive(&names, InteractionId::new(846_462_639_134_605_312));
    telemetry.note("reply deferred", &[("support_id", support.into()), ("delay_s", 60_u32.into())]);
    telemetry.count(Metric::UnauthorizedAccess);
}

/// The names of a metric's line say what is counted; the map has them as a whole.
#[test]
fn each_line_has_only_fields_that_the_data_map_has() {
    use crate::privacy::map;
    let (telemetry, captured) = telemetry();
    write_everything(&telemetry);
    let rows = map::ALL.iter().find(|store| store.kind == map::Kind::LogGroup).unwrap().rows;
    let mut seen = std::collections::BTreeSet::new();
    for line in captured.lines().iter().filter(|line| line.get("_aws").is_none()) {
        let kind = line["log"].as_str().unwrap();
        let row = rows.iter().find(|row| row.key == [kind]).unwrap();
        let unknown = |name: &&String| !row.fields.iter().any(|field| field.name == *name);
        assert_eq!(line.as_object().unwrap().keys().find(unknown), None, "{line}");
        seen.insert(kind.to_owned());
    }
    assert_eq!(seen.len() + 1, rows.len(), "{seen:?}");
}

#[test]
fn every_line_is_one_write_of_one_json_object() {
    let (telemetry, captured) = telemetry();
    write_everything(&telemetry);
    assert_eq!(captured.writes().len(), 6);
    for write in captured.writes() {
        assert!(write.ends_with('\n') && write.matches('\n').count() == 1, "{write}");
        assert!(serde_json::from_str::<Value>(&write).unwrap().is_object());
    }
}

#[test]
fn lines_say_function_and_request() {
    let (telemetry, captured) = telemetry();
    write_everything(&telemetry);
    for line in captured.lines() {
        assert_eq!(line["function"], "interactions");
        assert!(line["correlation_id"] == REQUEST || line["_aws"].is_object());
    }
}

#[test]
fn no_raw_id_is_in_any_line() {
    let (telemetry, captured) = telemetry();
    write_everything(&telemetry);
    for id in ["175928847299117063", "290926798626357999", "846462639134605312", "7063", "7999", "5312"] {
        assert!(!captured.text().contains(id), "{id} in {}", captured.text());
    }
}

#[test]
fn a_code_with_a_text_in_it_is_not_written() {
    let (telemetry, captured) = telemetry();
    telemetry.fault("queue write", "item 42 of guild\n{\"log\":\"audit\"}");
    assert_eq!(captured.lines()[0]["code"], "unprintable");
    assert_eq!(captured.writes().len(), 1);
}

#[test]
fn without_a_key_lines_say_unavailable() {
    let (sink, captured) = Sink::memory();
    let telemetry = Telemetry::new(sink, "interactions", Clock::system());
    write_everything(&telemetry);
    assert_eq!(captured.lines()[0]["user"], "unavailable");
    assert_eq!(captured.lines()[0]["correlation_id"], "none");
    assert!(!captured.text().contains("175928847299117063"));
}

#[test]
fn an_audit_line_holds_the_whole_event() {
    let (telemetry, captured) = telemetry();
    let event = audit(&telemetry);
    telemetry.audit(Some(&telemetry.pseudonyms().guild(GuildId::new(43))), &event);
    let line = &captured.lines()[0];
    assert_eq!(line["log"], "audit");
    for (name, value) in serde_json::to_value(&event).unwrap().as_object().unwrap() {
        assert_eq!(&line[name], value, "{name}");
    }
}

#[test]
fn a_note_is_read_back_by_its_support_id() {
    let (telemetry, captured) = telemetry();
    let support = SupportId::derive(telemetry.pseudonyms(), InteractionId::new(1));
    telemetry.note("reply deferred", &[("support_id", support.into())]);
    assert_eq!(captured.lines()[0]["facts"], json!({ "support_id": support.as_str() }));
}

mod schema;
