//! The parsers one by one, each with what must hold of whatever it accepts.

use std::net::IpAddr;
use std::sync::LazyLock;

use shared::discord::envelope::Interaction;
use shared::discord::escape::{self, Escaped};
use shared::security::custom_id::{Action, CustomIds, MAX_LENGTH};
use shared::security::input::{
    self, CommandName, MessageText, PlatformUserId, PlaylistName, QUERY_MAX, SearchQuery,
};
use shared::security::secret::Secret;
use shared::security::track_url::{Query, TrackUrl, UrlPolicy};

static IDS: LazyLock<Option<CustomIds>> = LazyLock::new(|| {
    CustomIds::new(vec![("k1".to_owned(), Secret::new(*b"a key for fuzzing, 32 bytes long"))]).ok()
});

/// Promise: no panic, and a tenant for everybody who acts.
pub(super) fn envelope(data: &[u8]) {
    let Ok(interaction) = Interaction::parse(data) else { return };
    assert_eq!(
        interaction.actor().is_some() || interaction.guild_id.is_some(),
        interaction.tenant().is_some()
    );
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

/// Promise: one line, within its limit, in which every mark of Discord's has its backslash.
pub(super) fn escape(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for max in [3, 8, 80, usize::MAX] {
        let escaped = Escaped::within(text, max);
        assert_all_escaped(escaped.as_str());
        for out in [escaped.as_str(), &escape::plain(text, max)] {
            assert!(escape::units(out) <= max, "{max}: {out:?}");
            assert!(!out.chars().any(char::is_control), "{out:?}");
        }
    }
}

fn assert_all_escaped(text: &str) {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        assert!(
            !matches!(c, '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '#' | '@'),
            "{c} in {text}"
        );
        assert!(
            c != '\\' || chars.next().is_some(),
            "a backslash at the end would escape our own next word: {text}"
        );
    }
}

/// Promise: what is accepted as a URL is `https`, public, without a password, and reads back as itself.
pub(super) fn track_url(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let _ = Query::parse(text, UrlPolicy::HTTPS_ONLY);
    for policy in [UrlPolicy::HTTPS_ONLY, UrlPolicy { allow_http: true }] {
        let Ok(url) = TrackUrl::parse(text, policy) else { continue };
        assert!(url.is_https() || policy.allow_http, "{}", url.as_str());
        assert!(url.as_str().len() <= input::URL_MAX, "{}", url.as_str());
        assert!(!url.host().is_empty() && url.host().is_ascii(), "{}", url.as_str());
        let last_label = url.host().trim_end_matches('.').rsplit('.').next();
        assert_ne!(last_label, Some("localhost"), "{}", url.as_str());
        let address = url.host().trim_matches(['[', ']']).parse::<IpAddr>();
        assert!(!address.is_ok_and(|address| is_inside(address.to_canonical())), "{}", url.as_str());
        assert_eq!(TrackUrl::parse(url.as_str(), policy).as_ref(), Ok(&url), "{text:?}");
        let _ = url.file_name();
    }
}

/// Addresses that no request from our network may reach, by the standard library's opinion alone.
fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified()
        }
    }
}

/// Promise: accepted text is within its limit, holds no control character, and is accepted again unchanged.
pub(super) fn text_input(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    if let Ok(query) = text.parse::<SearchQuery>() {
        let kept = query.as_str();
        assert!(kept.chars().count() <= QUERY_MAX && !kept.is_empty(), "{kept:?}");
        assert!(!kept.chars().any(|c| input::is_control(c) || input::is_bidi_control(c)), "{kept:?}");
        assert_eq!(kept.parse::<SearchQuery>().as_ref(), Ok(&query), "{text:?}");
    }
    if let Ok(name) = text.parse::<PlaylistName>() {
        assert_eq!(name.as_str().parse::<PlaylistName>().as_ref(), Ok(&name), "{text:?}");
        let folded = input::fold(name.as_str());
        assert_eq!(input::fold(&folded), folded, "{text:?}");
    }
    if let Ok(message) = text.parse::<MessageText>() {
        assert_eq!(message.as_str().parse::<MessageText>().as_ref(), Ok(&message), "{text:?}");
    }
    if let Ok(id) = text.parse::<PlatformUserId>() {
        assert_eq!(id.to_string(), text);
    }
    if let Ok(name) = text.parse::<CommandName>() {
        assert_eq!(name.as_str(), text);
    }
}
