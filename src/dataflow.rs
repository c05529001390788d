//! Private link connections: the way from TiDB Cloud out to a customer's database, the engine's second unit of work.
//!
//! Here is what is wanted of one, and where to look for it; how it stands and what is done about it is below. It shares
//! scopes, guard, journal and pace with the endpoints, and no decision.

mod act;
mod again;
mod chain;
mod differences;
mod doubt;
mod hidden;
mod journal;
mod look;
mod sight;
mod spares;
mod track;

pub use act::{Acted, Deed, Done, perform, takes};
pub(crate) use chain::Chain;
pub use doubt::Known;
pub use hidden::hidden;
pub use journal::{read, write};
pub use look::{Outgoing, OutgoingNeeds, look};
pub use sight::{Sight, block_of, see};
pub use spares::{Kept, Spare};
pub use track::{Checked, Track};

use crate::wish::{Account, Origin, ScopeId};
use cloud::{ClusterKey, Exposed, Interest, Mark, Owner, Source};
use planner::Generation;
use planner::dataflow::{Block, Desired, DomainName, OnForeign, PartId};
use planner::endpoint::OnDelete;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// The parts of a chain, in the order in which they are built.
pub const BLOCKS: [Block; 4] =
    [Block::TargetGroup, Block::LoadBalancer, Block::Listener, Block::Service];

#[derive(Clone, Debug)]
pub struct Wish {
    pub name: String,
    pub desired: Desired,
    pub generation: Generation,
    pub cluster: ClusterKey,
    pub account: Account,
    /// Nothing, where nothing is wanted any more.
    pub exposed: Option<Exposed>,
    /// Which domains shall lead through it; nothing, where the manifest does not speak of any.
    pub domains: Option<BTreeSet<DomainName>>,
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

    /// Somebody's connection to the same service is to be led on.
    #[must_use]
    pub fn adopts(&self) -> bool {
        matches!(&self.desired, Desired::Present(_, terms) if terms.on_foreign == OnForeign::Adopt)
    }

    /// What of TiDB Cloud's lists does not say enough.
    pub fn outgoing_needs(
        &self,
        owner: &Owner,
        service: Option<&PartId>,
        needs: &mut OutgoingNeeds,
    ) {
        let goes = !self.is_wanted();
        needs.uses |= goes;
        if goes || self.domains.is_some() {
            needs.details.insert(display_name(owner, &self.name));
        }
        let named = match &self.exposed {
            Some(Exposed::Service(service)) => Some(service),
            Some(Exposed::Database(_)) | None => None,
        };
        // It may be somebody's connection that is adopted.
        let service = named.or(service).filter(|_| self.domains.is_some());
        needs.details.extend(service.map(|service| service.0.to_string()));
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

    /// Whether a database of the customer's cloud must be looked at for it.
    #[must_use]
    pub fn names_a_database(&self) -> bool {
        match &self.exposed {
            Some(Exposed::Database(exposure)) => match exposure.source {
                Source::Instance(_) => true,
                Source::Addresses(_) => false,
            },
            Some(Exposed::Service(_)) | None => false,
        }
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
                let subnets = exposure.settings.get(exposure.words.subnets);
                let subnets = subnets.and_then(|setting| setting.value.as_set());
                interest.subnets.extend(subnets.into_iter().flatten().cloned());
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

/// The entry whose connection bears such a name, if the name is one that we give.
#[must_use]
pub fn given_name<'a>(owner: &Owner, display: &'a str) -> Option<&'a str> {
    let (name, _) = display.rsplit_once('-')?;
    (display_name(owner, name) == display).then_some(name)
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
        let given = display_name(&one, "orders-rds");
        assert_eq!(given_name(&one, &given), Some("orders-rds"));
        assert_eq!((given_name(&other, &given), given_name(&one, "orders-rds")), (None, None));
    }
}
