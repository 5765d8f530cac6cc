//! Makes a label of a name that somebody else gives.

use shared::domain::incident::Label;

/// The name in lower case; whatever is no letter or digit is one `-`; a run of 15 digits or more, which would be an id, is
/// `id`; and no more than a label holds. `None`: nothing is left.
pub(super) fn slug(name: &str) -> Option<Label> {
    let mut text = String::new();
    for run in runs(name) {
        match run {
            Run::Other => {
                if !text.is_empty() && !text.ends_with('-') {
                    text.push('-');
                }
            }
            Run::Digits(digits) if digits.len() >= 15 => text.push_str("id"),
            Run::Digits(word) | Run::Letters(word) => text.push_str(&word.to_ascii_lowercase()),
        }
    }
    // Everything in it is one byte long.
    text.truncate(Label::MAX);
    text.trim_end_matches('-').parse().ok()
}

enum Run<'a> {
    Digits(&'a str),
    Letters(&'a str),
    Other,
}

fn runs(name: &str) -> impl Iterator<Item = Run<'_>> {
    let kind = |c: char| (c.is_ascii_digit(), c.is_ascii_alphabetic());
    let mut rest = name;
    core::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.find(|c| kind(c) != first).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end)?;
        rest = after;
        Some(match first {
            (true, _) => Run::Digits(run),
            (_, true) => Run::Letters(run),
            _ => Run::Other,
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_others_become_labels() {
        for (name, label) in [
            ("Recon:IAMUser/MaliciousIPCaller", "recon-iamuser-maliciousipcaller"),
            ("TimmyBot-Something", "timmybot-something"),
            ("  a__b  ", "a-b"),
            ("guild 175928847299117063", "guild-id"),
            ("x175928847299117063y", "xidy"),
            ("12345678901234", "12345678901234"),
            ("Größe", "gr-e"),
        ] {
            assert_eq!(slug(name).unwrap().as_str(), label);
        }
        for nothing in ["", "---", "ß", "\n"] {
            assert_eq!(slug(nothing), None, "{nothing:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_has_a_letter_has_a_label(name in "[^a-zA-Z]{0,60}[a-zA-Z]\\PC{0,80}") {
            prop_assert!(slug(&name).is_some(), "{}", name);
        }
    }
}
