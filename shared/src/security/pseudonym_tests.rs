use proptest::prelude::*;

use super::*;

fn keyed(byte: u8) -> Pseudonyms {
    Pseudonyms::new("k1".parse().unwrap(), &Secret::new([byte; 32])).unwrap()
}

/// Computed with Python: `hmac.new(b'\x07' * 32, b'timmybot-pseudonym-v1\0user\0' + b'175928847299117063', 'sha256')`.
#[test]
fn the_form_is_kind_key_and_sixteen_digits_of_hmac() {
    let name = keyed(7).user(UserId::new(175_928_847_299_117_063));
    assert_eq!(name.as_str(), "user_k1_1c2a2e07f6a46f7c");
}

#[test]
fn one_number_under_two_kinds_or_two_keys_gives_unrelated_digits() {
    let digits = |name: &Pseudonym| name.as_str().rsplit('_').next().unwrap().to_owned();
    let one = keyed(1);
    let all = [
        digits(&one.user(UserId::new(42))),
        digits(&one.admin(UserId::new(42))),
        digits(&one.guild(GuildId::new(42))),
        digits(&one.channel(ChannelId::new(42))),
        digits(&one.role(RoleId::new(42))),
        digits(&one.interaction(InteractionId::new(42))),
        digits(&one.secret_id("42")),
        digits(&one.account(Provider::Twitch, &"42".parse().unwrap())),
        digits(&one.account(Provider::Slack, &"42".parse().unwrap())),
        digits(&keyed(2).user(UserId::new(42))),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(one.user(UserId::new(42)), keyed(1).user(UserId::new(42)));
}

#[test]
fn an_address_has_one_pseudonym_however_it_is_written() {
    let one = keyed(1);
    assert_eq!(one.ip("192.0.2.1".parse().unwrap()), one.ip("::ffff:192.0.2.1".parse().unwrap()));
    assert_ne!(one.ip("192.0.2.1".parse().unwrap()), one.ip("192.0.2.2".parse().unwrap()));
}

#[test]
fn without_a_key_the_field_says_so_and_never_the_id() {
    let none = Pseudonyms::unavailable();
    assert_eq!(none.user(UserId::new(42)).as_str(), "unavailable");
    assert_eq!(none.secret_id("/timmybot/users/42/oauth").to_string(), "unavailable");
    assert!(!none.is_available());
}

#[test]
fn short_and_empty_keys_are_refused() {
    for length in [0, 1, 31] {
        assert_eq!(
            Pseudonyms::new("k1".parse().unwrap(), &Secret::new(vec![1; length])).err(),
            Some(ShortKey)
        );
    }
}

#[test]
fn what_was_stored_reads_back_and_a_raw_id_does_not() {
    let one = keyed(1);
    for name in [
        one.user(UserId::new(42)),
        one.secret_id("x"),
        one.account(Provider::Twitch, &"42".parse().unwrap()),
        Pseudonyms::unavailable().user(UserId::new(1)),
        Pseudonym::alarms(),
    ] {
        assert_eq!(name.as_str().parse(), Ok(name));
    }
    assert_eq!(Pseudonym::alarms().as_str(), "alarms");
    for text in [
        "",
        "175928847299117063",
        "user_k1_175928847299117063",
        "user_k1_0123456789ABCDEF",
        "user_k1_0123456789abcde",
        "person_k1_0123456789abcdef",
        "user__0123456789abcdef",
        "user_k1",
    ] {
        assert_eq!(text.parse::<Pseudonym>(), Err(NotAPseudonym), "{text}");
    }
}

#[test]
fn debug_does_not_show_the_key() {
    assert_eq!(format!("{:?}", keyed(7)), "Pseudonyms(keyed)");
}

proptest! {
    #[test]
    fn no_id_survives_in_its_pseudonym(id in 1_000_000_000_u64..) {
        let name = keyed(3).user(UserId::new(id));
        prop_assert!(!name.as_str().contains(&id.to_string()));
        prop_assert_eq!(name.as_str().parse(), Ok(name.clone()));
    }
}
