//! What is waited for, as the sentence that will be true when the wait is over.

use super::step::subject;
use super::{ClusterHead, FORESEEN, Text, Topic, connection};
use planner::endpoint::{Address, ConnectionId, LinkId, Registration, Side, Waiting};

pub(super) fn say(waiting: &Waiting, topic: Topic) -> Text {
    let (title, link) = (topic.vendor.title, topic.vendor.link);
    match waiting {
        Waiting::ServicePreparing => Text::new(format!("TiDB Cloud has prepared the private link service of cluster {}", topic.cluster.name),
        )
        .usually("3 to 4 minutes")
        .remedy("if it lasts, open the cluster's page to create a private endpoint in the TiDB Cloud console once, without finishing it"),
        Waiting::LinkProvisioning => {
            Text::new(format!("{title} has provisioned the {link}"))
                .usually("1 to 3 minutes")
        }
        Waiting::Acceptance => {
            Text::new(format!("TiDB Cloud has accepted the {link}"))
                .usually("about 5 minutes")
        }
        Waiting::LinkUpdating => {
            Text::new(format!("{title} shows the change of the {link}"))
                .usually("1 to 2 minutes")
        }
        Waiting::LinkDeleting => Text::new(format!("{title} has deleted the {link}"))
            .usually("1 to 5 minutes"),
        Waiting::ConnectionPending => Text::new("TiDB Cloud has activated the private endpoint connection",
        )
        .usually("about 5 minutes"),
        Waiting::ConnectionDeleting => Text::new("TiDB Cloud has removed the private endpoint connection",
        )
        .usually("about 1 minute"),
        Waiting::Recollecting => Text::new("TiDB Cloud surely shows what an earlier process may have asked of it",
        )
        .usually("about 1 minute"),
        Waiting::Companion(companion) => {
            Text::new(format!("{}, which shares the {link}, is through with it", companion.0))
                .remedy(format!("see `tidelock why {}`", companion.0))
        }
        Waiting::OperatorMustRegister(registration) => register_by_hand(registration, topic),
        Waiting::OperatorMustUnregister(id) => unregister_by_hand(id, topic),
        Waiting::NotUnderstood(side) => not_understood(*side, topic),
    }
}

fn register_by_hand(registration: &Registration, topic: Topic) -> Text {
    let subject = subject(registration, topic);
    let sentence = format!("you have registered {subject} in the TiDB Cloud console");
    let fields = fields(registration, topic);
    let known = fields.iter().all(|(_, value)| value != FORESEEN);
    let paste = if known {
        "what follows"
    } else {
        "what `tidelock why NAME` shows when the endpoint stands"
    };
    let remedy = format!(
        "{} > Create Private Endpoint Connection, and paste there {paste}; Tidelock sees it and goes on by itself",
        console(topic)
    );
    Text::new(sentence).remedy(remedy).paste(fields)
}

/// As the console calls them.
fn fields(registration: &Registration, topic: Topic) -> Vec<(String, String)> {
    let Registration { link: LinkId(id), address } = registration;
    match address {
        Address::None => vec![(format!("{} ID", topic.vendor.link), id.clone())],
        Address::Ip(ip) => {
            vec![("Resource ID".into(), id.clone()), ("IP address".into(), ip.to_string())]
        }
        Address::Domain(domain) => {
            let resource = ("Endpoint Resource ID".into(), id.clone());
            vec![resource, ("Domain Name".into(), domain.clone())]
        }
    }
}

fn unregister_by_hand(id: &ConnectionId, topic: Topic) -> Text {
    let what = connection(id);
    let sentence = format!("you have removed {what} in the TiDB Cloud console");
    let remedy = format!(
        "{}, and delete {what}; Tidelock sees it and goes on by itself, and leaves the {} alone until then",
        console(topic),
        topic.vendor.link
    );
    Text::new(sentence).remedy(remedy)
}

fn console(topic: Topic) -> String {
    let ClusterHead { name, id, .. } = topic.cluster;
    format!("in the TiDB Cloud console, open {name} (id {id}), Settings > Networking")
}

fn not_understood(side: Side, topic: Topic) -> Text {
    let (who, what) = match side {
        Side::Service => ("TiDB Cloud", "the private link service"),
        Side::Link => (topic.vendor.title, topic.vendor.link),
        Side::Connection => ("TiDB Cloud", "the private endpoint connection"),
    };
    let sentence = format!("{who} reports a state of {what} that this Tidelock understands");
    Text::new(sentence)
        .remedy("hands off until then; a newer Tidelock may know the word, and the vendor's console shows what it means")
}
