//! Rule: a name's addresses are judged when they are connected to, and those very addresses are connected to (SPEC T18).
//! Threat: DNS rebinding, a name that was public when it was checked and is 169.254.169.254 a moment later.
//! Refusal: an error before any packet is sent, even if only one of the addresses is private: honest names do not mix.

use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use shared::security::public_address::is_public;
use tokio::net::lookup_host;
use url::Host;

use super::PrivateHosts;
use crate::failure::PlayError;

/// Most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 8;

/// DNS for the HTTP client and the proxy.
#[derive(Clone, Debug)]
pub(crate) struct CheckedDns {
    private_hosts: Arc<PrivateHosts>,
}

impl CheckedDns {
    pub(crate) fn new(private_hosts: PrivateHosts) -> Self {
        Self { private_hosts: Arc::new(private_hosts) }
    }

    /// The addresses of `name`, all of them allowed; `port` is put into each.
    pub(crate) async fn addresses(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, PlayError> {
        if let Some(mut pinned) = self.private_hosts.pinned(name) {
            pinned.set_port(port);
            return Ok(vec![pinned]);
        }
        let found = lookup_host((name, port)).await.map_err(|_| PlayError::Unreachable)?;
        self.judged(name, found.take(ADDRESSES_MAX).collect())
    }

    fn judged(&self, name: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, PlayError> {
        let excepted = self.private_hosts.name(&Host::Domain(name));
        if found.is_empty() {
            return Err(PlayError::Unreachable);
        }
        if excepted || found.iter().all(|address| is_public(address.ip())) {
            return Ok(found);
        }
        Err(PlayError::AddressNotAllowed)
    }
}

impl Resolve for CheckedDns {
    fn resolve(&self, name: Name) -> Resolving {
        let dns = self.clone();
        Box::pin(async move {
            let found = dns.addresses(name.as_str(), 0).await.map_err(io::Error::from)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(hosts: &[&str], addresses: &[&str]) -> Result<usize, PlayError> {
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        let dns = CheckedDns::new(PrivateHosts::allowing(hosts));
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        dns.judged("songs.example.org", addresses).map(|found| found.len())
    }

    #[test]
    fn one_private_address_spoils_the_name() {
        assert_eq!(judged(&[], &["1.1.1.1:443", "8.8.8.8:443"]), Ok(2));
        for private in ["127.0.0.1:443", "169.254.169.254:443", "[::ffff:10.0.0.1]:443", "[::1]:443"] {
            assert_eq!(
                judged(&[], &["1.1.1.1:443", private]),
                Err(PlayError::AddressNotAllowed),
                "{private}"
            );
        }
        assert_eq!(judged(&[], &[]), Err(PlayError::Unreachable));
    }

    #[test]
    fn only_a_named_host_may_be_private() {
        assert_eq!(judged(&["songs.example.org"], &["127.0.0.1:443"]), Ok(1));
        assert_eq!(judged(&["other.example.org"], &["127.0.0.1:443"]), Err(PlayError::AddressNotAllowed));
    }

    #[tokio::test]
    async fn a_real_lookup_is_judged_too() {
        let dns = CheckedDns::new(PrivateHosts::NONE);
        assert_eq!(dns.addresses("localhost", 80).await, Err(PlayError::AddressNotAllowed));
        let pinned = PrivateHosts::allowing(vec!["a.example.org=127.0.0.9".parse().unwrap()]);
        let found = CheckedDns::new(pinned).addresses("a.example.org", 80).await;
        assert_eq!(found, Ok(vec!["127.0.0.9:80".parse().unwrap()]));
    }
}
