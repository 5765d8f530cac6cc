//! The parsers one by one, each with what must hold of whatever it accepts.

use std::sync::LazyLock;

use shared::discord::envelope::Interaction;
use shared::discord::escape::{self, Escaped};
use shared::security::custom_id::{Action, CustomIds, MAX_LENGTH};
use shared::security::secret::Secret;

static IDS: LazyLock<Option<CustomIds>> =
    LazyLock::new(|| CustomIds::new(vec![("k1".to_owned(), Secret::new(*b"a key for fuzzing, 32 bytes long"))]).ok());

/// Promise: no panic, and a tenant for everybody who acts.
pub(super) fn envelope(data: &[u8]) {
    let Ok(interaction) = Interaction::parse(data) else { return };
    assert_eq!(interaction.actor().is_some() || interaction.guild_id.is_some(), interaction.tenant().is_some());
    assert!(!format!("{interaction:?}").contains("Secret("), "the token shows");
}

/// Promise: what we did not sign is refused; what we sign fits, comes back, and holds for its tenant alone.
pub(super) fn custom_id(data: &[u8]) {
    let (Ok(text), Some(ids)) = (str::from_utf8(data), IDS.as_ref()) else { return };
    assert!(ids.parse(text, "290926798626357999").is_err(), "forged: {text}");
    let Ok(action) = text.parse::<Action>() else { return };
    let signed = ids.sign(&action, "1");
    assert!(signed.len() <= MAX_LENGTH, "{signed}");
    assert_eq!(ids.parse(&signed, "1"), Ok(action));
    assert!(ids.parse(&signed, "2").is_err());
}

/// Promise: one line, within its limit, with nothing left that pings or turns the text around.
pub(super) fn escape(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for max in [0, 1, 2, 80] {
        for out in [Escaped::within(text, max).as_str(), &escape::plain(text, max)] {
            assert!(escape::units(out) <= max, "{max}: {out:?}");
            assert!(!out.chars().any(char::is_control), "{out:?}");
        }
    }
    let whole = Escaped::new(text);
    for ping in ["@everyone", "@here", "<@", "<#", "](", "```", "||"] {
        assert!(!whole.as_str().contains(ping), "{ping} in {whole}");
    }
}
