//! Work that goes on after a call was answered: a job's id asks after it, and what it works on is busy so long.
//!
//! What the work does has been done already; only who looks is told to wait.

use crate::world::World;
use std::collections::BTreeMap;

/// By the job, and by what it works on: when it is done.
#[derive(Clone, Debug, Default)]
pub(super) struct Jobs {
    ends: BTreeMap<String, u64>,
    busy: BTreeMap<String, u64>,
    turns: BTreeMap<String, u32>,
}

impl World {
    /// Something is worked on for a while: a part, an address in one, an endpoint. The job's id.
    pub fn begin_job(&mut self, on: &[&str]) -> String {
        let end = self.after(self.draws.dataflow.latency.job);
        let job = self.new_guid();
        let jobs = &mut self.exposing.jobs;
        for on in on {
            jobs.busy.insert((*on).to_owned(), end);
            *jobs.turns.entry((*on).to_owned()).or_default() += 1;
        }
        jobs.ends.insert(job.clone(), end);
        job
    }

    /// Whether a job has ended; nothing, if there never was one of that id.
    #[must_use]
    pub fn job_ended(&self, job: &str) -> Option<bool> {
        self.exposing.jobs.ends.get(job).map(|end| *end <= self.now)
    }

    /// Whether it was worked on before, too: what goes on is a change, not its making.
    #[must_use]
    pub fn was_changed(&self, on: &str) -> bool {
        self.exposing.jobs.turns.get(on).is_some_and(|turns| *turns > 1)
    }

    /// Whether it is being worked on.
    #[must_use]
    pub fn is_busy(&self, on: &str) -> bool {
        self.exposing.jobs.busy.get(on).is_some_and(|end| *end > self.now)
    }
}
