//! Addresses and ranges, as numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    six: bool,
    pub(crate) first: u128,
    pub(crate) last: u128,
}

impl Range {
    pub(crate) fn parse(cidr: &str) -> Option<Self> {
        let (address, length) = cidr.split_once('/')?;
        let (address, length): (IpAddr, u32) = (address.parse().ok()?, length.parse().ok()?);
        let width = if address.is_ipv6() { 128 } else { 32 };
        let mask = 1_u128.checked_shl(width - length.min(width)).map_or(u128::MAX, |size| size - 1);
        let first = number(address) & !mask;
        (length <= width).then_some(Self { six: address.is_ipv6(), first, last: first | mask })
    }

    pub(crate) fn version(self) -> u8 {
        if self.six { 6 } else { 4 }
    }

    pub(crate) fn contains(self, address: &str) -> bool {
        let parsed = address.parse::<IpAddr>();
        parsed.is_ok_and(|ip| ip.is_ipv6() == self.six && (self.first..=self.last).contains(&number(ip)))
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.six == other.six && self.first <= other.last && other.first <= self.last
    }

    /// The address with this number.
    pub(crate) fn address(self, number: u128) -> String {
        if self.six {
            Ipv6Addr::from(number).to_string()
        } else {
            Ipv4Addr::from(u32::try_from(number).unwrap_or_default()).to_string()
        }
    }
}

/// An address as a number.
pub(crate) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => u128::from(u32::from(four)),
        IpAddr::V6(six) => u128::from(six),
    }
}
