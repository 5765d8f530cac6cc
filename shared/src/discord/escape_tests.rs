use proptest::prelude::*;

use super::*;

fn escaped(raw: &str) -> String {
    Escaped::new(raw).to_string()
}

#[test]
fn titles_that_people_know_stay_readable() {
    for title in [
        "Don't Stop",
        "Guns N' Roses",
        "R&B",
        "Drop It Like It's Hot",
        "What's Going On? (Live, 1971)",
        "50% & more; \"quoted\" = 1/2",
        "Ünïcödé — 日本語",
        "👨‍👩‍👧‍👦 family",
        "AC/DC",
        "Song - Artist",
    ] {
        assert_eq!(escaped(title), title);
    }
}

#[test]
fn markup_loses_its_meaning() {
    for (raw, expected) in [
        ("*a* _b_ ~~c~~ ||d||", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\|"),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("[free](https://evil.example)", r"\[free\](https\://evil.example)"),
        ("<@123> <@&1> <#2> @everyone", r"\<\@123\> \<\@&1\> \<\#2\> \@everyone"),
        ("<a:dance:1> <t:0:R>", r"\<a:dance:1\> \<t:0:R\>"),
        ("# Big", r"\# Big"),
        ("-# small", r"\-\# small"),
        ("- item", r"\- item"),
        ("+ item", r"\+ item"),
        ("1. item", r"1\. item"),
        ("12) item", r"12\) item"),
        ("> quote", r"\> quote"),
        (r"back\slash", r"back\\slash"),
        ("visit https://x.example", r"visit https\://x.example"),
    ] {
        assert_eq!(escaped(raw), expected, "{raw}");
    }
}

#[test]
fn a_text_is_one_line_so_that_it_cannot_leave_its_row() {
    assert_eq!(escaped("a\n# b\r\n\u{2028}c\t\0d "), "a \\# b c d");
}

#[test]
fn direction_controls_go_and_right_to_left_text_is_isolated() {
    assert_eq!(escaped("a\u{202E}b\u{2066}c\u{200B}"), "abc");
    assert_eq!(escaped("שלום"), "\u{2068}שלום\u{2069}");
}

#[test]
fn a_cut_keeps_whole_graphemes_and_whole_escapes() {
    assert_eq!(Escaped::within("abcdef", 6).as_str(), "abcdef");
    assert_eq!(Escaped::within("abcdef", 5).as_str(), "abcd…");
    assert_eq!(Escaped::within("****", 5).as_str(), r"\*\*…");
    assert_eq!(Escaped::within("ab👨‍👩‍👧‍👦", 6).as_str(), "ab…");
    assert_eq!(Escaped::within("ab", 0).as_str(), "");
}

#[test]
fn a_plain_label_shows_no_backslashes() {
    assert_eq!(plain("*R&B*\n<x>", 80), "*R&B* <x>");
    assert_eq!(plain("abcdef", 4), "abc…");
}

/// What a reader sees: every backslash before ASCII punctuation is taken away.
fn rendered(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

proptest! {
    #[test]
    fn the_reader_sees_what_was_written(raw in "\\PC{0,80}") {
        let shown = rendered(&escaped(&raw));
        prop_assert_eq!(shown.trim_matches([ISOLATE.0, ISOLATE.1]), one_line(&raw));
    }

    #[test]
    fn no_markup_survives_unescaped(raw in any::<String>()) {
        let text = escaped(&raw);
        let mut before = ' ';
        for c in text.chars() {
            prop_assert!(before == '\\' || !is_markup(c) || c == '\\', "{}", text);
            before = if before == '\\' && c == '\\' { ' ' } else { c };
        }
    }

    #[test]
    fn a_cut_never_passes_its_limit(raw in any::<String>(), max in 0_usize..60) {
        prop_assert!(units(Escaped::within(&raw, max).as_str()) <= max.max(2));
        prop_assert!(units(&plain(&raw, max)) <= max);
    }
}
