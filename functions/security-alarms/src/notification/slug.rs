//! Makes a label of a name that somebody else gives.

use shared::domain::incident::Label;
use shared::security::id_digits::without_ids;

/// The name in lower case; whatever is no letter or digit is one `-`; an id is `id`; and no more than a label holds. `None`:
/// nothing is left.
pub(super) fn slug(name: &str) -> Option<Label> {
    let mut text = String::new();
    for c in without_ids(name, "id").chars() {
        if c.is_ascii_alphanumeric() {
            text.push(c.to_ascii_lowercase());
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
    }
    // Everything in it is one byte long.
    text.truncate(Label::MAX);
    text.trim_end_matches('-').parse().ok()
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
