//! Ranges of IPv4 addresses, as vSwitches and allow lists have them.

use std::net::{IpAddr, Ipv4Addr};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    first: Ipv4Addr,
    bits: u8,
}

impl Range {
    /// Of `10.0.0.0/16`; nothing of anything else.
    pub(crate) fn parse(text: &str) -> Option<Range> {
        let (first, bits) = text.split_once('/')?;
        let (first, bits) = (first.parse().ok()?, bits.parse().ok()?);
        (bits <= 32).then_some(Range { first, bits })
    }

    pub(crate) fn contains(self, address: IpAddr) -> bool {
        let IpAddr::V4(address) = address else { return false };
        let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
        u32::from(self.first) & mask == u32::from(address) & mask
    }

    pub(crate) fn covers(self, other: Range) -> bool {
        self.bits <= other.bits && self.contains(other.first.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_range() {
        let range = |text| Range::parse(text).unwrap();
        for (outer, inner, covers) in [
            ("0.0.0.0/0", "10.0.0.0/8", true),
            ("10.0.0.0/16", "10.0.255.0/24", true),
            ("10.0.0.0/16", "10.1.0.0/24", false),
            ("10.0.0.0/24", "10.0.0.0/16", false),
            ("10.0.0.7/32", "10.0.0.7/32", true),
        ] {
            assert_eq!(range(outer).covers(range(inner)), covers, "{outer} {inner}");
        }
        for text in ["", "10.0.0.0", "10.0.0.0/33", "10.0/16", "::/0", "pl-1"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
