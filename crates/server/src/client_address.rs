//! Where a request came from, as far as it can be believed.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use poem::Request;

/// The header in which proxies append the address of whom they serve.
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: that of the peer, or the one that a trusted proxy vouches for.
///
/// It is in the extensions of every hardened request whose peer has an internet address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address that [`harden`](super::harden) found, if any.
    pub fn of(request: &Request) -> Option<Self> {
        request.extensions().get().copied()
    }

    /// Finds the address: from the peer back through the forwarding headers for as long as each hop is a
    /// trusted proxy.
    pub(crate) fn find(request: &Request, trusted: &[IpAddr]) -> Option<Self> {
        let peer = request.remote_addr().as_socket_addr()?.ip().to_canonical();
        if trusted.is_empty() {
            return Some(Self(peer));
        }
        Some(Self(forwarded(peer, request.headers(), trusted)))
    }
}

fn forwarded(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut client = peer;
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    // What is not text vouches for nothing, and neither does anything before it.
    let entries = lines.flat_map(|line| line.to_str().unwrap_or("-").rsplit(','));
    for entry in entries {
        if !trusted.contains(&client) {
            break;
        }
        let Some(hop) = parse(entry.trim()) else {
            break;
        };
        client = hop;
    }
    client
}

/// An address, also with a port and in brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>().or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn client(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted: Vec<IpAddr> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        forwarded(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_says() {
        assert_eq!(client("9.9.9.9", &["1.1.1.1"], &["10.0.0.1"]), "9.9.9.9");
    }

    #[test]
    fn the_last_untrusted_entry_counts() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(client("10.0.0.1", &["6.6.6.6, 1.1.1.1"], &trusted), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.2"], &trusted), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["6.6.6.6", "1.1.1.1", "10.0.0.2"], &trusted), "1.1.1.1");
    }

    #[test]
    fn nonsense_ends_the_chain() {
        assert_eq!(client("10.0.0.1", &["1.1.1.1, unknown"], &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_understood() {
        let trusted = ["10.0.0.1"];
        assert_eq!(client("10.0.0.1", &["1.1.1.1:80"], &trusted), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:80"], &trusted), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]"], &trusted), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["::ffff:1.1.1.1"], &trusted), "1.1.1.1");
    }
}
