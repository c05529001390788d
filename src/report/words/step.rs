//! What is done, and why.

use super::{Text, Topic, connection, link};
use planner::endpoint::{Address, Because, Registration, Step};

pub(super) fn say(step: &Step, topic: Topic) -> Text {
    match step {
        Step::CreateLink { .. } => {
            Text::new(format!("create the {}", topic.vendor.link)).usually("1 to 3 minutes")
        }
        Step::AdoptLink { link: id } => {
            Text::new(format!("put Tidelock's mark on {}", link(id, topic)))
        }
        Step::UpdateLink { link: id } => Text::new(format!("change {} in place", link(id, topic))),
        Step::DeleteLink { link: id } => {
            Text::new(format!("delete {}", link(id, topic))).usually("1 to 5 minutes")
        }
        Step::ReleaseLink { link: id } => {
            Text::new(format!("take Tidelock's mark off {}, which stays", link(id, topic)))
        }
        Step::Register(registration) => {
            let sentence = format!("register {} with TiDB Cloud", subject(registration, topic));
            Text::new(sentence).usually("about 5 minutes")
        }
        Step::Unregister { connection: id } => {
            Text::new(format!("remove {} from TiDB Cloud", connection(id)))
                .usually("about 1 minute")
        }
    }
}

pub(super) fn subject(registration: &Registration, topic: Topic) -> String {
    let Registration { link: id, address } = registration;
    let address = match address {
        Address::None => String::new(),
        Address::Ip(ip) => format!(" with the IP address {ip}"),
        Address::Domain(domain) => format!(" with the domain name {domain}"),
    };
    format!("{}{address}", link(id, topic))
}

/// While its call is made.
pub(crate) fn doing(step: &Step, topic: Topic) -> String {
    match step {
        Step::CreateLink { .. } => format!("creating {}", topic.vendor.link),
        Step::AdoptLink { link: id } => format!("adopting {}", link(id, topic)),
        Step::UpdateLink { link: id } => format!("changing {}", link(id, topic)),
        Step::DeleteLink { link: id } => format!("deleting {}", link(id, topic)),
        Step::ReleaseLink { link: id } => format!("releasing {}", link(id, topic)),
        Step::Register(registration) => {
            format!("registering {} with TiDB Cloud", subject(registration, topic))
        }
        Step::Unregister { connection: id } => {
            format!("removing {} from TiDB Cloud", connection(id))
        }
    }
}

/// Continues a sentence after "because".
pub(crate) fn because(because: Because, step: &Step) -> &'static str {
    match because {
        Because::Missing if matches!(step, Step::Register(_)) => "TiDB Cloud does not know it",
        Because::Missing => "it does not exist",
        Because::AdoptionAsked => "the manifest says `adopt: true`",
        Because::Drifted => "it differs from the manifest",
        Because::CannotChangeInPlace => "a setting differs that cannot be changed in place",
        Because::LinkFailed => "it has failed in the cloud",
        Because::ConnectionFailed => "the connection has failed in TiDB Cloud",
        Because::ConnectionIsStale => "the connection names an endpoint that is not this one",
        Because::Doubled => "it was made twice, and the other one serves",
        Because::NoLongerDesired if matches!(step, Step::ReleaseLink { .. }) => {
            "it is not in the manifests any more, and `onDelete: orphan` keeps it"
        }
        Because::NoLongerDesired => "it is not in the manifests any more",
    }
}
