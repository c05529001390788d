//! Looks at the way out of every instance that has one, whoever's it is: nobody has said what he wants to know.
//!
//! It never changes anything. What could not be read is told, and is not absent.

use super::Inventory;
use crate::clouds;
use crate::context::Context;
use crate::dataflow::{self, OutgoingNeeds};
use crate::manifest::OUTLETS;
use crate::wish::{Account, ScopeId};
use cloud::{Error, Exposures, Interest, Urgency};
use std::sync::Arc;
use tidb_cloud::{Instance, Plan};

/// Adds what private link connections the instances have, and what stands behind them in these accounts.
pub async fn look_out(
    context: &Context,
    inventory: &mut Inventory,
    accounts: &[Account],
) -> Vec<(ScopeId, Error)> {
    let mut interest = Interest { every_database: true, ..Interest::default() };
    let mut unread = Vec::new();
    let instances = inventory.instances.iter().filter(|instance| has_a_way_out(instance));
    for instance in instances.cloned().collect::<Vec<_>>() {
        let now = context.clock.now();
        let needs = OutgoingNeeds { all_details: true, ..OutgoingNeeds::default() };
        let (client, id) = (&context.provider, &instance.id.0);
        match dataflow::look(client, id, &needs, None, now, Urgency::Idle).await {
            Ok(look) => {
                interest.services.extend(look.connections.iter().map(|it| it.service.clone()));
                inventory.outgoing.push((instance, Arc::new(look)));
            }
            Err(error) => unread.push((ScopeId::Outgoing(id.clone()), error)),
        }
    }
    for account in accounts {
        if !inventory.outgoing.iter().any(|(instance, _)| leads_to(instance, account)) {
            continue;
        }
        match survey(context, account, &interest).await {
            Ok(exposures) => inventory.exposures.push((account.clone(), Arc::new(exposures))),
            Err(error) => unread.push((ScopeId::Exposing(account.clone()), error)),
        }
    }
    unread
}

async fn survey(
    context: &Context,
    account: &Account,
    interest: &Interest,
) -> Result<Exposures, Error> {
    let exposures = (context.expose)(account.clone()).await?.survey(interest).await?;
    exposures.blind.first().cloned().map_or(Ok(exposures), Err)
}

/// Of the shared model, in a cloud to which this version leads.
fn has_a_way_out(instance: &Instance) -> bool {
    let known = clouds::of_region(&instance.region);
    instance.plan == Plan::Essential && known.is_some_and(|known| OUTLETS.contains(&known.word))
}

/// Whether a connection of this instance can end in that account: TiDB Cloud connects within a region.
pub(super) fn leads_to(instance: &Instance, account: &Account) -> bool {
    let known = clouds::of_region(&instance.region);
    known.is_some_and(|known| known.word == account.cloud)
        && account.region == instance.region_code()
}
