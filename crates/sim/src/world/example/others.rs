//! The clusters of the other tiers and the other clouds, and what stands in those clouds.

use super::{OTHER_PROJECT, PROJECT, REGION_ID, alibaba, azure, gcp};
use crate::random::Random;
use crate::world::{NewCluster, Tier, World};

/// Starter, on AWS.
pub const STARTER: &str = "10163479507301863242";
/// Essential in the shared model, on AWS.
pub const SHARED: &str = "10163479507301863243";
/// Essential in the exclusive model, on AWS.
pub const EXCLUSIVE: &str = "10163479507301863244";
/// On AWS.
pub const PREMIUM: &str = "10163479507301863245";

/// Everything here is the same under every seed, its services' names too.
const SEED: u64 = 0x0e4a_391e;

const CLUSTERS: [(&str, Tier, &str, &str, &str); 9] = [
    (STARTER, Tier::Starter, "carts", REGION_ID, PROJECT),
    (SHARED, Tier::Essential, "catalogue", REGION_ID, PROJECT),
    (EXCLUSIVE, Tier::EssentialExclusive, "ledger", REGION_ID, PROJECT),
    (PREMIUM, Tier::Premium, "payments", REGION_ID, PROJECT),
    (azure::CLUSTER, Tier::Dedicated, "orders-azure", azure::REGION_ID, OTHER_PROJECT),
    (gcp::CLUSTER, Tier::Dedicated, "orders-gcp", gcp::REGION_ID, OTHER_PROJECT),
    (alibaba::STARTER, Tier::Starter, "carts-ali", alibaba::REGION_ID, PROJECT),
    (alibaba::SHARED, Tier::Essential, "catalogue-ali", alibaba::REGION_ID, PROJECT),
    (alibaba::PREMIUM, Tier::Premium, "payments-ali", alibaba::REGION_ID, PROJECT),
];

impl World {
    pub(crate) fn furnish_others(&mut self) {
        // With a chance of its own, what is drawn later does not depend on what stands here.
        let chance = std::mem::replace(&mut self.random, Random::new(SEED));
        let serial = std::mem::replace(&mut self.serial, 1_400_000_000_000_000_000);
        for (id, tier, name, region_id, project) in CLUSTERS {
            let mut new = NewCluster::new(name, region_id, &project.into());
            (new.id, new.tier, new.ready) = (Some(id.into()), tier, true);
            self.add_cluster(new);
        }
        (self.random, self.serial) = (chance, serial);
        for network in [azure::network(), alibaba::network(), gcp::network()] {
            self.add_network(network);
        }
        self.add_database(alibaba::database());
        for credential in [azure::credential(), alibaba::credential(), gcp::credential()] {
            self.add_credential(credential);
        }
    }
}
