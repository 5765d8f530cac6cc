//! A URL that the guarded connector may fetch: parsed by the rules of `shared::security::track_url`, plus exceptions.

use core::fmt;

use shared::security::input::URL_MAX;
use shared::security::track_url::{TrackUrl, UrlError};
use url::{Host, Url};

use super::NetPolicy;
use crate::failure::PlayError;

/// Where something may be fetched. Names are judged again when they are resolved.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target(Url);

impl Target {
    /// Parses `text` under `policy`.
    pub fn parse(text: &str, policy: &NetPolicy) -> Result<Self, PlayError> {
        let public = TrackUrl::parse(text, policy.urls);
        let url = Url::parse(text).map_err(|_| PlayError::AddressNotAllowed)?;
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(PlayError::AddressNotAllowed);
        };
        // A named host is held to its named port even where the name alone would pass for public.
        let allowed = if policy.private_hosts.name(&host) {
            let wrong_place = |error: &UrlError| matches!(error, UrlError::PrivateHost | UrlError::Port);
            policy.private_hosts.allow(&host, port) && public.as_ref().err().is_none_or(wrong_place)
        } else {
            public.is_ok()
        };
        if allowed && url.as_str().len() <= URL_MAX {
            Ok(Self(url))
        } else {
            Err(PlayError::AddressNotAllowed)
        }
    }

    /// Where a `Location`, or a line of a playlist, leads from here; judged like what a user types.
    pub fn join(&self, reference: &str, policy: &NetPolicy) -> Result<Self, PlayError> {
        let joined = self.0.join(reference).map_err(|_| PlayError::AddressNotAllowed)?;
        Self::parse(joined.as_str(), policy)
    }

    /// The URL.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The host's name in ASCII; none where it is an address.
    pub fn domain(&self) -> Option<&str> {
        self.0.domain()
    }

    /// Host and port, the address in brackets where it is IPv6; for the proxy.
    pub fn authority(&self) -> Option<(Host<&str>, u16)> {
        Some((self.0.host()?, self.0.port_or_known_default()?))
    }

    /// Whether it is `https`.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }
}

/// A query string may hold somebody's token: only scheme and host are shown.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({}://{}/…)", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use shared::security::track_url::UrlPolicy;

    use super::*;
    use crate::net::PrivateHosts;

    fn policy(hosts: &[&str]) -> NetPolicy {
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        NetPolicy {
            urls: UrlPolicy { allow_http: true },
            private_hosts: PrivateHosts::allowing(hosts),
            ..NetPolicy::STRICT
        }
    }

    #[test]
    fn private_places_are_refused_however_they_are_written() {
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "169.254.169.254",
            "localhost",
            "metadata.google.internal",
            "10.0.0.1:8080",
        ] {
            let url = format!("http://{host}/a.mp3");
            assert_eq!(Target::parse(&url, &policy(&[])).err(), Some(PlayError::AddressNotAllowed), "{host}");
        }
    }

    #[test]
    fn an_exception_opens_its_host_and_port_and_nothing_else_of_the_url() {
        let policy = policy(&["127.0.0.1:81", "songs.example.org:8080=127.0.0.1"]);
        assert!(Target::parse("http://127.0.0.1:81/a", &policy).is_ok());
        assert!(Target::parse("http://songs.example.org:8080/a", &policy).is_ok());
        for url in [
            "http://127.0.0.1:82/a",
            "http://127.0.0.2:81/a",
            "http://user@127.0.0.1:81/a",
            "ftp://127.0.0.1:81/a",
            "https://songs.example.org/a",
        ] {
            assert_eq!(Target::parse(url, &policy).err(), Some(PlayError::AddressNotAllowed), "{url}");
        }
    }

    #[test]
    fn a_reference_is_judged_like_a_link() {
        let policy = NetPolicy::STRICT;
        let base = Target::parse("https://example.org/live/index.m3u8?x=1", &policy).unwrap();
        let join = |reference: &str| base.join(reference, &policy).map(|to| to.url().as_str().to_owned());
        assert_eq!(join("seg1.ts").unwrap(), "https://example.org/live/seg1.ts");
        assert_eq!(join("//cdn.example.com/a").unwrap(), "https://cdn.example.com/a");
        for reference in ["http://example.org/a", "//127.0.0.1/a", "file:///etc/passwd", "//u@example.org/"] {
            assert_eq!(join(reference), Err(PlayError::AddressNotAllowed), "{reference}");
        }
    }

    #[test]
    fn no_path_and_no_query_is_shown() {
        let target = Target::parse("https://example.org/a?token=s3cret", &NetPolicy::STRICT).unwrap();
        assert_eq!(format!("{target:?}"), "Target(https://example.org/…)");
    }
}
