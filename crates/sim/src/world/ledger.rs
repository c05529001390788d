//! What was done to which object, and by whom: what the oracles judge.
//!
//! It records effects, not calls: a call that was refused leaves no trace here.

use crate::ids::{LinkId, PartId};
use crate::world::customer::Tags;
use crate::world::{Link, Part, World};
use cloud::Mark;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum By {
    Api,
    /// A person in a console, through the back door.
    Console,
    Vendor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    Created,
    Modified,
    Tagged,
    Untagged,
    Deleted,
    Registered,
    Unregistered,
    /// A request at a customer's service; its object is the endpoint.
    Accepted,
    Rejected,
}

/// One thing done to one VPC endpoint or to one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Effect {
    pub at: u64,
    pub by: By,
    pub verb: Verb,
    /// The id of the VPC endpoint or of the connection.
    pub object: String,
    /// The VPC endpoint that it is about.
    pub link: LinkId,
    /// Owner and name in the mark that the VPC endpoint carried *before*; at its creation, the new one.
    pub mark: Option<(String, String)>,
    /// Of a VPC endpoint that was created with a mark.
    pub incarnation: Option<u32>,
    /// Other live VPC endpoints with the same mark, when one was created or marked.
    pub twins: Vec<LinkId>,
    /// A VPC endpoint was deleted while a connection that is not on its way out named it.
    pub under_connection: bool,
    /// An endpoint that no connection of TiDB Cloud's names was accepted or rejected.
    pub is_strange: bool,
}

/// So many of the latest effects are kept for certain, and at most twice as many.
const KEPT: usize = 50_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    effects: Vec<Effect>,
    /// The last mark that each VPC endpoint had, gone ones too.
    marks: BTreeMap<LinkId, (String, String)>,
    /// Every VPC endpoint that ever had a mark, by the mark.
    marked: BTreeMap<(String, String), BTreeSet<LinkId>>,
}

/// What an oracle wants to know about one owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// By the name in the mark.
    pub live: BTreeMap<String, Vec<LinkId>>,
    /// Created while another live one carried the same mark. A replacement may; nothing else may.
    pub duplicates: Vec<Effect>,
    /// Changed or deleted by a call, though it did not carry the owner's mark.
    pub foreign: Vec<Effect>,
    /// Marked, though it carried no mark.
    pub adopted: Vec<Effect>,
    pub deleted_under_connection: Vec<Effect>,
    /// Requests at a service that were accepted by a call, though no connection of TiDB Cloud's names the endpoint.
    pub strangers: Vec<Effect>,
    /// Target groups, load balancers, listeners and services, by the name in the mark.
    pub parts: BTreeMap<String, Vec<PartId>>,
    /// By object.
    pub creations: BTreeMap<String, u32>,
    pub deletions: BTreeMap<String, u32>,
}

impl World {
    /// Everything that was done, oldest first; of very much, only the latest.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.ledger.effects
    }

    /// What calls did for, and to, this owner. What consoles and vendors did is not judged.
    #[must_use]
    pub fn audit(&self, owner: &str) -> Audit {
        let mut audit = Audit::default();
        for link in self.links.rows().filter(|link| link.is_live()) {
            if let Some((_, name)) = owner_and_name(link).filter(|mark| mark.0 == owner) {
                audit.live.entry(name).or_default().push(link.id.clone());
            }
        }
        for part in self.true_parts() {
            let mark = mark_of(&part.tags, "").filter(|mark| mark.owner == owner);
            if let Some(mark) = mark {
                audit.parts.entry(mark.name).or_default().push(part.id.clone());
            }
        }
        for effect in self.ledger.effects.iter().filter(|effect| effect.by == By::Api) {
            audit.judge(owner, effect);
        }
        audit
    }

    pub(crate) fn record_link(&mut self, verb: Verb, link: &Link) {
        let under_connection = verb == Verb::Deleted && self.is_named(&link.id);
        let (twins, mark) = match verb {
            Verb::Created => (self.twins(link), owner_and_name(link)),
            Verb::Modified
            | Verb::Tagged
            | Verb::Untagged
            | Verb::Deleted
            | Verb::Registered
            | Verb::Unregistered
            | Verb::Accepted
            | Verb::Rejected => {
                let before = self.links.get(link.id.as_str());
                (vec![], before.and_then(|before| owner_and_name(before)))
            }
        };
        if let Some(mark) = owner_and_name(link) {
            self.ledger.marked.entry(mark.clone()).or_default().insert(link.id.clone());
            self.ledger.marks.insert(link.id.clone(), mark);
        }
        let (at, by, object) = (self.now, self.by, link.id.to_string());
        let born = Some(link).filter(|_| verb == Verb::Created);
        let born = born.and_then(|link| mark_of(&link.tags, &link.description));
        let incarnation = born.map(|mark| mark.incarnation);
        let link = link.id.clone();
        let effect = Effect {
            at,
            by,
            verb,
            object,
            link,
            mark,
            incarnation,
            twins,
            under_connection,
            is_strange: false,
        };
        self.enter(effect);
    }

    /// A world that lives for long forgets what was done long ago.
    fn enter(&mut self, effect: Effect) {
        self.ledger.effects.push(effect);
        if self.ledger.effects.len() < 2 * KEPT {
            return;
        }
        let Ledger { effects, marks, marked } = &mut self.ledger;
        effects.drain(..KEPT);
        let spoken_of: BTreeSet<&LinkId> = effects.iter().map(|effect| &effect.link).collect();
        let stays =
            |link: &LinkId| spoken_of.contains(link) || self.links.get(link.as_str()).is_some();
        marks.retain(|link, _| stays(link));
        marked.retain(|_, links| {
            links.retain(|link| stays(link));
            !links.is_empty()
        });
    }

    pub(crate) fn record_connection(&mut self, verb: Verb, id: &str, endpoint_id: &str) {
        let mark = self.ledger.marks.get(endpoint_id).cloned();
        self.enter(Effect {
            at: self.now,
            by: self.by,
            verb,
            object: id.to_owned(),
            link: LinkId::from(endpoint_id),
            mark,
            incarnation: None,
            twins: vec![],
            under_connection: false,
            is_strange: false,
        });
    }

    pub(crate) fn record_part(&mut self, verb: Verb, part: &Part) {
        let before = self.true_part(part.id.as_str()).unwrap_or(part);
        let mark = mark_of(&before.tags, "").map(|mark| (mark.owner, mark.name));
        let is_same = |other: &&Part| {
            other.kind() == part.kind()
                && other.id != part.id
                && mark_of(&other.tags, "").map(|mark| (mark.owner, mark.name)) == mark
        };
        let twins = match &mark {
            Some(_) if verb == Verb::Created => {
                self.true_parts().filter(is_same).map(|other| LinkId(other.id.0.clone())).collect()
            }
            Some(_) | None => vec![],
        };
        let (at, by, object) = (self.now, self.by, part.id.to_string());
        let link = LinkId(object.clone());
        let under_connection = false;
        let is_strange = false;
        self.enter(Effect {
            at,
            by,
            verb,
            object,
            link,
            mark,
            incarnation: None,
            twins,
            under_connection,
            is_strange,
        });
    }

    pub(crate) fn record_answer(&mut self, service: &Part, endpoint: &str, accept: bool) {
        let mark = mark_of(&service.tags, "").map(|mark| (mark.owner, mark.name));
        let is_strange = !self.true_outgoing().any(|row| row.endpoint.as_deref() == Some(endpoint));
        self.enter(Effect {
            at: self.now,
            by: self.by,
            verb: if accept { Verb::Accepted } else { Verb::Rejected },
            object: endpoint.to_owned(),
            link: LinkId(service.id.0.clone()),
            mark,
            incarnation: None,
            twins: vec![],
            under_connection: false,
            is_strange,
        });
    }

    fn twins(&self, link: &Link) -> Vec<LinkId> {
        let Some(mark) = owner_and_name(link) else { return vec![] };
        let candidates = self.ledger.marked.get(&mark).into_iter().flatten();
        let others = candidates.filter(|other| **other != link.id);
        let same = |other: &&LinkId| {
            let other = self.links.get(other.as_str()).filter(|other| other.is_live());
            other.is_some_and(|other| owner_and_name(other).as_ref() == Some(&mark))
        };
        others.filter(same).cloned().collect()
    }
}

impl Audit {
    fn judge(&mut self, owner: &str, effect: &Effect) {
        let ours = effect.mark.as_ref().is_some_and(|mark| mark.0 == owner);
        let push = |list: &mut Vec<Effect>, when: bool| {
            if when {
                list.push(effect.clone());
            }
        };
        match effect.verb {
            Verb::Created => {
                push(&mut self.duplicates, ours && !effect.twins.is_empty());
                *self.creations.entry(effect.object.clone()).or_default() += 1;
            }
            Verb::Registered => {
                push(&mut self.foreign, !ours);
                *self.creations.entry(effect.object.clone()).or_default() += 1;
            }
            Verb::Tagged => {
                push(&mut self.adopted, effect.mark.is_none());
                push(&mut self.foreign, !ours && effect.mark.is_some());
            }
            Verb::Accepted => {
                push(&mut self.foreign, !ours && effect.mark.is_some());
                push(&mut self.strangers, effect.is_strange);
            }
            Verb::Rejected => push(&mut self.foreign, !ours && effect.mark.is_some()),
            Verb::Modified | Verb::Untagged => push(&mut self.foreign, !ours),
            Verb::Deleted | Verb::Unregistered => {
                push(&mut self.foreign, !ours);
                push(&mut self.deleted_under_connection, effect.under_connection);
                *self.deletions.entry(effect.object.clone()).or_default() += 1;
            }
        }
    }
}

fn owner_and_name(link: &Link) -> Option<(String, String)> {
    mark_of(&link.tags, &link.description).map(|mark| (mark.owner, mark.name))
}

/// Where a description holds the mark: this tag says that it does so no longer.
pub(crate) const RELEASED: &str = "tidelock-released";

/// The mark that something has: in its tags, or, where a cloud takes no tags at birth, in its description as JSON.
pub(crate) fn mark_of(tags: &Tags, description: &str) -> Option<Mark> {
    let described = || {
        let json = description.get(description.find('{')?..)?;
        let holds = serde_json::from_str(json).ok().filter(|_| !tags.contains_key(RELEASED));
        Mark::from_tags(&holds?)
    };
    Mark::from_tags(tags).or_else(described)
}

/// A description that holds the mark.
pub(crate) fn described(mark: &Mark) -> String {
    serde_json::json!(mark.to_tags()).to_string()
}
