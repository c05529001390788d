//! The facts that a check needs: each subnet is asked for once, however many endpoints name it.

use super::{Facts, SubnetFacts, text};
use crate::SUBNET;
use crate::api::Api;
use crate::error::Call;
use crate::resource::{Regional, shortened};
use cloud::{Ask, Error};
use google_cloud_compute_v1::model::Subnetwork;

/// # Errors
/// Whatever kept us from knowing.
pub(crate) async fn facts(api: &Api, asks: &[Ask]) -> Result<Facts, Error> {
    let mut facts = Facts::new();
    for ask in asks {
        let subnet = text(&ask.settings, SUBNET)?;
        if facts.contains_key(subnet) || Regional::parse(subnet, "subnetworks").is_none() {
            continue;
        }
        let call = Call { action: "compute.subnetworks.get", what: subnet };
        let found = match api.look::<Subnetwork>(call, &format!("/{subnet}")).await {
            Ok(found) => Some(read(&found)),
            Err(Error::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        facts.insert(subnet.to_owned(), found);
    }
    Ok(facts)
}

fn read(subnet: &Subnetwork) -> SubnetFacts {
    let purpose = subnet.purpose.as_ref().and_then(|purpose| purpose.name());
    SubnetFacts {
        network: subnet.network.as_deref().map(shortened).unwrap_or_default().to_owned(),
        purpose: purpose.unwrap_or_default().to_owned(),
    }
}
