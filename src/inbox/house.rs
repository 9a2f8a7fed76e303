//! Which addresses are those of a house's own network: RFC 1918, RFC 4193, link-local, and this machine.

use std::net::IpAddr;

/// Whether the internet does not reach an address. One of IPv4 may be mapped, as a listener on `[::]` sees it.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_houses_own_network_is_private() {
        for private in [
            "192.168.1.7",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.0.1",
            "127.0.0.1",
            "169.254.3.4",
            "::1",
            "fd00::7",
            "fe80::1",
            "::ffff:192.168.1.7",
        ] {
            assert!(is_private(private.parse().expect("an address")), "{private}");
        }
        for public in ["198.51.100.7", "172.32.0.1", "8.8.8.8", "2001:db8::1", "100.64.0.1", "0.0.0.0", "::"] {
            assert!(!is_private(public.parse().expect("an address")), "{public}");
        }
    }
}
