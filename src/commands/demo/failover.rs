//! The chapter of the database: it fails over, and TiDB Cloud's way to it goes along.
//!
//! Whether there was a moment in which nobody answered, the simulated load balancer's own log says.

use super::story::{Said, Story, flow_of, say, wrong};
use crate::engine::FlowView;
use crate::present;
use crate::setup::Refusal;
use planner::Phase;
use planner::dataflow::{Block, Part};
use sim::{Deed, ExposureDeed, World, example};

/// The private link connection of the database.
const NAME: &str = "catalog-rds";

/// In milliseconds; longer than all of it takes, also on a machine that is busy with other things.
const OLD_ANSWERS_FOR: u64 = 60_000;

/// No name server of this machine knows a simulated name, so the database is called by its address.
pub(super) fn name_by_address(world: &mut World) {
    let found = world.database(&example::scope(), example::DATABASE).cloned();
    if let Some(mut database) = found {
        database.host = database.address.to_string();
        world.add_database(database);
    }
}

impl Story {
    pub(super) async fn fail_over(&self, said: &mut Said) -> Result<(), Refusal> {
        let (old, new) = self.move_database()?;
        say(&format!(
            "\nThe database {} fails over, from {old} to {new}. The old address answers for a while yet.\n",
            example::DATABASE
        ));
        let view = self.look().await?;
        let before = flow_of(&view, NAME).map(targets);
        let seen = |flow: &FlowView| Some(targets(flow)) != before;
        self.until(said, "the new address is registered", |view| {
            flow_of(view, NAME).is_some_and(seen)
        })
        .await?;
        let followed = |flow: &FlowView| {
            targets(flow) == [new.clone()] && present::flow_phase(flow) == Some(Phase::Active)
        };
        self.until(said, "the failover is followed", |view| {
            flow_of(view, NAME).is_some_and(followed)
        })
        .await?;
        self.tell_gaps().await
    }

    /// The addresses before and after.
    fn move_database(&self) -> Result<(String, String), Refusal> {
        let (database, old_answers_for) = (example::DATABASE.to_owned(), OLD_ANSWERS_FOR);
        let failover = ExposureDeed::Failover { database, to: None, old_answers_for };
        self.sim.with(|world| {
            let address = |world: &World| {
                let found = world.database(&example::scope(), example::DATABASE);
                found.map(|database| database.address.to_string()).unwrap_or_default()
            };
            let old = address(world);
            let done = world.deed(Deed::Exposure(failover));
            done.map_err(|error| wrong(&format!("the database stays: {error:?}")))?;
            name_by_address(world);
            Ok((old, address(world)))
        })
    }

    async fn tell_gaps(&self) -> Result<(), Refusal> {
        let view = self.look().await?;
        let sight = flow_of(&view, NAME).and_then(|flow| flow.sight.as_ref());
        let Some(Part::Ours(listener, _)) = sight.map(|it| it.observed.part(Block::Listener))
        else {
            return Err(wrong(&format!("{NAME} has no listener")));
        };
        let (served, gaps) =
            self.sim.with(|world| (world.ever_healthy(&listener.0), world.gaps(&listener.0)));
        if !served || !gaps.is_empty() {
            return Err(wrong(&format!("{NAME} had no healthy target for a time: {gaps:?}")));
        }
        say(&format!(
            "  {NAME}: no moment without a healthy target, says the load balancer's own log"
        ));
        Ok(())
    }
}

/// Those that take new traffic.
fn targets(flow: &FlowView) -> Vec<String> {
    use planner::dataflow::Health;
    let targets = flow.sight.iter().flat_map(|sight| &sight.observed.targets);
    let takes = targets.filter(|target| target.health != Health::Draining);
    takes.map(|target| target.address.to_string()).collect()
}
