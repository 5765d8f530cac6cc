//! The operator's exceptions to "public addresses only" (SPEC T18), empty unless `ALLOWED_PRIVATE_HOSTS` names some.
//!
//! Each one opens a door from a song link into the operator's own network, so it names a host and may name a port and
//! the one address that the host may have. The local stack uses it to play a file from this machine.

use core::net::{IpAddr, SocketAddr};
use core::str::FromStr;

use url::Host;

/// A host that may be fetched although it is private: `host`, `host:port`, `host=address` or `host:port=address`.
/// An IPv6 host stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateHost {
    host: Host,
    port: Option<u16>,
    address: Option<IpAddr>,
}

/// Not the form of a [`PrivateHost`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected host[:port][=address]")]
pub struct BadException;

impl FromStr for PrivateHost {
    type Err = BadException;

    fn from_str(text: &str) -> Result<Self, BadException> {
        let (place, address) = text.split_once('=').map_or((text, None), |(place, ip)| (place, Some(ip)));
        let address = address.map(str::parse).transpose().map_err(|_| BadException)?;
        let (host, port) = split_port(place)?;
        let host = Host::parse(host).map_err(|_| BadException)?;
        Ok(Self { host, port, address })
    }
}

fn split_port(place: &str) -> Result<(&str, Option<u16>), BadException> {
    match place.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            Ok((host, Some(port.parse().map_err(|_| BadException)?)))
        }
        _ => Ok((place, None)),
    }
}

/// All exceptions of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateHosts(Vec<PrivateHost>);

impl PrivateHosts {
    /// No exception: what every deployment has unless its operator says otherwise.
    pub const NONE: Self = Self(Vec::new());

    /// These exceptions.
    pub const fn allowing(hosts: Vec<PrivateHost>) -> Self {
        Self(hosts)
    }

    /// Whether this host and port are excepted.
    pub fn allow(&self, host: &Host<&str>, port: u16) -> bool {
        self.of(host).any(|exception| exception.port.is_none_or(|allowed| allowed == port))
    }

    /// Whether the host is named at all, with whatever port.
    pub fn name(&self, host: &Host<&str>) -> bool {
        self.of(host).next().is_some()
    }

    /// What the name resolves to by decree; none where DNS is asked as for any other.
    pub fn pinned(&self, name: &str) -> Option<SocketAddr> {
        let address = self.of(&Host::Domain(name)).find_map(|exception| exception.address)?;
        Some(SocketAddr::new(address, 0))
    }

    fn of<'a>(&'a self, host: &'a Host<&str>) -> impl Iterator<Item = &'a PrivateHost> {
        self.0.iter().filter(move |exception| same(&exception.host, host))
    }
}

fn same(ours: &Host, theirs: &Host<&str>) -> bool {
    match (ours, theirs) {
        (Host::Domain(ours), Host::Domain(theirs)) => ours.eq_ignore_ascii_case(theirs),
        (Host::Ipv4(ours), Host::Ipv4(theirs)) => ours == theirs,
        (Host::Ipv6(ours), Host::Ipv6(theirs)) => ours == theirs,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &[&str]) -> PrivateHosts {
        PrivateHosts::allowing(text.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn only_the_named_host_and_port_are_excepted() {
        let hosts = hosts(&["127.0.0.1:9000", "nas.example.org", "[::1]:80"]);
        let loopback = Host::Ipv4([127, 0, 0, 1].into());
        assert!(hosts.allow(&loopback, 9000) && !hosts.allow(&loopback, 9001));
        assert!(hosts.name(&loopback) && !hosts.name(&Host::Ipv4([127, 0, 0, 2].into())));
        assert!(hosts.allow(&Host::Domain("NAS.example.org"), 1));
        assert!(!hosts.allow(&Host::Domain("x.nas.example.org"), 1));
        assert!(hosts.allow(&Host::Ipv6(core::net::Ipv6Addr::LOCALHOST), 80));
        assert!(!PrivateHosts::NONE.name(&loopback));
    }

    #[test]
    fn a_name_may_be_pinned_to_one_address() {
        let hosts = hosts(&["songs.example.org:8080=127.0.0.1", "dns.example.org"]);
        assert_eq!(hosts.pinned("songs.example.org"), Some("127.0.0.1:0".parse().unwrap()));
        assert_eq!(hosts.pinned("dns.example.org"), None);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", ":80", "a:b", "a:80=b", "a b", "[::1", "a=", "*:80x"] {
            assert_eq!(text.parse::<PrivateHost>(), Err(BadException), "{text}");
        }
    }
}
