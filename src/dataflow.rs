//! Private link connections: the way from TiDB Cloud out to a customer's database, the engine's second unit of work.
//!
//! Here is what is wanted of one, and where to look for it; how it stands and what is done about it is below. It shares
//! scopes, guard, journal and pace with the endpoints, and no decision.

mod act;
mod differences;
mod journal;
mod look;
mod sight;
mod track;

pub use act::{Acted, Deed, Done, perform, takes};
pub use journal::{read, write};
pub use look::{Outgoing, OutgoingNeeds, look};
pub use sight::{Sight, block_of, see};
pub use track::{Checked, Track};

use crate::wish::{Account, Origin, ScopeId};
use cloud::{ClusterKey, Exposed, Interest, Mark, Owner, Source};
use planner::Generation;
use planner::dataflow::{Block, Desired, PartId};
use planner::endpoint::OnDelete;
use sha2::{Digest, Sha256};

/// The parts of a chain, in the order in which they are built.
pub const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];

/// What manifests call the subnets of a load balancer, each cloud in its own word.
const SUBNETS: [&str; 2] = ["subnets", "vSwitches"];

#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub desired: Desired,
    pub generation: Generation,
    pub cluster: ClusterKey,
    pub account: Account,
    /// Nothing, where nothing is wanted any more.
    pub exposed: Option<Exposed>,
    /// For reports.
    pub origin: Origin,
}

impl Wish {
    #[must_use]
    pub fn scopes(&self) -> [ScopeId; 2] {
        let outgoing = ScopeId::Outgoing(self.cluster.cluster.clone());
        [outgoing, ScopeId::Exposing(self.account.clone())]
    }

    #[must_use]
    pub fn is_wanted(&self) -> bool {
        matches!(self.desired, Desired::Present(..))
    }

    #[must_use]
    pub fn on_delete(&self) -> OnDelete {
        match &self.desired {
            Desired::Present(_, terms) => terms.on_delete,
            Desired::Absent(on_delete) => *on_delete,
        }
    }

    /// Of the cluster, as its cloud spells it: without TiDB Cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn cloud_region(&self) -> &str {
        let region = &*self.origin.region;
        region.split_once('-').map_or(region, |(_, region)| region)
    }

    #[must_use]
    pub fn mark(&self, owner: &Owner, incarnation: u32) -> Mark {
        owner.mark(&*self.name, incarnation, self.on_delete(), self.cluster.clone())
    }

    /// What to look at in the customer's cloud beside what bears a mark.
    pub fn interest(&self, owner: &Owner, service: Option<&PartId>, interest: &mut Interest) {
        interest.services.extend(service.cloned());
        match &self.exposed {
            Some(Exposed::Service(service)) => {
                interest.services.insert(service.clone());
            }
            Some(Exposed::Database(exposure)) => {
                match &exposure.source {
                    Source::Instance(id) => drop(interest.databases.insert(id.clone())),
                    Source::Addresses(_) => {}
                }
                let subnets = SUBNETS.iter().filter_map(|field| exposure.settings.get(field));
                let subnets = subnets.filter_map(|setting| setting.value.as_set());
                interest.subnets.extend(subnets.flatten().cloned());
            }
            None => {}
        }
        let mark = self.mark(owner, 1);
        interest.names.extend(BLOCKS.map(|block| mark.part_name(block)));
    }
}

/// What TiDB Cloud is told to call our connection: it has neither tags nor tokens, so the name must tell whose it is.
#[must_use]
pub fn display_name(owner: &Owner, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["private link connection", owner.id(), name] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    format!("{name}-{}", &hex::encode(hash.finalize())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_tells_whose_it_is() {
        let (one, other) = (Owner::new("team-a", None), Owner::new("team-b", None));
        assert_eq!(display_name(&one, "orders-rds"), display_name(&one, "orders-rds"));
        assert_ne!(display_name(&one, "orders-rds"), display_name(&other, "orders-rds"));
        assert!(display_name(&one, "orders-rds").starts_with("orders-rds-"));
    }
}
