//! How AWS and TiDB Cloud spell the names that they make up.

use crate::ids::LinkId;
use crate::random::Random;
use crate::world::customer::{DnsEntry, Zone};
use crate::world::{Service, World};

/// The availability zones of a region: `us-east-1a` is `use1-az1`, and so on.
#[must_use]
pub fn zones(region: &str) -> Vec<Zone> {
    let short = short(region);
    let zone = |(index, letter)| Zone {
        name: format!("{region}{letter}"),
        id: format!("{short}-az{}", index + 1),
    };
    ('a'..='f').enumerate().map(zone).collect()
}

/// `us-east-1` is `use1`, `ap-southeast-2` is `apse2`.
fn short(region: &str) -> String {
    let mut parts = region.split('-');
    let (country, number) = (parts.next().unwrap_or_default(), parts.next_back());
    let directions = parts.collect::<String>();
    let directions = ["north", "south", "east", "west", "central"]
        .iter()
        .fold(directions, |text, word| text.replace(word, &word[..1]));
    format!("{country}{directions}{}", number.unwrap_or_default())
}

/// The regional name first, then one for each zone, then the private name.
pub(crate) fn dns(
    link: &LinkId,
    service: &Service,
    zones: &[&Zone],
    private: bool,
) -> Vec<DnsEntry> {
    // The cloud adds eight characters that must stay the same for the endpoint's life.
    let mixed =
        link.as_str().bytes().fold(7_u64, |sum, byte| sum * 31 % 0xffff_fffb + u64::from(byte));
    let stem = format!("{link}-{}", Random::new(mixed).hex(8));
    let tail = format!("{}.{}.vpce.amazonaws.com", service.id, service.region);
    let entry = |name: String, zone: &str| DnsEntry { name, hosted_zone: zone.to_owned() };
    let mut entries = vec![entry(format!("{stem}.{tail}"), "Z7HUB22UULQXV")];
    for zone in zones {
        entries.push(entry(format!("{stem}-{}.{tail}", zone.name), "Z7HUB22UULQXV"));
    }
    if let (true, Some(name)) = (private, &service.private_dns_name) {
        entries.push(entry(name.clone(), "Z00000000PRIVATE"));
    }
    entries
}

impl World {
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-{}", self.random.hex(17))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names_and_ids() {
        for (region, name, id) in [
            ("us-east-1", "us-east-1a", "use1-az1"),
            ("ap-southeast-2", "ap-southeast-2a", "apse2-az1"),
            ("eu-central-1", "eu-central-1a", "euc1-az1"),
        ] {
            let first = zones(region).remove(0);
            assert_eq!((first.name.as_str(), first.id.as_str()), (name, id));
        }
    }
}
