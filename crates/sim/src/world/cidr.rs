//! A block of IPv4 addresses, and which of them a cloud hands out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::net::Ipv4Addr;
use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    base: u32,
    prefix: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a block of IPv4 addresses; write one like 10.0.0.0/24")]
pub struct CidrError(String);

/// The first four and the last address of a subnet are the cloud's own.
const RESERVED: u32 = 5;

impl Cidr {
    /// An address that is free, without the cloud's own.
    #[must_use]
    pub fn free(self, taken: &BTreeSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        let mut hosts =
            (4..self.size().saturating_sub(1)).map(|host| Ipv4Addr::from(self.base + host));
        // Behind the last one there is room most often; only a full block is searched for gaps.
        let behind = taken.last().and_then(|last| u32::from(*last).checked_sub(self.base - 1));
        let behind = behind.filter(|host| (4..self.size() - 1).contains(host));
        match behind {
            Some(host) => Some(Ipv4Addr::from(self.base + host)),
            None => hosts.find(|address| !taken.contains(address)),
        }
    }

    /// How many addresses it has for its users.
    #[must_use]
    pub fn usable(self) -> u32 {
        self.size().saturating_sub(RESERVED)
    }

    #[must_use]
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address).checked_sub(self.base).is_some_and(|host| host < self.size())
    }

    fn size(self) -> u32 {
        1_u32.checked_shl(u32::from(32 - self.prefix)).unwrap_or(u32::MAX)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    fn from_str(text: &str) -> Result<Cidr, CidrError> {
        let parse = || {
            let (base, prefix) = text.split_once('/')?;
            let base = u32::from(base.parse::<Ipv4Addr>().ok()?);
            let prefix = prefix.parse::<u8>().ok().filter(|prefix| (8..=28).contains(prefix))?;
            let mask = u32::MAX << (32 - u32::from(prefix));
            (base & mask == base).then_some(Cidr { base, prefix })
        };
        parse().ok_or_else(|| CidrError(text.to_owned()))
    }
}

impl TryFrom<String> for Cidr {
    type Error = CidrError;

    fn try_from(text: String) -> Result<Cidr, CidrError> {
        text.parse()
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> String {
        cidr.to_string()
    }
}

impl Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clouds_own_addresses_are_not_handed_out() {
        let cidr: Cidr = "10.0.1.0/28".parse().unwrap();
        let mut taken = BTreeSet::new();
        while let Some(address) = cidr.free(&taken) {
            assert!(cidr.contains(address));
            taken.insert(address);
        }
        assert_eq!(taken.len(), cidr.usable() as usize);
        assert_eq!(taken.first(), Some(&Ipv4Addr::new(10, 0, 1, 4)));
        assert_eq!(taken.last(), Some(&Ipv4Addr::new(10, 0, 1, 14)));
    }

    #[test]
    fn a_gap_is_found_when_the_end_is_taken() {
        let cidr: Cidr = "10.0.1.0/28".parse().unwrap();
        let last = Ipv4Addr::new(10, 0, 1, 14);
        assert_eq!(cidr.free(&BTreeSet::from([last])), Some(Ipv4Addr::new(10, 0, 1, 4)));
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in ["", "10.0.0.0", "10.0.0.1/24", "10.0.0.0/29", "10.0.0.0/33", "a/24"] {
            assert!(text.parse::<Cidr>().is_err(), "{text}");
        }
    }
}
