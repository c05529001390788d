//! A stable word for everything the planner can say, for journals and machines; what people read is written elsewhere.

use super::{Because, Block, Decision, Misplaced, Problem, Step, Waiting};

/// Every word that [`Decision::word`] can say, in the order of a healthy life, then what stops it.
pub const REASONS: [&str; 60] = [
    "resolution",
    "create-target-group",
    "target-group-preparing",
    "register-target",
    "create-load-balancer",
    "load-balancer-preparing",
    "create-listener",
    "listener-preparing",
    "deregister-target",
    "create-endpoint-service",
    "endpoint-service-preparing",
    "permit",
    "connect",
    "connection-creating",
    "request-arriving",
    "accept",
    "connection-pending",
    "attach-domains",
    "domains-attaching",
    "update-target-group",
    "target-group-updating",
    "update-load-balancer",
    "load-balancer-updating",
    "update-listener",
    "listener-updating",
    "update-endpoint-service",
    "endpoint-service-updating",
    "target-checking",
    "target-health",
    "taking-effect",
    "settled",
    "detach-domains",
    "domains-detaching",
    "disconnect",
    "connection-deleting",
    "reject",
    "requests-leaving",
    "forbid",
    "withdraw",
    "delete-endpoint-service",
    "endpoint-service-deleting",
    "delete-listener",
    "listener-deleting",
    "delete-load-balancer",
    "load-balancer-deleting",
    "delete-target-group",
    "target-group-deleting",
    "part-not-understood",
    "connection-not-understood",
    "part-not-ours",
    "connection-not-ours",
    "cannot-adopt",
    "ambiguous",
    "request-rejected",
    "in-use",
    "address-public",
    "address-outside-network",
    "protected",
    "declined",
    "keeps-failing",
];

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
            Step::Update(Block::TargetGroup, _) => "update-target-group",
            Step::Update(Block::LoadBalancer, _) => "update-load-balancer",
            Step::Update(Block::Listener, _) => "update-listener",
            Step::Update(Block::Service, _) => "update-endpoint-service",
            Step::Delete(Block::TargetGroup, _) => "delete-target-group",
            Step::Delete(Block::LoadBalancer, _) => "delete-load-balancer",
            Step::Delete(Block::Listener, _) => "delete-listener",
            Step::Delete(Block::Service, _) => "delete-endpoint-service",
            Step::RegisterTarget(_) => "register-target",
            Step::DeregisterTarget(_) => "deregister-target",
            Step::Permit => "permit",
            Step::Forbid => "forbid",
            Step::Withdraw { .. } => "withdraw",
            Step::Connect { .. } => "connect",
            Step::Disconnect { .. } => "disconnect",
            Step::Attach { .. } => "attach-domains",
            Step::Detach { .. } => "detach-domains",
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
            Because::Hung => "hung",
            Because::Stale => "stale",
            Because::LeadsElsewhere => "leads-elsewhere",
            Because::Drifted => "drifted",
            Because::CannotChangeInPlace => "cannot-change-in-place",
            Because::NoLongerDesired => "no-longer-desired",
            Because::Doubled => "doubled",
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
            Waiting::Updating(Block::TargetGroup) => "target-group-updating",
            Waiting::Updating(Block::LoadBalancer) => "load-balancer-updating",
            Waiting::Updating(Block::Listener) => "listener-updating",
            Waiting::Updating(Block::Service) => "endpoint-service-updating",
            Waiting::Deleting(Block::TargetGroup) => "target-group-deleting",
            Waiting::Deleting(Block::LoadBalancer) => "load-balancer-deleting",
            Waiting::Deleting(Block::Listener) => "listener-deleting",
            Waiting::Deleting(Block::Service) => "endpoint-service-deleting",
            Waiting::TargetChecking => "target-checking",
            Waiting::TargetHealth => "target-health",
            Waiting::ConnectionCreating => "connection-creating",
            Waiting::RequestArriving => "request-arriving",
            Waiting::ConnectionPending => "connection-pending",
            Waiting::ConnectionDeleting => "connection-deleting",
            Waiting::DomainsAttaching => "domains-attaching",
            Waiting::DomainsDetaching => "domains-detaching",
            Waiting::RequestsLeaving => "requests-leaving",
            Waiting::TakingEffect => "taking-effect",
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
            Problem::CannotAdopt(_) => "cannot-adopt",
            Problem::Ambiguous(_) => "ambiguous",
            Problem::RequestRejected(_) => "request-rejected",
            Problem::InUse(_) => "in-use",
            Problem::Misplaced(Misplaced::Public(_)) => "address-public",
            Problem::Misplaced(Misplaced::OutsideNetwork(_)) => "address-outside-network",
            Problem::Protected => "protected",
            Problem::Declined(_) => "declined",
            Problem::KeepsFailing(_) => "keeps-failing",
        }
    }
}
