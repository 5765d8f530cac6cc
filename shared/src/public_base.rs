//! Where browsers and clients reach this deployment.

use core::str::FromStr;

use url::{Host, Url};

use crate::domain::accounts::Provider;

/// The address below which our pages are: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBase(Url);

/// A public address that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an https address without user, query and fragment, such as https://bot.example.org")]
pub struct BadPublicBase;

impl PublicBase {
    /// The one address that a service may send its answer to; it is registered there to the letter.
    pub fn redirect(&self, provider: Provider) -> Url {
        self.below(&["oauth", "callback", provider.code()])
    }

    /// The address as text, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The path of an address below ours, from its slash; `None`: it is not below it.
    pub fn own_part<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.0.path().trim_end_matches('/')).filter(|rest| rest.starts_with('/'))
    }

    /// The same, taken apart.
    pub fn parts<'a>(&self, path: &'a str) -> Option<Vec<&'a str>> {
        Some(self.own_part(path)?.strip_prefix('/')?.split('/').collect())
    }

    /// The path of one of our pages.
    pub fn path(&self, parts: &[&str]) -> String {
        self.below(parts).path().to_owned()
    }

    /// The address of something below ours.
    pub fn below(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An address with a host has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }
}

impl FromStr for PublicBase {
    type Err = BadPublicBase;

    fn from_str(text: &str) -> Result<Self, BadPublicBase> {
        let url = Url::parse(text).map_err(|_| BadPublicBase)?;
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err(BadPublicBase),
        };
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if bare && (url.scheme() == "https" || (url.scheme() == "http" && local)) {
            Ok(Self(url))
        } else {
            Err(BadPublicBase)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_ours_is_one() {
        for good in [
            "https://bot.example.org",
            "https://bot.example.org/timmy/",
            "http://127.0.0.1:8787",
            "http://[::1]/",
        ] {
            assert!(good.parse::<PublicBase>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "bot.example.org",
            "http://bot.example.org",
            "https://user@bot.example.org",
            "https://bot.example.org/?a=b",
            "https://bot.example.org/#a",
            "mailto:a@example.org",
        ] {
            assert_eq!(bad.parse::<PublicBase>(), Err(BadPublicBase), "{bad}");
        }
    }

    #[test]
    fn every_service_has_one_address_to_answer_to() {
        for (base, expected) in [
            ("https://bot.example.org", "https://bot.example.org/oauth/callback/spotify"),
            ("https://bot.example.org/prod/", "https://bot.example.org/prod/oauth/callback/spotify"),
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787/oauth/callback/spotify"),
        ] {
            let base: PublicBase = base.parse().unwrap();
            assert_eq!(base.redirect(Provider::Spotify).as_str(), expected);
            let path = base.path(&["oauth", "link", "x"]);
            assert_eq!(base.parts(&path), Some(vec!["oauth", "link", "x"]));
        }
        let base: PublicBase = "https://bot.example.org/prod".parse().unwrap();
        assert_eq!((base.parts("/other/oauth"), base.parts("")), (None, None));
        assert_eq!(base.as_str(), "https://bot.example.org/prod");
    }
}
