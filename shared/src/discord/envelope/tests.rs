use proptest::prelude::*;
use serde_json::{Value, json};

use super::{fixtures, *};

fn parse(value: &Value) -> Interaction {
    Interaction::parse(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_ping_has_no_data() {
    let ping = parse(&fixtures::ping());
    assert_eq!(ping.kind, Kind::Ping);
    assert!(ping.data.is_none() && ping.guild_id.is_none());
}

#[test]
fn a_guild_command_reads_whole() {
    let play = parse(&fixtures::play());
    assert_eq!(play.kind, Kind::Command);
    assert_eq!(play.context, Some(Context::Guild));
    assert_eq!(play.tenant().unwrap().to_string(), "290926798626357999");
    assert_eq!(play.actor().unwrap().id.get(), 53_908_232_506_183_680);
    assert_eq!(play.locale.as_deref(), Some("pt-BR"));
    assert_eq!(play.token.expose(), b"A_UNIQUE_TOKEN");
    assert!(play.installed_by.by_guild() && !play.installed_by.by_user());
    assert!(play.member_permissions().contains(Permissions::MANAGE_GUILD));
    assert_eq!(play.member.as_ref().unwrap().roles[0].get(), 539_082_325_061_836_999);

    let command = play.command().unwrap();
    let options = command.options();
    assert_eq!(command.path(), "play");
    assert_eq!(options.string("query"), Ok("Cardboard"));
    assert_eq!(options.optional_boolean("next"), Ok(Some(true)));
    assert_eq!(options.optional_attachment("file").unwrap().unwrap().url, "https://cdn.example/a.mp3");
    assert_eq!(options.optional_integer("volume"), Ok(None));
}

#[test]
fn the_token_is_not_in_the_debug_text() {
    assert!(!format!("{:?}", parse(&fixtures::play())).contains("A_UNIQUE_TOKEN"));
}

#[test]
fn a_wrong_option_names_its_field() {
    let play = parse(&fixtures::play());
    let options = play.command().unwrap().options();
    assert_eq!(options.integer("query"), Err(OptionError::WrongType { field: "query" }));
    assert_eq!(options.string("name"), Err(OptionError::Missing { field: "name" }));
    assert_eq!(options.only(&["query", "next", "file"]), Ok(()));
    assert_eq!(options.only(&["query"]), Err(OptionError::Unknown));
    assert_eq!(OptionError::Missing { field: "name" }.field(), Some("name"));

    let lost = parse(&fixtures::guild(
        &json!({"name": "play", "options": [{"type": 11, "name": "file", "value": "1"}]}),
    ));
    let lost = lost.command().unwrap().options().optional_attachment("file").unwrap_err();
    assert_eq!(lost, OptionError::Unresolved { field: "file" });
}

#[test]
fn an_id_option_must_be_a_snowflake() {
    let settings = |value: Value| {
        parse(&fixtures::guild(
            &json!({"name": "s", "options": [{"type": 8, "name": "role", "value": value}]}),
        ))
    };
    assert_eq!(settings(json!("12")).command().unwrap().options().role("role").unwrap().get(), 12);
    for bad in [json!("0"), json!("-1"), json!("99999999999999999999999"), json!("x"), json!(12), json!(null)]
    {
        let error = settings(bad).command().unwrap().options().role("role").unwrap_err();
        assert_eq!(error, OptionError::WrongType { field: "role" });
    }
}

#[test]
fn subcommands_and_groups_are_walked() {
    let lockdown =
        fixtures::guild(&json!({"name": "admin", "options": [{"type": 2, "name": "lockdown", "options": [
        {"type": 1, "name": "on", "options": [{"type": 3, "name": "reason", "value": "why"}]}]}]}));
    let lockdown = parse(&lockdown);
    let command = lockdown.command().unwrap();
    assert_eq!((command.path().as_str(), command.subcommand()), ("admin lockdown on", Some("on")));
    assert_eq!(command.options().string("reason"), Ok("why"));
}

#[test]
fn an_autocomplete_says_where_the_cursor_is() {
    let mut load =
        fixtures::guild(&json!({"name": "playlist", "options": [{"type": 1, "name": "load", "options": [
        {"type": 3, "name": "name", "value": "par", "focused": true}]}]}));
    load["type"] = json!(4);
    let load = parse(&load);
    assert_eq!(load.kind, Kind::Autocomplete);
    assert_eq!(load.command().unwrap().focused(), Some(Focused { name: "name", value: "par" }));
}

#[test]
fn components_modals_messages_and_dms_read() {
    let Some(Data::Component(button)) = parse(&fixtures::button()).data else { panic!("a component") };
    assert_eq!((button.custom_id.as_str(), button.component_type), ("t1.k1.skip.x", 2));

    let Some(Data::Modal(modal)) = parse(&fixtures::modal()).data else { panic!("a modal") };
    assert_eq!(modal.text("reason"), Some("Spam"));
    assert_eq!((modal.text("old"), modal.text("boxes"), modal.text("none")), (Some("x"), None, None));

    let dm = parse(&fixtures::dm());
    assert_eq!(dm.tenant().unwrap().to_string(), "dm#53908232506183680");
    assert_eq!(dm.tenant().unwrap().guild(), None);
    assert!(dm.installed_by.by_user() && dm.member_permissions().is_empty());

    let this = parse(&fixtures::play_this());
    let command = this.command().unwrap();
    assert_eq!(command.kind, CommandKind::Message);
    assert_eq!(command.target_message().unwrap().content, "some message");
}

#[test]
fn kinds_from_the_future_do_not_fail() {
    let mut odd = fixtures::play();
    odd["type"] = json!(77);
    odd["context"] = json!(9);
    odd["brand_new"] = json!({"deep": [[[]]]});
    let odd = parse(&odd);
    assert_eq!((odd.kind, odd.context), (Kind::Other(77), Some(Context::Other(9))));
    assert!(odd.data.is_none());

    let option = parse(&fixtures::guild(
        &json!({"name": "x", "type": 42, "options": [{"type": 99, "name": "q", "value": {"a": 1}}]}),
    ));
    let command = option.command().unwrap();
    assert_eq!(command.kind, CommandKind::Other(42));
    assert_eq!(command.options().string("q"), Err(OptionError::WrongType { field: "q" }));
}

#[test]
fn what_is_needed_must_be_there_and_right() {
    for field in ["id", "application_id", "type", "token"] {
        let mut broken = fixtures::play();
        broken.as_object_mut().unwrap().remove(field);
        assert!(Interaction::parse(broken.to_string().as_bytes()).is_err(), "{field} missing");
        broken[field] = json!([]);
        assert!(Interaction::parse(broken.to_string().as_bytes()).is_err(), "{field} of the wrong type");
    }
}

#[test]
fn an_error_shows_nothing_of_the_payload() {
    let mut broken = fixtures::play();
    broken["guild_id"] = json!("secret-looking");
    let error = Interaction::parse(broken.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("not an interaction: line 1"), "{error}");
}

#[test]
fn depth_is_bounded() {
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let body = fixtures::play().to_string().replace("\"Cardboard\"", &deep);
    assert!(Interaction::parse(body.as_bytes()).is_err());
    assert!(Interaction::parse(deep.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Interaction::parse(&body);
    }

    #[test]
    fn no_changed_byte_makes_it_panic(at in 0_usize..1200, byte in any::<u8>()) {
        for fixture in [fixtures::play(), fixtures::button(), fixtures::modal(), fixtures::play_this()] {
            let mut body = fixture.to_string().into_bytes();
            let at = at % body.len();
            body[at] = byte;
            if let Ok(interaction) = Interaction::parse(&body) {
                let _ = (interaction.tenant(), interaction.command().map(|c| (c.path(), c.focused().is_some())));
            }
        }
    }
}
