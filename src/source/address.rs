//! Special addresses: those of this machine, of its link, of the metadata services that clouds run for their machines, and of
//! private networks. Else the right to create an image, or to write a ProviderConfig, would be the right to read what is
//! there through the provider. Pure.

use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A network that an administrator allows, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllowedNetwork(IpNet);

impl FromStr for AllowedNetwork {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Addresses are read by the standard library: the crate's own reader takes 010.0.0.0 for 10.0.0.0.
        let network = match text.split_once('/') {
            None => text.parse::<IpAddr>().map(IpNet::from).ok(),
            Some((base, bits)) => {
                let parts = base.parse().ok().zip(bits.parse().ok());
                parts.and_then(|(base, bits)| IpNet::new(base, bits).ok())
            }
        };
        network.map(Self).ok_or_else(|| {
            format!("{text:?} is neither an address nor a network such as 10.0.0.0/8 or fd00::/8")
        })
    }
}

impl AllowedNetwork {
    /// Is the address in it? An IPv6 address that leads to an IPv4 address counts as that.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&plain(address))
    }
}

/// The IPv4 address that an IPv6 address leads to, if it does: mapped, compatible, NAT64 and 6to4 addresses hold one.
fn plain(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let v4 = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => address,
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        _ => address,
    }
}

/// Metadata services of clouds with an address in no special range.
const METADATA: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// What is special about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Private,
    Loopback,
    Machine,
    Link,
    Metadata,
    Reserved,
}

impl Special {
    /// None for an address that anybody can reach.
    pub(super) fn of(address: IpAddr) -> Option<Self> {
        let address = plain(address);
        if METADATA.contains(&address) {
            return Some(Self::Metadata);
        }
        match address {
            IpAddr::V4(v4) => match v4.octets() {
                [127, ..] => Some(Self::Loopback),
                [0, ..] => Some(Self::Machine),
                [169, 254, ..] => Some(Self::Link),
                [224..=255, ..] => Some(Self::Reserved),
                [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Some(Self::Private),
                _ => None,
            },
            IpAddr::V6(v6) => match v6.segments() {
                [0, 0, 0, 0, 0, 0, 0, 1] => Some(Self::Loopback),
                [0, 0, 0, 0, 0, 0, 0, 0] => Some(Self::Machine),
                [0xfe80..=0xfebf, ..] => Some(Self::Link),
                [0xff00..=0xffff, ..] => Some(Self::Reserved),
                [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Some(Self::Private),
                _ => None,
            },
        }
    }

    /// For people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Private => "of a private network",
            Self::Loopback => "of the loopback",
            Self::Machine => "of this machine",
            Self::Link => "of the local link",
            Self::Metadata => "a cloud's metadata service",
            Self::Reserved => "multicast or reserved",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn local_addresses_are_known_in_every_disguise() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "::",
            "::1",
            "fe80::1",
            "fe80::a9fe:a9fe",
            "febf::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(!matches!(Special::of(ip(address)), None | Some(Special::Private)), "{address}");
        }
        for address in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "1.1.1.1",
            "100.64.0.1",
            "169.253.0.1",
            "fd00::1",
            "2001:db8::1",
            "fec0::1",
            "::ffff:10.0.0.1",
            "64:ff9b::1.1.1.1",
            "2002:0101:101::",
        ] {
            assert!(matches!(Special::of(ip(address)), None | Some(Special::Private)), "{address}");
        }
    }

    #[test]
    fn networks_are_read_and_hold_what_they_should() {
        for (network, address, holds) in [
            ("127.0.0.0/8", "127.9.9.9", true),
            ("127.0.0.0/8", "::ffff:127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "fd00::1", false),
            ("fd00::/8", "fdff::1", true),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("::/0", "fe80::1", true),
            ("::1", "::1", true),
        ] {
            assert_eq!(
                network.parse::<AllowedNetwork>().unwrap().contains(ip(address)),
                holds,
                "{network} {address}"
            );
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "fd00::/129",
            "host",
            "10.0.0.0/-1",
            "10.0.0.0/8/8",
            "010.0.0.0/8",
            "010.0.0.1",
        ] {
            assert!(wrong.parse::<AllowedNetwork>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_what_it_is(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            prop_assert_eq!(Special::of(IpAddr::V6(v4.to_ipv6_mapped())), Special::of(IpAddr::V4(v4)));
        }
    }
}
