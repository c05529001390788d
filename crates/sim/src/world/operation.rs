//! Long-running operations: what Azure, Google and Alibaba do after they have answered.
//!
//! An operation outlives what it works on, and is forgotten in its own time. AWS has none.

use crate::fault::Vendor;
use crate::ids::{OperationId, Scope};
use crate::world::agenda::Event;
use crate::world::{Link, LinkFailure, World};
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    pub id: OperationId,
    pub scope: Scope,
    pub work: Work,
    /// The id of the endpoint or of the address.
    pub target: String,
    /// Milliseconds since the Unix epoch.
    pub started_at: u64,
    /// When it ends, or has ended; what becomes of it is not known before.
    pub ends_at: u64,
    pub progress: Progress,
    /// The caller's token, for those who ask again.
    pub token: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    Running,
    Done,
    Failed(LinkFailure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    Create,
    Update,
    Delete,
}

impl Operation {
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.progress == Progress::Running
    }
}

impl World {
    /// An operation that is remembered, running or not.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.get(id)
    }

    /// Every operation that is remembered in the scope.
    pub fn operations<'world>(
        &'world self,
        scope: &Scope,
    ) -> impl Iterator<Item = &'world Operation> {
        self.operations.values().filter(|operation| scope.covers(&operation.scope))
    }

    /// What the cloud is doing with the endpoint, if it still is.
    #[must_use]
    pub fn under_way(&self, link: &Link) -> Option<&Operation> {
        let operation = self.operations.get(link.operation.as_ref()?)?;
        operation.is_running().then_some(operation)
    }

    /// Begins one on the endpoint; it ends then. AWS is done at once.
    pub(crate) fn begin(&mut self, work: Work, link: &mut Link, ends_at: u64) {
        match link.vendor() {
            Vendor::Tidb | Vendor::Aws => {}
            Vendor::Azure | Vendor::Alibaba | Vendor::Gcp => {
                let token = link.token.clone().filter(|_| work == Work::Create);
                let id = self.start(work, &link.scope, link.id.as_str(), ends_at, token);
                link.operation = Some(id);
            }
        }
    }

    pub(crate) fn start(
        &mut self,
        work: Work,
        scope: &Scope,
        target: &str,
        ends_at: u64,
        token: Option<String>,
    ) -> OperationId {
        let id = OperationId(self.new_guid());
        let (started_at, target) = (self.now, target.to_owned());
        let operation = Operation {
            id: id.clone(),
            scope: scope.clone(),
            work,
            target,
            started_at,
            ends_at,
            progress: Progress::Running,
            token,
        };
        self.operations.insert(id.clone(), operation);
        self.agenda.add(ends_at, Event::OperationEnds(id.clone()));
        let forgotten = ends_at.saturating_add(self.draws.operation_retention);
        self.agenda.add(forgotten, Event::OperationForgotten(id.clone()));
        id
    }

    pub(crate) fn operation_ends(&mut self, id: &OperationId) {
        let running = self.operations.get(id.as_str()).filter(|operation| operation.is_running());
        let Some((work, target)) = running.map(|found| (found.work, found.target.clone())) else {
            return;
        };
        let failed = match work {
            Work::Create => self.provisioned(&target, id),
            Work::Update | Work::Delete => None,
        };
        self.conclude(id, failed.map_or(Progress::Done, Progress::Failed));
    }

    pub(crate) fn conclude(&mut self, id: &OperationId, progress: Progress) {
        if let Some(operation) = self.operations.get_mut(id.as_str()) {
            operation.progress = progress;
            operation.ends_at = self.now.min(operation.ends_at);
        }
    }

    pub(crate) fn operation_forgotten(&mut self, id: &OperationId) {
        self.operations.remove(id.as_str());
    }
}
