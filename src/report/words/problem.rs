//! What only a person can solve, and how.

use super::{Text, Topic, link, step};
use planner::endpoint::{LinkId, Problem, Step};

pub(super) fn say(problem: &Problem, topic: Topic) -> Text {
    match problem {
        Problem::ServiceGone => service_gone(topic),
        Problem::LinkRefused(link) => refused(link, topic),
        Problem::NotOurs(link) => not_ours(link, topic),
        Problem::CannotAdopt(link) => cannot_adopt(link, topic),
        Problem::Ambiguous(links) => ambiguous(links, topic),
        Problem::Protected => protected(),
        Problem::Declined(step) => declined(step, topic),
        Problem::KeepsFailing(step) => keeps_failing(step, topic),
    }
}

fn service_gone(topic: Topic) -> Text {
    let cluster = &topic.cluster.name;
    Text::new(format!("TiDB Cloud has no private link service for cluster {cluster}")).remedy(
        "see in the TiDB Cloud console whether the cluster and its node group still exist; then \
             correct `id` or `nodeGroup`, or remove the entry",
    )
}

fn refused(id: &LinkId, topic: Topic) -> Text {
    let what = link(id, topic);
    Text::new(format!("TiDB Cloud's side has refused {what}"))
        .remedy(format!(
            "find out who refused it and why, in the TiDB Cloud console under Networking; a refusal \
             is never overridden: to ask once more, delete {what}, and Tidelock creates another"
        ))
        .command(topic.delete(id))
}

fn not_ours(id: &LinkId, topic: Topic) -> Text {
    let sentence =
        format!("{} already stands in its place, and is not Tidelock's", link(id, topic));
    Text::new(sentence)
        .remedy("to hand it over, write `adopt: true` into the entry; else delete it, or remove the entry")
        .command(topic.show(id))
}

fn cannot_adopt(id: &LinkId, topic: Topic) -> Text {
    let sentence = format!(
        "{} cannot be adopted: it is unsound, or differs in what cannot be changed in place",
        link(id, topic)
    );
    Text::new(sentence)
        .remedy("write the entry as the endpoint is (`tidelock export` prints it), or delete the endpoint")
        .command(topic.show(id))
}

fn ambiguous(links: &[LinkId], topic: Topic) -> Text {
    let ids: Vec<&str> = links.iter().map(|id| id.0.as_str()).collect();
    let sentence =
        format!("{} bear the mark of this one name: {}", plural(&ids, topic), ids.join(", "));
    let said = Text::new(sentence).remedy(
        "find out which one is in use, and take the `tidelock:` tags off the others or delete them",
    );
    match links.first() {
        Some(first) => said.command(topic.show(first)),
        None => said,
    }
}

fn plural(ids: &[&str], topic: Topic) -> String {
    format!("{} {}s", ids.len(), topic.vendor.link)
}

fn protected() -> Text {
    Text::new("`onDelete: protect` forbids to delete or to replace it").remedy(
        "put the entry back as it was; or, if it may go, write `onDelete: remove` or `orphan`, apply, \
         and only then make the change",
    )
}

fn declined(step: &Step, topic: Topic) -> Text {
    Text::new(format!("not allowed to {}", step::say(step, topic).sentence))
        .remedy("grant what the last error names; Tidelock tries again by itself from time to time")
}

fn keeps_failing(step: &Step, topic: Topic) -> Text {
    let sentence = format!("could not {} after several attempts", step::say(step, topic).sentence);
    Text::new(sentence).remedy("mend what the last error names; a change of the entry starts anew")
}
