//! One account of a simulated cloud, what people do in it by hand, and how one waits for what is to come.
//!
//! It asserts what every look and every deletion must keep; the promises are one by one in `endpoints.rs`.

use cloud::{
    Cloud, ClusterKey, Deleted, Error, Order, Owner, Seen, Settings, Survey, compare, drift,
};
use planner::endpoint::{Address, Drift, LinkId, LinkState, OnDelete};
use sim::{Deed, Failure, Fault, Link, LinkDeed, Matcher, Rule, Scope, Sim, Vendor, When, example};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;
use tokio::time::sleep;

/// Longer than anything lags, and than anything takes.
pub(super) const REST: Duration = Duration::from_mins(15);
const PAUSE: Duration = Duration::from_secs(10);

/// One account of a world in which nothing of ours is yet, and time is tokio's.
pub(crate) struct Side<'a> {
    pub(crate) sim: Sim,
    pub(crate) cloud: &'a dyn Cloud,
    pub(crate) vendor: Vendor,
    pub(crate) owner: Owner,
    /// Of a service that waits for its owner's word.
    pub(crate) order: Order,
    /// The order's settings, and all that can change in place has changed.
    pub(crate) edited: Settings,
    /// For strangers' endpoints.
    pub(crate) subnet: &'a str,
    /// Together with the service, what only one endpoint can claim.
    pub(crate) network: String,
    /// What TiDB Cloud must be told about an endpoint, apart from its id.
    pub(crate) address: fn(&Link) -> Address,
    /// What a rejected endpoint is seen as: not every cloud tells it from one that nobody has accepted yet.
    pub(crate) rejected: LinkState,
    /// The mark is also written at creation where nobody can take it off: it shows without a tag.
    pub(crate) is_written: bool,
    /// So many calls at the end of a look are about strangers' endpoints, and it does without them.
    pub(crate) spare: u64,
}

impl Side<'_> {
    /// The order's mark, with another policy.
    pub(super) fn mark_again(&self, on_delete: OnDelete) -> cloud::Mark {
        let mark = &self.order.mark;
        self.owner.mark(&mark.name, mark.incarnation, on_delete, ClusterKey::clone(&mark.cluster))
    }

    pub(super) fn named(&self, name: &str) -> Order {
        let cluster = ClusterKey::clone(&self.order.mark.cluster);
        let mark = self.owner.mark(name, 1, OnDelete::Remove, cluster);
        Order { token: mark.token(), mark, ..self.order.clone() }
    }

    /// Made by hand, for the same service.
    pub(super) async fn stranger(&self) -> Link {
        let scope = Scope { region: self.order.region.clone(), ..self.scope() };
        let made = Deed::CreateLink {
            scope,
            id: None,
            network: String::new(),
            service: self.order.service.0.clone(),
            subnets: [self.subnet.to_owned()].into(),
            security_groups: [].into(),
            tags: [("team".to_owned(), "theirs".to_owned())].into(),
        };
        let id = self.sim.with(|world| world.deed(made)).unwrap().unwrap();
        sleep(REST).await;
        self.truth(&id).unwrap()
    }

    pub(super) fn scope(&self) -> Scope {
        example::scope_in(self.vendor, &self.order.region)
    }

    /// Endpoints that there are in truth, and addresses that are reserved for endpoints.
    pub(super) fn stands(&self) -> (usize, usize) {
        let scope = self.scope();
        self.sim.with(|world| {
            let live = |link: &&Link| scope.covers(&link.scope) && link.is_live();
            (world.true_links().filter(live).count(), world.true_addresses().count())
        })
    }

    /// As it is, however its id is spelled.
    pub(super) fn truth(&self, id: &str) -> Option<Link> {
        let same = |link: &&Link| link.id.as_str().eq_ignore_ascii_case(id) && link.is_live();
        self.sim.with(|world| world.true_links().find(same).cloned())
    }

    /// What an order decides of it, as it is in truth.
    pub(super) fn chosen(&self, link: &LinkId) -> impl Eq + Debug + use<> {
        let link = self.truth(&link.0).unwrap();
        let subnets = link.subnets();
        let switches = (link.private_dns, link.global_access);
        (subnets, link.security_groups, switches, link.tags, link.description)
    }

    pub(super) fn console(&self, link: &LinkId, deed: LinkDeed) {
        let link = self.truth(&link.0).unwrap().id.to_string();
        self.sim.with(|world| world.deed(Deed::ToLink { link, deed })).unwrap();
    }

    pub(super) fn calls(&self) -> u64 {
        self.sim.with(|world| world.log.calls())
    }

    /// What comes of it on a bad day, and whether as many changes were tried as it takes for that.
    pub(super) async fn under<T>(
        &self,
        matcher: Matcher,
        fault: &Fault,
        act: impl Future<Output = T>,
    ) -> (T, bool) {
        let tried = || self.sim.with(|world| world.log.mutating_calls());
        let (before, skip) = (tried(), matcher.skip);
        let rule = Rule { when: When::Matching(matcher), fault: fault.clone() };
        self.sim.with(|world| world.faults.add(rule));
        let outcome = act.await;
        self.sim.with(|world| world.faults.clear());
        (outcome, tried() - before > skip)
    }

    pub(super) fn tags<'a>(&self, seen: &'a Seen) -> &'a BTreeMap<String, String> {
        let is_tags = |it: &(&&str, &cloud::Setting)| it.1.value.as_map().is_some();
        let (field, _) = self.order.settings.iter().find(is_tags).unwrap();
        seen.found[field].as_map().unwrap()
    }

    pub(super) async fn look(&self) -> Survey {
        let look = self.cloud.survey().await.unwrap();
        for ended in &look.ended {
            assert!(self.owner.owns(&ended.mark), "{ended:?}");
            assert!(look.links.iter().all(|seen| seen.id != ended.id), "{look:#?}");
        }
        look
    }

    pub(super) fn owned<'a>(&self, look: &'a Survey) -> Vec<&'a Seen> {
        let is_ours = |seen: &&Seen| seen.mark.as_ref().is_some_and(|mark| self.owner.owns(mark));
        look.links.iter().filter(is_ours).collect()
    }

    pub(super) async fn ours(&self) -> Vec<Seen> {
        self.owned(&self.look().await).into_iter().cloned().collect()
    }

    pub(super) async fn seen(&self, link: &LinkId) -> Option<Seen> {
        self.look().await.links.into_iter().find(|seen| seen.id == *link)
    }

    /// A list that says *not found* of what it lists makes it doubtful; gone it is not.
    pub(super) fn nothing_is_missing(
        &self,
        look: &Survey,
        whole: &Survey,
        fault: &Fault,
        what: &str,
    ) {
        let ids = |look: &Survey| {
            let rows = look.links.iter().map(|seen| (seen.id.clone(), seen.mark.clone()));
            rows.collect::<Vec<_>>()
        };
        assert_eq!(ids(look), ids(whole), "{what}");
        if *fault != Fault::Refuse(Failure::NotFound) {
            assert_eq!(self.owned(look), self.owned(whole), "{what}");
        }
    }

    /// Looks until it is so, for an hour at most.
    pub(super) async fn until(&self, link: &LinkId, is_so: impl Fn(&Seen) -> bool) -> Seen {
        for _ in 0..360 {
            if let Some(seen) = self.seen(link).await.filter(&is_so) {
                return seen;
            }
            sleep(PAUSE).await;
        }
        panic!("{link:?} does not become so: {:#?}", self.look().await)
    }

    /// Updates and looks in turn, until no difference is left.
    pub(super) async fn closes(&self, link: &LinkId, wanted: &Settings) {
        for _ in 0..10 {
            let open = compare(wanted, &self.seen(link).await.unwrap().found);
            assert_ne!(drift(&open), Drift::NeedsReplacement, "{open:?}");
            if open.is_empty() {
                return;
            }
            let updated = self.cloud.update(link, &open).await;
            assert!(updated.as_ref().err().is_none_or(Error::passes), "{updated:?}");
            sleep(REST).await;
        }
        panic!("the differences stay: {:#?}", self.seen(link).await)
    }

    /// Deletes it, looks until nothing is left, and deletes it again.
    pub(super) async fn gone(&self, link: &LinkId) {
        patiently(|| self.cloud.delete(link)).await;
        for _ in 0..360 {
            if self.seen(link).await.is_none() {
                break;
            }
            sleep(PAUSE).await;
        }
        sleep(REST).await;
        assert_eq!(self.seen(link).await, None, "{link:?} is gone");
        assert_eq!(self.cloud.read(link).await, Ok(None), "{link:?} is gone");
        assert_eq!(self.cloud.delete(link).await, Ok(Deleted::NotThere), "{link:?} is gone");
        assert_eq!(self.truth(&link.0), None);
    }

    /// Takes down what is seen as begun; an endpoint it must not be.
    pub(super) async fn nothing_but_begun(&self, stood: (usize, usize)) {
        assert_eq!(self.stands().0, stood.0, "no endpoint");
        sleep(REST).await;
        for half in self.ours().await {
            assert!(half.is_begun(), "{half:#?}");
            self.gone(&half.id).await;
        }
        assert_eq!(self.stands(), stood);
    }
}

/// One call that would change something, after so many.
pub(super) fn changes(skip: u64) -> Matcher {
    Matcher { mutating: Some(true), skip, times: Some(1), ..Matcher::default() }
}

/// What may pass is asked again later, as the engine does.
pub(super) async fn persistently<Done, Doing: Future<Output = Result<Done, Error>>>(
    act: impl Fn() -> Doing,
) -> Result<Done, Error> {
    for _ in 0..360 {
        match act().await {
            Err(error) if error.passes() => sleep(PAUSE).await,
            done => return done,
        }
    }
    panic!("it does not pass")
}

pub(super) async fn patiently<Done, Doing: Future<Output = Result<Done, Error>>>(
    act: impl Fn() -> Doing,
) -> Done {
    persistently(act).await.unwrap()
}
