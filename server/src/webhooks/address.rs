//! Where a webhook may go: to the public internet, and not to what only this machine can reach.
//!
//! Whoever may name an address could otherwise have the server ask its own network: the metadata service of a cloud, a
//! database's port, a neighbour. So each name is resolved here, every address it stands for is checked, and the connection
//! goes to the very addresses that were checked; a second look-up, which could answer differently, never happens.
//!
//! Sources: the IANA registries of special-purpose addresses (RFC 6890 and its successors).

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};
use url::{Host, Url};

/// Characters in an address.
const MAX_URL: usize = 2_000;

/// Blocks of IPv4 that are not of the public internet: the first address and the length of the prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),           // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by carriers
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // loopback
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // link-local, with the clouds' metadata services
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and broadcast
];

/// Of IPv6 only `2000::/3` is of the public internet, without these blocks of it.
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, with Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which holds an IPv4 address
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// True when the address is of the public internet. An IPv4 address inside an IPv6 one is judged by itself.
pub fn is_public(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|(block, length)| {
            let shift = 32 - length;
            ip.to_bits() >> shift == block.to_bits() >> shift
        }),
        IpAddr::V6(ip) => {
            let inside = |(block, length): &(Ipv6Addr, u32)| {
                let shift = 128 - length;
                ip.to_bits() >> shift == block.to_bits() >> shift
            };
            inside(&PUBLIC_V6) && !SPECIAL_V6.iter().any(inside)
        }
    }
}

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the address is not of the public internet")
    }
}

impl std::error::Error for NotPublic {}

/// Reads an endpoint's address, or tells the rule that it breaks. Names are checked when they are resolved.
pub fn read_url(text: &str, allow_private: bool) -> Result<Url, String> {
    if text.len() > MAX_URL {
        return Err(format!("must have at most {MAX_URL} characters"));
    }
    let url = Url::parse(text).map_err(|_| "must be an address such as https://example.com/webhooks".to_owned())?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err("must start with https://".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password: the signature tells who sends".to_owned());
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment".to_owned());
    }
    check_literal(&url, allow_private).map_err(|_| "must not lead into a private network".to_owned())?;
    Ok(url)
}

/// A literal address is never resolved, so it is checked by itself.
pub fn check_literal(url: &Url, allow_private: bool) -> Result<(), NotPublic> {
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    if allow_private || is_public(ip) { Ok(()) } else { Err(NotPublic) }
}

/// Resolves names for the client, and refuses those that stand for anything private.
#[derive(Clone, Copy, Debug)]
pub struct Resolver {
    pub allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One private address among public ones is no accident.
            if !allow_private && !found.iter().all(|address| is_public(address.ip())) {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
        ];
        for text in private {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        let public = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "193.0.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700::1111",
            "2001:4860::8888",
            "3ffe::1",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_private_address_is_found_however_it_is_written() {
        for text in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://10.0.0.8/",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://ana:pw@example.com/",
            "example.com",
            "https://example.com/#part",
            "",
        ] {
            assert!(read_url(text, false).is_err(), "{text}");
        }
        assert!(read_url("https://example.com:8443/hooks?a=1", false).is_ok());
        assert!(read_url("http://127.0.0.1:9000/", true).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_stands_for_a_private_address_is_refused() {
        let refused = Resolver { allow_private: false }.resolve("localhost".parse().unwrap()).await;
        assert!(refused.err().unwrap().is::<NotPublic>());
        let found = Resolver { allow_private: true }.resolve("localhost".parse().unwrap()).await;
        assert!(found.unwrap().all(|address| address.ip().is_loopback()));
    }
}
