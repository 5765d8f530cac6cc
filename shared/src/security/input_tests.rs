use super::*;
use proptest::prelude::*;

fn query(text: &str) -> Result<String, InputError> {
    text.parse::<SearchQuery>().map(String::from)
}

#[test]
fn songs_whose_names_look_like_attacks_are_songs() {
    for song in [
        "Drop It Like It's Hot",
        "Union",
        "Select",
        "Delete Forever",
        "Guns N' Roses",
        "R&B",
        "'; DROP TABLE songs; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "👨‍👩‍👧‍👦 family",
        "أغنية عربية",
        "שיר עברי",
        "می‌خواهم",
        "Don't   Stop",
    ] {
        assert_eq!(query(song).as_deref(), Ok(song));
    }
}

#[test]
fn a_query_is_trimmed_and_composed_and_nothing_else() {
    assert_eq!(query("  Cafe\u{301}  del  mar \n").as_deref(), Ok("Café  del  mar"));
}

#[test]
fn blank_is_refused_in_every_disguise() {
    for blank in ["", " ", "\n\t", "\u{3000}", "\u{200b}", "\u{feff} \u{2060}"] {
        assert_eq!(query(blank), Err(InputError::Blank), "{blank:?}");
    }
}

#[test]
fn the_limit_counts_scalars_after_composition() {
    assert!(query(&"é".repeat(QUERY_MAX)).is_ok());
    assert!(query(&"e\u{301}".repeat(QUERY_MAX)).is_ok());
    assert!(query(&"🎵".repeat(QUERY_MAX)).is_ok());
    assert_eq!(query(&"a".repeat(QUERY_MAX + 1)), Err(InputError::TooLong { max: QUERY_MAX }));
}

#[test]
fn control_and_direction_characters_are_refused() {
    for c in ['\0', '\n', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}'] {
        assert_eq!(query(&format!("a{c}b")), Err(InputError::ControlCharacter), "{c:?}");
    }
    for c in ['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
        assert_eq!(query(&format!("a{c}b")), Err(InputError::BidiCharacter), "{c:?}");
    }
}

#[test]
fn playlist_names_have_their_own_limit() {
    assert!("é".repeat(PLAYLIST_NAME_MAX).parse::<PlaylistName>().is_ok());
    assert_eq!(
        "a".repeat(PLAYLIST_NAME_MAX + 1).parse::<PlaylistName>(),
        Err(InputError::TooLong { max: PLAYLIST_NAME_MAX })
    );
}

#[test]
fn command_names_keep_to_their_alphabet() {
    for good in ["play", "Play_2-now", &"a".repeat(COMMAND_NAME_MAX)] {
        assert_eq!(good.parse::<CommandName>().unwrap().as_str(), good);
    }
    for bad in ["pläy", "play now", "play\n", "a.b"] {
        assert_eq!(bad.parse::<CommandName>(), Err(InputError::Form), "{bad:?}");
    }
    assert_eq!("".parse::<CommandName>(), Err(InputError::Blank));
    let long = "a".repeat(COMMAND_NAME_MAX + 1);
    assert_eq!(long.parse::<CommandName>(), Err(InputError::TooLong { max: COMMAND_NAME_MAX }));
}

#[test]
fn messages_may_have_lines_but_no_escapes() {
    assert_eq!("a\n\tb\r\nc".parse::<MessageText>().unwrap().as_str(), "a\n\tb\r\nc");
    assert_eq!("a\u{1b}[2J".parse::<MessageText>(), Err(InputError::ControlCharacter));
    assert!("x".repeat(MESSAGE_MAX).parse::<MessageText>().is_ok());
    assert_eq!(
        "x".repeat(MESSAGE_MAX + 1).parse::<MessageText>(),
        Err(InputError::TooLong { max: MESSAGE_MAX })
    );
}

#[test]
fn platform_users_are_letters_colon_digits() {
    let user: PlatformUserId = "twitch:0123".parse().unwrap();
    assert_eq!(
        (user.platform(), user.digits(), user.to_string().as_str()),
        ("twitch", "0123", "twitch:0123")
    );
    for bad in ["twitch", "Twitch:1", "twitch:1a", "twitch:1:2", "twitch:-1", "twitch:١", "twitch:1 "] {
        assert_eq!(bad.parse::<PlatformUserId>(), Err(InputError::Form), "{bad:?}");
    }
    for blank in ["", ":1", "twitch:"] {
        assert_eq!(blank.parse::<PlatformUserId>(), Err(InputError::Blank), "{blank:?}");
    }
    let long = format!("twitch:{}", "1".repeat(33));
    assert_eq!(long.parse::<PlatformUserId>(), Err(InputError::TooLong { max: 32 }));
}

#[test]
fn folding_joins_case_composition_and_spaces() {
    assert_eq!(fold("  ROAD \u{a0} Trip\tCAFE\u{301} "), "road trip café");
    assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("Σίσυφοσ"));
}

#[test]
fn the_table_gives_back_only_what_parses() {
    assert!(serde_json::from_str::<SearchQuery>(r#""a\u0000b""#).is_err());
    assert_eq!(serde_json::to_string(&"R&B".parse::<SearchQuery>().unwrap()).unwrap(), r#""R&B""#);
}

proptest! {
    #[test]
    fn what_is_accepted_is_within_its_rule_and_stable(text in any::<String>()) {
        if let Ok(accepted) = query(&text) {
            prop_assert!(accepted.chars().count() <= QUERY_MAX);
            prop_assert!(!accepted.chars().any(|c| is_control(c) || is_bidi_control(c)));
            prop_assert_eq!(query(&accepted), Ok(accepted.clone()));
        }
    }

    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn no_platform_id_panics(text in any::<String>()) {
        if let Ok(user) = text.parse::<PlatformUserId>() {
            prop_assert_eq!(user.to_string(), text);
        }
    }
}

#[test]
fn a_services_id_is_plain_and_bounded() {
    for good in ["17fa2df1-ad76-4804-bfa5-a40ef63efe63", "UC_x5XG1OV2P6uZZ5FSM9Ttw", "1"] {
        assert_eq!(good.parse::<ServiceId>().unwrap().as_str(), good);
    }
    let long = "a".repeat(SERVICE_ID_MAX + 1);
    for bad in ["", "a b", "a/b", "a.b", "\u{e9}", &long] {
        assert!(bad.parse::<ServiceId>().is_err(), "{bad}");
    }
}

#[test]
fn a_heading_is_one_line_of_its_length() {
    assert_eq!("  Request a song ".parse::<Headline>().unwrap().as_str(), "Request a song");
    assert_eq!(
        "a".repeat(HEADLINE_MAX + 1).parse::<Headline>(),
        Err(InputError::TooLong { max: HEADLINE_MAX })
    );
    assert_eq!("a\nb".parse::<Headline>(), Err(InputError::ControlCharacter));
}
