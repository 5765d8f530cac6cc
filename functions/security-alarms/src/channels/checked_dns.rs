//! Rule: somebody's own webhook is at a public address, judged when it is connected to (SPEC T18).
//! Threat: a name that was public when the channel was made and is 169.254.169.254 now.
//! Refusal: an error before any packet is sent, even if only one of the addresses is private: honest names do not mix.

use core::net::SocketAddr;
use std::io;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use shared::security::public_address::is_public;
use tokio::net::lookup_host;

/// Most addresses of one name that are tried.
const ADDRESSES_MAX: usize = 8;

/// DNS for the client of addresses that are not fixed.
#[derive(Clone, Copy, Debug)]
pub(super) struct CheckedDns;

impl Resolve for CheckedDns {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let found = judged(found.take(ADDRESSES_MAX).collect())?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn judged(found: Vec<SocketAddr>) -> io::Result<Vec<SocketAddr>> {
    if !found.is_empty() && found.iter().all(|address| is_public(address.ip())) {
        Ok(found)
    } else {
        Err(io::Error::from(io::ErrorKind::AddrNotAvailable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(addresses: &[&str]) -> Option<usize> {
        let found = addresses.iter().map(|address| address.parse().unwrap()).collect();
        judged(found).ok().map(|found| found.len())
    }

    #[test]
    fn one_private_address_spoils_the_name() {
        assert_eq!(count(&["1.1.1.1:443", "8.8.8.8:443"]), Some(2));
        for private in ["127.0.0.1:443", "169.254.169.254:443", "[::ffff:10.0.0.1]:443", "[::1]:443"] {
            assert_eq!(count(&["1.1.1.1:443", private]), None, "{private}");
        }
        assert_eq!(count(&[]), None);
    }

    #[tokio::test]
    async fn a_real_lookup_is_judged() {
        assert!(CheckedDns.resolve("localhost".parse().unwrap()).await.is_err());
    }
}
