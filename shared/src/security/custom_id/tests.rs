use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::clock::Rng;
use crate::domain::access::Status;
use crate::domain::incident::IncidentId;
use crate::ids::{GuildId, UserId};

fn ids(kids: &[(&str, u8)]) -> CustomIds {
    CustomIds::new(kids.iter().map(|(kid, byte)| ((*kid).to_owned(), Secret::new([*byte; 32]))).collect())
        .unwrap()
}

fn any_action() -> impl Strategy<Value = Action> {
    let handle = any::<[u8; 10]>().prop_map(Handle::new);
    let guild = (1_u64..).prop_map(GuildId::new);
    let status = proptest::option::of(proptest::sample::select(Status::ALL.to_vec()));
    let guilds = (any::<u32>(), status).prop_map(|(page, status)| GuildsPage { page, status });
    let filter = (proptest::option::of(guild.clone()), any::<Option<u32>>());
    let audit = (any::<u32>(), filter)
        .prop_map(|(page, (guild, hours))| AuditPage { page, filter: AuditFilter { guild, hours } });
    let erasure = ((1_u64..).prop_map(UserId::new), 0_i64..1 << 32)
        .prop_map(|(user, at)| Action::Erase(ErasureAsked::new(user, Timestamp::from_second(at).unwrap())));
    let deed = proptest::sample::select(IncidentDeed::ALL.to_vec());
    let incident = (deed, 0_i64..1 << 32, any::<u64>())
        .prop_map(|(deed, at, seed)| Action::Incident(deed, incident_id(at, seed)));
    prop_oneof![
        Just(Action::Pause),
        Just(Action::Resume),
        Just(Action::Skip),
        Just(Action::Previous),
        Just(Action::Shuffle),
        prop_oneof![Just(Loop::Off), Just(Loop::Track), Just(Loop::Queue)].prop_map(Action::Loop),
        Just(Action::VolumeUp),
        Just(Action::VolumeDown),
        any::<u32>().prop_map(Action::QueuePage),
        any::<u32>().prop_map(Action::HistoryPage),
        any::<u32>().prop_map(Action::HelpPage),
        guilds.prop_map(Action::AdminPage),
        audit.prop_map(Action::AuditPage),
        any::<u32>().prop_map(Action::PlaylistPage),
        any::<u32>().prop_map(Action::IncidentsPage),
        handle.clone().prop_map(Action::Remove),
        handle.clone().prop_map(Action::PlayNext),
        handle.prop_map(Action::PlaylistDelete),
        Just(Action::ClearConfirm),
        Just(Action::SettingsReset),
        guild.clone().prop_map(Action::AdminApprove),
        guild.prop_map(Action::AdminDeny),
        erasure,
        Just(Action::EraseNot),
        incident,
        Just(Action::Cancel),
    ]
}

#[test]
fn the_text_is_as_documented() {
    let id = ids(&[("k1", 1)]).sign(&Action::QueuePage(3), "42");
    // Computed once with Python's hmac module.
    assert_eq!(id, "t1.k1.queue.3.jmfwcWMtdEMPjxSid9CIWg");
}

#[test]
fn a_page_carries_what_its_list_was_narrowed_to() {
    let of = |page, guild, hours| Action::AuditPage(AuditPage { page, filter: AuditFilter { guild, hours } });
    for (action, text) in [
        (Action::AdminPage(GuildsPage { page: 2, status: None }), "guilds.2"),
        (Action::AdminPage(GuildsPage { page: 0, status: Some(Status::Denied) }), "guilds.0.denied"),
        (of(1, None, None), "audit.1"),
        (of(1, Some(GuildId::new(7)), None), "audit.1.7.-"),
        (of(1, None, Some(72)), "audit.1.-.72"),
    ] {
        assert_eq!((action.to_string().as_str(), text.parse()), (text, Ok(action)));
    }
    for bad in [
        "guilds.2.",
        "guilds.2.gone",
        "audit.1.-.-",
        "audit.1.7",
        "audit.1.7.-.",
        "audit.1.0.-",
        "audit..-.1",
    ] {
        assert_eq!(bad.parse::<Action>(), Err(BadCustomId), "{bad}");
    }
    let longest = of(u32::MAX, Some(GuildId::new(u64::MAX)), Some(u32::MAX));
    assert!(ids(&[("k123456789012345", 1)]).sign(&longest, &u64::MAX.to_string()).len() <= MAX_LENGTH);
}

fn incident_id(second: i64, seed: u64) -> IncidentId {
    IncidentId::new(Timestamp::from_second(second).unwrap(), Rng::fixed(seed)).unwrap()
}

#[test]
fn an_incidents_button_names_the_deed_and_the_incident_and_belongs_to_no_guild() {
    let incident = incident_id(1_790_000_000, 7);
    let ids = ids(&[("k123456789012345", 1)]);
    for deed in IncidentDeed::ALL {
        let action = Action::Incident(deed, incident);
        assert_eq!(action.to_string(), format!("inc.{deed}.{incident}"));
        let id = ids.sign(&action, INCIDENTS_TENANT);
        assert!(id.len() <= MAX_LENGTH, "{id}");
        assert_eq!(ids.parse(&id, INCIDENTS_TENANT), Ok(action));
        assert_eq!(ids.parse(&id, "42"), Err(BadCustomId));
    }
    let upper = format!("inc.ack.{}", incident.to_string().to_uppercase());
    for bad in ["inc", "inc.ack", "inc.ack.", "inc.ack.00", "inc.none.00", &upper] {
        assert_eq!(bad.parse::<Action>(), Err(BadCustomId), "{bad}");
    }
}

#[test]
fn an_id_of_one_guild_is_refused_in_another() {
    let ids = ids(&[("k1", 1)]);
    let id = ids.sign(&Action::Skip, "42");
    assert_eq!(ids.parse(&id, "42"), Ok(Action::Skip));
    for other in ["43", "dm#42", "", "4", "422"] {
        assert_eq!(ids.parse(&id, other), Err(BadCustomId), "{other}");
    }
}

#[test]
fn keys_rotate_without_breaking_old_buttons() {
    let old = ids(&[("k1", 1)]).sign(&Action::Pause, "42");
    let both = ids(&[("k2", 2), ("k1", 1)]);
    assert_eq!(both.parse(&old, "42"), Ok(Action::Pause));
    assert!(both.sign(&Action::Pause, "42").starts_with("t1.k2."));
    assert_eq!(ids(&[("k2", 2)]).parse(&old, "42"), Err(BadCustomId));
    assert_eq!(ids(&[("k1", 9)]).parse(&old, "42"), Err(BadCustomId), "same name, other key");
}

#[test]
fn the_secrets_first_key_signs() {
    let document = format!(
        r#"{{"keys":[{{"kid":"k2","key":"{}"}},{{"kid":"k1","key":"{}"}}]}}"#,
        "02".repeat(32),
        "01".repeat(32)
    );
    let both = CustomIds::from_key_set(&KeySet::parse(&Secret::new(document)).unwrap()).unwrap();
    assert_eq!(both.sign(&Action::Pause, "42"), ids(&[("k2", 2)]).sign(&Action::Pause, "42"));
    assert_eq!(both.parse(&ids(&[("k1", 1)]).sign(&Action::Pause, "42"), "42"), Ok(Action::Pause));
}

#[test]
fn bad_keys_are_refused() {
    let key =
        |kid: &str, length: usize| CustomIds::new(vec![(kid.to_owned(), Secret::new(vec![1; length]))]).err();
    assert_eq!(CustomIds::new(Vec::new()).err(), Some(BadKeys::None));
    assert_eq!(key("k1", 31), Some(BadKeys::Short));
    assert_eq!(key("k1", 0), Some(BadKeys::Short));
    for kid in ["", "K1", "k.1", "k1234567890123456"] {
        assert_eq!(key(kid, 32), Some(BadKeys::Kid), "{kid}");
    }
}

#[test]
fn a_signed_text_that_is_no_action_is_refused() {
    let ids = ids(&[("k1", 1)]);
    for text in ["", "nothing", "queue.-1", "queue.x", "remove.00", "approve.0", "skip.1", "loop.all"] {
        let mac = mac(&ids.keys[0].1, "k1", "42", text);
        assert_eq!(ids.parse(&format!("t1.k1.{text}.{mac}"), "42"), Err(BadCustomId), "{text}");
    }
}

#[test]
fn a_name_has_one_handle() {
    assert_eq!(Handle::of_name("road trip"), Handle::of_name("road trip"));
    assert_ne!(Handle::of_name("road trip"), Handle::of_name("Road trip"));
    assert_eq!("0123456789ABCDEF0123".parse::<Handle>(), Err(BadCustomId));
}

proptest! {
    #[test]
    fn every_action_comes_back(action in any_action(), tenant in "[0-9]{17,20}") {
        let ids = ids(&[("k1", 1)]);
        let id = ids.sign(&action, &tenant);
        prop_assert!(id.len() <= MAX_LENGTH && id.is_ascii());
        prop_assert_eq!(ids.parse(&id, &tenant), Ok(action));
    }

    #[test]
    fn any_changed_character_is_refused(action in any_action(), at in any::<prop::sample::Index>(), to in any::<char>()) {
        let ids = ids(&[("k1", 1), ("k2", 2)]);
        let id = ids.sign(&action, "42");
        let at = at.index(id.len());
        let changed: String = id.char_indices().map(|(i, c)| if i == at { to } else { c }).collect();
        prop_assume!(changed != id);
        prop_assert_eq!(ids.parse(&changed, "42"), Err(BadCustomId));
    }

    #[test]
    fn a_missing_or_added_character_is_refused(action in any_action(), at in any::<prop::sample::Index>(), c in any::<char>()) {
        let ids = ids(&[("k1", 1)]);
        let id = ids.sign(&action, "42");
        let at = at.index(id.len());
        prop_assert_eq!(ids.parse(&format!("{}{}", &id[..at], &id[at + 1..]), "42"), Err(BadCustomId));
        prop_assert_eq!(ids.parse(&format!("{}{c}{}", &id[..at], &id[at..]), "42"), Err(BadCustomId));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), tenant in any::<String>()) {
        prop_assert_eq!(ids(&[("k1", 1)]).parse(&text, &tenant), Err(BadCustomId));
    }
}
