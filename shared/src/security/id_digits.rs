//! Rule: a run of 15 digits or more is an id, and stands in nothing that others read: no log line, no name of an
//! incident, no message of an alarm (SPEC T22, T27).
//! Threat: an error code, an alarm's text or a name from outside that carries whose server or account it is about.
//! Refusal: who takes a code or a name refuses it as a whole ([`has_id`]); who takes a text shows it without its ids
//! ([`without_ids`]).
//!
//! Discord's ids have 17 digits and more, AWS's accounts 12, and a time in milliseconds has 13.

/// The fewest ASCII digits in a row that are an id.
pub const ID_DIGITS: usize = 15;

/// Whether there is an id anywhere in a text.
pub fn has_id(text: &str) -> bool {
    runs(text).any(is_id)
}

/// The text with `instead` for each of its ids. `instead` has no digits.
pub fn without_ids(text: &str, instead: &str) -> String {
    runs(text).map(|run| if is_id(run) { instead } else { run }).collect()
}

fn is_id(run: &str) -> bool {
    run.len() >= ID_DIGITS && run.starts_with(is_digit)
}

/// The text in parts that are all digits or have none, each as long as it can be.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let digits = rest.starts_with(is_digit);
        let end = rest.find(|c: char| is_digit(c) != digits).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end)?;
        rest = after;
        (!run.is_empty()).then_some(run)
    })
}

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fifteen_digits_in_a_row_are_an_id_and_fourteen_are_none() {
        for text in ["123456789012345", "x175928847299117063y", "1-175928847299117063", "ä123456789012345ß"]
        {
            assert!(has_id(text), "{text}");
        }
        for text in ["", "id", "12345678901234", "1764000000000", "123456789012", "1234567890-1234567890"] {
            assert!(!has_id(text), "{text}");
        }
        assert!(!has_id(&"\u{663}".repeat(ID_DIGITS)), "ids are written in ASCII");
    }

    #[test]
    fn each_id_is_replaced_and_the_rest_stays() {
        for (text, shown) in [
            ("", ""),
            ("no such user", "no such user"),
            ("175928847299117063", "[id]"),
            ("guild 175928847299117063 and 80351110224678912!", "guild [id] and [id]!"),
            ("12345678901234-175928847299117063", "12345678901234-[id]"),
            ("ß175928847299117063ß", "ß[id]ß"),
        ] {
            assert_eq!(without_ids(text, "[id]"), shown);
        }
    }

    /// Letters, digits and long runs of them, in any order.
    fn texts() -> impl Strategy<Value = String> {
        prop::collection::vec("[0-9]{1,20}|\\PC{0,5}", 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_snowflake_gets_through(before in "\\PC{0,20}", id in 100_000_000_000_000_u64.., after in "\\PC{0,20}") {
            let text = format!("{before}{id}{after}");
            prop_assert!(has_id(&text));
            let shown = without_ids(&text, "[id]");
            prop_assert!(!shown.contains(&id.to_string()) && shown.contains("[id]"), "{}", shown);
        }

        #[test]
        fn nothing_is_left_and_nothing_else_changes(text in texts()) {
            let shown = without_ids(&text, "[id]");
            prop_assert!(!has_id(&shown), "{}", shown);
            prop_assert_eq!(shown == text, !has_id(&text));
            prop_assert_eq!(without_ids(&shown, "[id]"), shown);
        }

        #[test]
        fn the_parts_are_the_whole(text in texts()) {
            prop_assert_eq!(runs(&text).collect::<String>(), text.as_str());
            for run in runs(&text) {
                let digits = run.starts_with(is_digit);
                prop_assert!(!run.is_empty() && run.chars().all(|c| is_digit(c) == digits), "{}", run);
            }
        }
    }
}
