//! How the clouds and TiDB Cloud spell the names that they make up.

use crate::fault::Vendor;
use crate::ids::LinkId;
use crate::random::Random;
use crate::world::customer::{DnsEntry, Zone};
use crate::world::{Service, World};

/// The zones of a region of any cloud; none where a subnet spans them all.
#[must_use]
pub fn zones_of(vendor: Vendor, region: &str) -> Vec<Zone> {
    match vendor {
        Vendor::Tidb | Vendor::Aws => zones(region),
        Vendor::Azure | Vendor::Gcp => Vec::new(),
        Vendor::Alibaba => {
            // `cn-hangzhou` has `cn-hangzhou-a`, `ap-southeast-1` has `ap-southeast-1a`.
            let dash = if region.ends_with(|last: char| last.is_ascii_digit()) { "" } else { "-" };
            let named = |letter| format!("{region}{dash}{letter}");
            ('a'..='d').map(|letter| Zone { name: named(letter), id: named(letter) }).collect()
        }
    }
}

/// AWS's availability zones: `us-east-1a` is `use1-az1`, and so on.
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

/// Alibaba's: the endpoint's own domain first, then one for each zone.
pub(crate) fn domains(link: &LinkId, service: &Service, zones: &[&Zone]) -> Vec<DnsEntry> {
    let tail = format!("{}.{}.privatelink.aliyuncs.com", service.id, service.region);
    let entry = |name: String| DnsEntry { name, hosted_zone: String::new() };
    let own = entry(format!("{link}.{tail}"));
    let zonal = zones.iter().map(|zone| entry(format!("{link}-{}.{tail}", zone.name)));
    std::iter::once(own).chain(zonal).collect()
}

/// A network interface's id.
pub(crate) fn interface(link: &LinkId, vendor: Vendor, random: &mut Random) -> String {
    match vendor {
        Vendor::Tidb | Vendor::Aws => format!("eni-{}", random.hex(17)),
        Vendor::Alibaba => format!("eni-{}", random.hex(20)),
        Vendor::Azure => {
            let group = resource_group(link.as_str());
            let (name, guid) = (link.last(), guid(random));
            format!("{group}/providers/Microsoft.Network/networkInterfaces/{name}.nic.{guid}")
        }
        Vendor::Gcp => String::new(),
    }
}

/// `/subscriptions/…/resourceGroups/…` of an ARM id.
pub(crate) fn resource_group(id: &str) -> &str {
    id.find("/providers/").map_or(id, |at| &id[..at])
}

pub(crate) fn guid(random: &mut Random) -> String {
    let hex = random.hex(32);
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}

impl LinkId {
    /// The last part of a path; the whole id where it is none.
    pub(crate) fn last(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }
}

impl World {
    pub(crate) fn new_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-{}", self.random.hex(17))
    }

    pub(crate) fn new_guid(&mut self) -> String {
        guid(&mut self.random)
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
