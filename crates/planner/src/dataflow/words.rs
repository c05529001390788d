//! A stable word for everything the planner can say, for journals and machines; what people read is written elsewhere.

use super::{Because, Block, Decision, Problem, Step, Waiting};

impl Block {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Block::TargetGroup => "target-group",
            Block::LoadBalancer => "load-balancer",
            Block::Listener => "listener",
            Block::Service => "endpoint-service",
        }
    }
}

impl Decision {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Decision::Do(step, _) => step.word(),
            Decision::Wait(waiting) => waiting.word(),
            Decision::Settled => "settled",
            Decision::Stuck(problem) => problem.word(),
        }
    }
}

impl Step {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Step::Create(Block::TargetGroup) => "create-target-group",
            Step::Create(Block::LoadBalancer) => "create-load-balancer",
            Step::Create(Block::Listener) => "create-listener",
            Step::Create(Block::Service) => "create-endpoint-service",
            Step::Delete(Block::TargetGroup, _) => "delete-target-group",
            Step::Delete(Block::LoadBalancer, _) => "delete-load-balancer",
            Step::Delete(Block::Listener, _) => "delete-listener",
            Step::Delete(Block::Service, _) => "delete-endpoint-service",
            Step::RegisterTarget(_) => "register-target",
            Step::DeregisterTarget(_) => "deregister-target",
            Step::Permit => "permit",
            Step::Forbid => "forbid",
            Step::Connect { .. } => "connect",
            Step::Disconnect { .. } => "disconnect",
            Step::Accept { .. } => "accept",
            Step::Reject { .. } => "reject",
        }
    }
}

impl Because {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Because::Missing => "missing",
            Because::Failed => "failed",
            Because::Stale => "stale",
            Because::NoLongerDesired => "no-longer-desired",
        }
    }
}

impl Waiting {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Waiting::Resolution => "resolution",
            Waiting::Preparing(Block::TargetGroup) => "target-group-preparing",
            Waiting::Preparing(Block::LoadBalancer) => "load-balancer-preparing",
            Waiting::Preparing(Block::Listener) => "listener-preparing",
            Waiting::Preparing(Block::Service) => "endpoint-service-preparing",
            Waiting::Deleting(Block::TargetGroup) => "target-group-deleting",
            Waiting::Deleting(Block::LoadBalancer) => "load-balancer-deleting",
            Waiting::Deleting(Block::Listener) => "listener-deleting",
            Waiting::Deleting(Block::Service) => "endpoint-service-deleting",
            Waiting::TargetHealth => "target-health",
            Waiting::ConnectionCreating => "connection-creating",
            Waiting::RequestArriving => "request-arriving",
            Waiting::ConnectionPending => "connection-pending",
            Waiting::ConnectionDeleting => "connection-deleting",
            Waiting::RequestsLeaving => "requests-leaving",
            Waiting::BlockNotUnderstood(_) => "part-not-understood",
            Waiting::ConnectionNotUnderstood => "connection-not-understood",
        }
    }
}

impl Problem {
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Problem::NotOurs(_) => "part-not-ours",
            Problem::ConnectionNotOurs(_) => "connection-not-ours",
            Problem::RequestRejected(_) => "request-rejected",
            Problem::InUse(_) => "in-use",
            Problem::Protected => "protected",
            Problem::Declined(_) => "declined",
            Problem::KeepsFailing(_) => "keeps-failing",
        }
    }
}
