//! How a client learns its own address (Discord: "IP Discovery"): 74 bytes there and back.

use std::net::SocketAddr;

/// The length of both packets.
const LENGTH: usize = 74;

/// Which session asks. None: it is no such request.
pub(super) fn asked(bytes: &[u8]) -> Option<u32> {
    let bytes: &[u8; LENGTH] = bytes.try_into().ok()?;
    // Type 1 is a request; the length counts what follows it.
    (bytes[..4] == [0, 1, 0, 70]).then(|| u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]))
}

/// Where the packet came from, in text that ends with a zero.
pub(super) fn answer(ssrc: u32, from: SocketAddr) -> [u8; LENGTH] {
    let mut packet = [0; LENGTH];
    packet[..4].copy_from_slice(&[0, 2, 0, 70]);
    packet[4..8].copy_from_slice(&ssrc.to_be_bytes());
    let address = from.ip().to_string();
    // The longest address is 39 characters; the field has 64.
    packet[8..8 + address.len()].copy_from_slice(address.as_bytes());
    packet[72..].copy_from_slice(&from.port().to_be_bytes());
    packet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_with_where_it_came_from() {
        let mut request = [0; LENGTH];
        request[..8].copy_from_slice(&[0, 1, 0, 70, 0, 0, 1, 2]);
        assert_eq!(asked(&request), Some(258));
        let answer = answer(258, "127.0.0.1:5000".parse().unwrap());
        assert_eq!(answer[..17], *b"\0\x02\0\x46\0\0\x01\x02127.0.0.1");
        assert_eq!(answer[17], 0);
        assert_eq!(answer[72..], 5000_u16.to_be_bytes());
    }

    #[test]
    fn other_packets_are_no_requests() {
        assert_eq!(asked(&[0; LENGTH]), None);
        assert_eq!(asked(&[0, 1, 0, 70]), None);
        assert_eq!(asked(&answer(1, "127.0.0.1:1".parse().unwrap())), None);
    }

    #[test]
    fn the_longest_address_fits() {
        let long = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1".parse().unwrap();
        assert_eq!(answer(1, long)[8 + 39], 0);
    }
}
