//! What the planner says about private link connections, in sentences.
//!
//! It knows no cloud by name: how a cloud is spoken of comes with the vendor.

use super::{Said, Text, Topic};
use planner::dataflow::{
    Because, Block, Decision, DomainName, Misplaced, Problem, Step, Waiting, who_acts,
};

#[must_use]
pub fn say(decision: &Decision, topic: Topic) -> Said {
    let text = match decision {
        Decision::Do(step, _) => doing(step),
        Decision::Wait(waiting) => wait(*waiting, topic),
        Decision::Stuck(problem) => stuck(problem, topic),
        Decision::Settled => Text::new("TiDB Cloud reaches the service, as the manifest says"),
    };
    let Text { sentence, usually, remedy, command, paste } = text;
    let (word, who) = (decision.word(), who_acts(decision));
    Said { word, sentence, who, usually, remedy, command, paste }
}

/// How it stands now, in one sentence for a status line.
#[must_use]
pub fn standing(decision: &Decision, topic: Topic) -> String {
    let sentence = say(decision, topic).sentence;
    match decision {
        Decision::Do(..) => format!("about to {sentence}"),
        Decision::Wait(_) => format!("waiting until {sentence}"),
        Decision::Settled | Decision::Stuck(_) => sentence,
    }
}

/// Continues a sentence after "because".
#[must_use]
pub fn because(because: Because) -> &'static str {
    match because {
        Because::Missing => "it does not exist",
        Because::Failed => "it has failed",
        Because::Hung => "TiDB Cloud has been creating it for more than an hour",
        Because::Drifted => "it differs from the manifest",
        Because::CannotChangeInPlace => "a setting differs that cannot be changed in place",
        Because::Stale => "it stands for something that is not wanted any more",
        Because::LeadsElsewhere => "the manifest names another endpoint service",
        Because::NoLongerDesired => "it is not in the manifests any more",
        Because::Doubled => "it is there twice, and the other one works",
    }
}

#[must_use]
pub fn part(block: Block) -> &'static str {
    match block {
        Block::TargetGroup => "target group",
        Block::LoadBalancer => "load balancer",
        Block::Listener => "listener",
        Block::Service => "endpoint service",
    }
}

/// What a part is for.
#[must_use]
pub fn purpose(block: Block) -> &'static str {
    match block {
        Block::TargetGroup => "holds the database's addresses, and checks their health",
        Block::LoadBalancer => "takes the traffic into the network",
        Block::Listener => "takes the database's port, and sends it to the target group",
        Block::Service => "offers the load balancer to other accounts",
    }
}

/// How the planner's stand-ins for ids end that only the future knows.
const FORESEEN: &str = "known after)";

/// With its id, where it is not only foreseen.
fn known(what: &str, id: &str) -> String {
    if id.ends_with(FORESEEN) { format!("the {what}") } else { format!("the {what} {id}") }
}

fn doing(step: &Step) -> Text {
    match step {
        Step::Create(block) => {
            let text = Text::new(format!("create the {}", part(*block)));
            match block {
                Block::LoadBalancer => text.usually("2 to 5 minutes"),
                Block::TargetGroup | Block::Listener | Block::Service => text,
            }
        }
        Step::Update(block, id) => {
            Text::new(format!("change {} in place", known(part(*block), &id.0)))
        }
        Step::Delete(block, id) => Text::new(format!("delete {}", known(part(*block), &id.0))),
        Step::RegisterTarget(address) => {
            Text::new(format!("register {address} with the target group"))
        }
        Step::DeregisterTarget(address) => {
            Text::new(format!("take {address} out of the target group"))
        }
        Step::Permit => Text::new("let TiDB Cloud's account ask for a connection"),
        Step::Forbid => Text::new("withdraw the permission of TiDB Cloud's account"),
        Step::Withdraw { service } => Text::new(format!(
            "withdraw the permission of TiDB Cloud's account at {}, which it needs no more",
            service.0
        )),
        Step::Connect { .. } => {
            Text::new("create the private link connection in TiDB Cloud").usually("1 to 3 minutes")
        }
        Step::Disconnect { connection } => {
            Text::new(format!("delete {}", known("private link connection", &connection.0)))
        }
        Step::Attach { domain, .. } => {
            Text::new(format!("attach {} to the connection", self::domain(domain)))
        }
        Step::Detach { attachment, .. } => {
            Text::new(format!("detach {}", known("domain", &attachment.0)))
        }
        Step::Accept { endpoint } => {
            let endpoint = known("endpoint", &endpoint.0);
            Text::new(format!("accept the request of {endpoint}, which TiDB Cloud calls its own"))
        }
        Step::Reject { endpoint } => {
            Text::new(format!("turn the request of {} away", known("endpoint", &endpoint.0)))
        }
    }
}

#[must_use]
pub fn domain(name: &DomainName) -> String {
    match name {
        DomainName::Managed => "TiDB Cloud's own domain".into(),
        DomainName::Confluent(name) => format!("the Confluent domain {name}"),
        DomainName::Other(word) => format!("a domain of the kind {word}"),
    }
}

fn wait(waiting: Waiting, topic: Topic) -> Text {
    let cloud = topic.vendor.title;
    match waiting {
        Waiting::Resolution => Text::new("the database's name resolves to an address").remedy(
            "check that the database exists, and that Tidelock runs where its name resolves",
        ),
        Waiting::Preparing(block) => {
            Text::new(format!("{cloud} has made the {} ready", part(block)))
                .usually("2 to 5 minutes")
        }
        Waiting::Updating(block) => {
            Text::new(format!("{cloud} shows the change of the {}", part(block)))
                .usually("1 to 2 minutes")
        }
        Waiting::TakingEffect => {
            Text::new("what was asked for last shows at both ends").usually("1 to 5 minutes")
        }
        Waiting::Deleting(block) => {
            Text::new(format!("{cloud} has deleted the {}", part(block))).usually("1 to 3 minutes")
        }
        Waiting::TargetChecking => {
            Text::new("the load balancer has checked whether the database answers")
                .usually("about 1 minute")
        }
        Waiting::TargetHealth => {
            Text::new("the database answers the load balancer").usually("about 1 minute").remedy(
                "if it stays so: let the database's security group, or its allow list, admit the load \
                 balancer on the database's port",
            )
        }
        Waiting::ConnectionCreating => {
            Text::new("TiDB Cloud has made its endpoint").usually("1 to 3 minutes")
        }
        Waiting::RequestArriving => {
            Text::new("TiDB Cloud's request arrives at the endpoint service")
                .usually("about 1 minute")
        }
        Waiting::ConnectionPending => {
            Text::new("TiDB Cloud has noticed that it was accepted").usually("1 to 3 minutes")
        }
        Waiting::ConnectionDeleting => {
            Text::new("TiDB Cloud has deleted the connection").usually("1 to 3 minutes")
        }
        Waiting::DomainsAttaching => {
            Text::new("TiDB Cloud has attached the domain").usually("about 1 minute")
        }
        Waiting::DomainsDetaching => {
            Text::new("TiDB Cloud has detached the domain").usually("about 1 minute")
        }
        Waiting::RequestsLeaving => Text::new("nobody is connected to the endpoint service")
            .remedy("another account is connected to it: ask its owner to delete the endpoint"),
        Waiting::BlockNotUnderstood(block) => {
            Text::new(format!("the {} is in a state that this version knows", part(block)))
        }
        Waiting::ConnectionNotUnderstood => {
            Text::new("the connection is in a state that this version knows")
        }
    }
}

fn stuck(problem: &Problem, topic: Topic) -> Text {
    let cloud = topic.vendor.title;
    match problem {
        Problem::NotOurs(id) => {
            Text::new(format!("{} stands in the way and is not Tidelock's", id.0))
                .remedy("delete or rename it, or put back the tags that were taken off")
        }
        Problem::ConnectionNotOurs(id) => Text::new(format!(
            "private link connection {} leads to the same service and is not Tidelock's",
            id.0
        ))
        .remedy(
            "to hand it over, write `adopt: true` into the entry; else delete it in the TiDB Cloud \
             console, or remove the entry",
        ),
        Problem::CannotAdopt(id) => Text::new(format!(
            "private link connection {} cannot be adopted: it has failed, or leads to another service",
            id.0
        ))
        .remedy("delete it in the TiDB Cloud console; Tidelock then creates another"),
        Problem::Ambiguous(ids) => {
            Text::new(format!("there are several that may be this entry's: {}", ids.join(", ")))
                .remedy("find out which are used, and delete the others by hand")
        }
        Problem::RequestRejected(id) => {
            Text::new(format!("the request of TiDB Cloud's endpoint {} was rejected", id.0))
                .remedy("a person did that: delete the connection in TiDB Cloud to ask again")
        }
        Problem::Misplaced(Misplaced::Public(address)) => Text::new(format!(
            "the database's name leads to {address}, a public address, which is not registered; \
             the targets stay as they are"
        ))
        .remedy(
            "run Tidelock in the database's network, where its name leads to the private address, or \
             make the database not publicly accessible",
        ),
        Problem::Misplaced(Misplaced::OutsideNetwork(address)) => Text::new(format!(
            "the database's name leads to {address}, outside of the load balancer's network, which \
             is not registered; the targets stay as they are"
        ))
        .remedy(
            "see whether the database has moved: move it back, or write the network in which it is \
             now",
        ),
        Problem::InUse(id) => {
            Text::new(format!("a changefeed or a migration goes through connection {}", id.0))
                .remedy("delete it, or pause it and change its endpoint, in the TiDB Cloud console")
        }
        Problem::Protected => {
            Text::new("`onDelete: protect` forbids to take it down or to replace a part of it").remedy(
                "put the entry back as it was; or, if it may go, write `onDelete: remove`, apply, and \
                 only then make the change",
            )
        }
        Problem::Declined(step) => {
            Text::new(format!("{} said no to: {}", who(step, cloud), doing(step).sentence))
                .remedy(
                    "grant, or mend, what the last error names; it is tried again after an hour, by \
                     each `apply`, or with `Try again`",
                )
        }
        Problem::KeepsFailing(step) => {
            Text::new(format!("keeps failing: {}", doing(step).sentence))
                .remedy("see the last error; change the manifest, or ask for another try")
        }
    }
}

/// Whose word it was that a step was not taken.
#[must_use]
pub fn speaker<'a>(decision: &Decision, topic: Topic<'a>) -> &'a str {
    match decision {
        Decision::Do(step, _)
        | Decision::Stuck(Problem::Declined(step) | Problem::KeepsFailing(step)) => {
            who(step, topic.vendor.title)
        }
        Decision::Wait(_) | Decision::Stuck(_) | Decision::Settled => topic.vendor.title,
    }
}

fn who<'a>(step: &Step, cloud: &'a str) -> &'a str {
    match step {
        Step::Connect { .. }
        | Step::Disconnect { .. }
        | Step::Attach { .. }
        | Step::Detach { .. } => "TiDB Cloud",
        Step::Create(_)
        | Step::Update(..)
        | Step::Delete(..)
        | Step::RegisterTarget(_)
        | Step::DeregisterTarget(_)
        | Step::Permit
        | Step::Forbid
        | Step::Withdraw { .. }
        | Step::Accept { .. }
        | Step::Reject { .. } => cloud,
    }
}
