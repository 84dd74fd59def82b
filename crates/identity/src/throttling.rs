//! How often may be tried what, and by whom.

use crate::{Ports, digest::sha256};
use kwik_domain::{Ctx, Error, Rate, Result, Secret, Verdict};
use std::net::{IpAddr, Ipv6Addr};

/// Turns that were taken. Dropped, they count; given back, they never were.
#[derive(Default)]
pub(crate) struct Turns(Vec<(String, Rate)>);

impl Turns {
    /// Takes a turn in the bucket of that name. What is before the colon tells what is counted, and after it
    /// comes what somebody gave at the end only: no two things have one name.
    ///
    /// # Errors
    ///
    /// [`Error::Throttled`] when there is none now.
    pub(crate) async fn take(&mut self, ports: &Ports, ctx: &Ctx, name: &str, rate: Rate) -> Result<()> {
        let bucket = sha256(name);
        if let Some(wait) = ports.throttle.take(&bucket, rate, ctx.now).await? {
            return Err(Error::Throttled(wait));
        }
        self.0.push((bucket, rate));
        Ok(())
    }

    /// Whether a password has that hash. When that cannot be told, the turns are given back.
    pub(crate) async fn verify(&mut self, ports: &Ports, password: Secret, hash: Option<Secret>) -> Result<Verdict> {
        let verdict = ports.verify(password, hash).await;
        if verdict.is_err() {
            self.give_back(ports).await;
        }
        verdict
    }

    /// Gives them back. A wrong password costs a turn, and nothing else.
    pub(crate) async fn give_back(&mut self, ports: &Ports) {
        for (bucket, rate) in self.0.drain(..) {
            if let Err(error) = ports.throttle.give_back(&bucket, rate).await {
                tracing::warn!(%error, "a turn could not be given back");
            }
        }
    }
}

/// What counts as one address: of IPv6, the network of 64 bits, in which anybody has as many as they like.
pub(crate) fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

/// A [network](network_of) as it is written down.
pub(crate) fn network_text(network: IpAddr) -> String {
    match network {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(network) => format!("{network}/64"),
    }
}

/// The network of an address, as it is written down.
pub(crate) fn network(address: Option<IpAddr>) -> Option<String> {
    address.map(|address| network_text(network_of(address)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn text_of(address: &str) -> Option<String> {
        network(address.parse().ok())
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        assert_eq!(text_of("192.0.2.7").unwrap(), "192.0.2.7");
        assert_eq!(text_of("2001:db8:1:2:3:4:5:6"), text_of("2001:db8:1:2:ffff::1"));
        assert_eq!(text_of("2001:db8:1:2:3:4:5:6").unwrap(), "2001:db8:1:2::/64");
        assert_ne!(text_of("2001:db8:1:2::1"), text_of("2001:db8:1:3::1"));
        assert_eq!(text_of("none"), None);
    }
}
