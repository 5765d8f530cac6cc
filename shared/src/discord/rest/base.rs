//! Where Discord's API is, and the paths below it.

use core::str::FromStr;

use url::{Host, Url};

use crate::ids::ApplicationId;
use crate::security::secret::Secret;

/// `DISCORD_API_BASE_URL`: https, or http on loopback for the local stack. A token never travels in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBase(Url);

/// An address that a token must not be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Discord's address must be https, without user name, query and fragment")]
pub struct BadBase;

impl ApiBase {
    /// Discord's own.
    pub const DISCORD: &'static str = "https://discord.com/api/v10";

    /// Discord's own, as a value.
    pub fn discord() -> Self {
        // The constant is an address; a test reads it.
        Self::DISCORD.parse().unwrap_or_else(|_| unreachable!())
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// A route below the base, such as `channels/{id}`.
    pub(super) fn route(&self, segments: &[&str]) -> Option<Url> {
        let mut url = self.0.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(segments);
        Some(url)
    }

    /// The webhook of an interaction; `None` if the token is not one.
    pub(super) fn webhook(&self, application: ApplicationId, token: &Secret, rest: &[&str]) -> Option<Url> {
        let token = core::str::from_utf8(token.expose()).ok().filter(|token| is_token(token))?;
        let mut url = self.0.clone();
        let mut path = url.path_segments_mut().ok()?;
        path.pop_if_empty().extend(["webhooks", &application.to_string(), token]).extend(rest);
        drop(path);
        Some(url)
    }
}

impl FromStr for ApiBase {
    type Err = BadBase;

    fn from_str(text: &str) -> Result<Self, BadBase> {
        let url: Url = text.parse().map_err(|_| BadBase)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let bare = url.query().is_none() && url.fragment().is_none();
        let safe = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        if safe && plain && bare { Ok(Self(url)) } else { Err(BadBase) }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Discord's tokens are base 64 and dots. `..` as a whole would climb up the path.
fn is_token(token: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=+~".contains(&byte);
    matches!(token.len(), 1..=1024) && token.bytes().all(allowed) && !token.bytes().all(|byte| byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(token: &str) -> Option<String> {
        let base: ApiBase = ApiBase::DISCORD.parse().unwrap();
        base.webhook(ApplicationId::new(7), &Secret::new(token), &["messages", "@original"]).map(String::from)
    }

    #[test]
    fn the_path_is_the_documented_one() {
        let url = webhook("aW50.x-y_z").unwrap();
        assert_eq!(url, "https://discord.com/api/v10/webhooks/7/aW50.x-y_z/messages/@original");
    }

    #[test]
    fn a_token_that_would_lead_elsewhere_is_none() {
        for token in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a\\b", "a b", "ä"] {
            assert_eq!(webhook(token), None, "{token}");
        }
        assert_eq!(webhook(&"a".repeat(1025)), None);
    }

    #[test]
    fn a_token_is_never_sent_in_the_clear() {
        for base in [
            "https://discord.com/api/v10",
            "http://127.0.0.1:8787/api",
            "http://[::1]:1/",
            "http://localhost",
        ] {
            assert!(base.parse::<ApiBase>().is_ok(), "{base}");
        }
        for base in [
            "",
            "discord.com",
            "http://discord.com/api/v10",
            "http://127.0.0.1.example.com",
            "https://user:pass@discord.com",
            "https://discord.com/?a=b",
            "https://discord.com/#a",
            "file:///etc",
            "data:text/plain,x",
        ] {
            assert_eq!(base.parse::<ApiBase>(), Err(BadBase), "{base}");
        }
    }
}
