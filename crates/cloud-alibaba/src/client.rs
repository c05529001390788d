//! One Alibaba Cloud account in one region: its endpoints, seen and changed.
//!
//! It carries out what it is told, in as few calls as PrivateLink allows, and decides nothing.

use crate::api::{Api, RESOURCE_TYPE};
use crate::change;
use crate::convert::{self, Details};
use crate::details::{Due, Memory};
use crate::model::{Created, Done, Endpoint, Group, GroupPage, Zone, ZonePage};
use crate::rpc::Rpc;
use crate::wanted::Wanted;
use crate::{TAGS, label, preflight};
use async_trait::async_trait;
use cloud::{
    Ask, Change, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Resolve, Seen, Survey,
    unfit,
};
use planner::endpoint::{LinkId, LinkState};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

pub struct Alibaba {
    pub(crate) api: Api,
    memory: Memory,
    pub(crate) resolve: Resolve,
}

type Rows = BTreeMap<String, (Endpoint, bool)>;

impl Alibaba {
    pub(crate) fn new(api: Api) -> Alibaba {
        Alibaba { api, memory: Memory::default(), resolve: cloud::system_names() }
    }

    /// Asks another resolver than the machine's for the addresses of databases.
    #[must_use]
    pub fn resolving(self, resolve: Resolve) -> Alibaba {
        Alibaba { resolve, ..self }
    }

    /// A list that changes while it is read can show a row twice; the later one is newer.
    async fn rows(&self) -> Result<Rows, Error> {
        let mut rows = Rows::new();
        for endpoint in self.api.endpoints().await?.into_iter().filter(convert::is_interface) {
            let Some(id) = endpoint.id.clone() else {
                let rpc = self.api.privatelink("ListVpcEndpoints");
                return Err(self.api.about(&rpc, None).incomplete("a row has no id"));
            };
            let is_marked = label::from_tags(&convert::tags(&endpoint.tags)).is_some();
            rows.insert(id, (endpoint, is_marked));
        }
        Ok(rows)
    }

    /// Reads what is due. The ids that the list shows and that are not found.
    async fn look_closer(&self, rows: &Rows) -> Result<BTreeSet<String>, Error> {
        let Due { needed, in_turn } = self.memory.due(rows, Instant::now());
        let mut missing = BTreeSet::new();
        for id in needed {
            match self.details(&LinkId(id.clone())).await {
                Ok(details) => self.remember(rows, &id, details),
                Err(Error::NotFound { .. }) => {
                    missing.insert(id);
                }
                Err(error) => return Err(error),
            }
        }
        for id in in_turn {
            match self.details(&LinkId(id.clone())).await {
                Ok(details) => self.remember(rows, &id, details),
                // What is known of it stands; its turn comes again.
                Err(error) => tracing::debug!(endpoint = id, %error, "not read in its turn"),
            }
        }
        Ok(missing)
    }

    fn remember(&self, rows: &Rows, id: &str, details: Details) {
        if let Some((row, _)) = rows.get(id) {
            self.memory.store(id, row.clone(), details, Instant::now());
        }
    }

    async fn details(&self, link: &LinkId) -> Result<Details, Error> {
        Ok(convert::details(&self.zones(link).await?, &self.groups(link).await?))
    }

    pub(crate) async fn zones(&self, link: &LinkId) -> Result<Vec<Zone>, Error> {
        let rpc = self.api.privatelink("ListVpcEndpointZones").with("EndpointId", &link.0);
        self.api.pages::<ZonePage>(rpc, Some(link)).await.map(|(rows, _)| rows)
    }

    pub(crate) async fn groups(&self, link: &LinkId) -> Result<Vec<Group>, Error> {
        let rpc = self.api.privatelink("ListVpcEndpointSecurityGroups").with("EndpointId", &link.0);
        self.api.pages::<GroupPage>(rpc, Some(link)).await.map(|(rows, _)| rows)
    }

    async fn tag(&self, link: &LinkId, tags: &BTreeMap<String, String>) -> Result<(), Error> {
        let rpc = self.tagging("TagResources", link).with_tags(tags);
        self.api.act::<Done>(&rpc, Some(link)).await.map(drop)
    }

    async fn untag(&self, link: &LinkId, keys: &[&str]) -> Result<(), Error> {
        let rpc = self.tagging("UntagResources", link).with_each("TagKey", keys.iter().copied());
        self.api.act::<Done>(&rpc, Some(link)).await.map(drop)
    }

    fn tagging(&self, action: &'static str, link: &LinkId) -> Rpc {
        let rpc = self.api.privatelink(action).with("ResourceType", RESOURCE_TYPE).in_form();
        rpc.with_each("ResourceId", [&*link.0])
    }
}

#[async_trait]
impl Cloud for Alibaba {
    async fn survey(&self) -> Result<Survey, Error> {
        let rows = self.rows().await?;
        let missing = self.look_closer(&rows).await?;
        let links = rows.iter().map(|(id, (row, _))| {
            let seen = convert::seen(LinkId(id.clone()), row, self.memory.get(id).as_ref());
            if missing.contains(id) { contradicted(seen) } else { seen }
        });
        Ok(Survey { links: links.collect(), ended: Vec::new() })
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let Some(endpoint) = self.api.endpoint(link).await? else { return Ok(None) };
        let details = match self.details(link).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            details => details?,
        };
        Ok(Some(convert::seen(link.clone(), &endpoint, Some(&details))))
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let Order { token, mark, service, region: _, settings, completion: _ } = order;
        let wanted = Wanted::of(settings)?;
        let mut tags = wanted.tags.cloned().unwrap_or_default();
        tags.extend(label::to_tags(mark));
        let rpc = change::creation(&self.api, &wanted, &service.0).await?;
        let rpc = rpc.with_tags(&tags).with("ClientToken", token.to_string());
        let rpc = rpc.with_some("EndpointName", change::name(&mark.name));
        let created: Created = self.api.act(&rpc, None).await?;
        let incomplete = || self.api.about(&rpc, None).incomplete("the answer names no endpoint");
        let link = created.endpoint_id.map(LinkId).ok_or_else(incomplete)?;
        self.memory.touch(&link);
        Ok(link)
    }

    /// One call for the tags, one for each vSwitch and each group: PrivateLink changes them one by one.
    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        let closable = differences.iter().filter(|difference| difference.change != Change::Replace);
        let (labels, rest): (Vec<_>, Vec<_>) =
            closable.partition(|difference| difference.field == TAGS);
        if let Some(labels) = labels.first() {
            self.tag(link, labels.wanted.as_map().ok_or_else(|| unfit(TAGS))?).await?;
        }
        self.memory.touch(link);
        let updated = change::update(self, link, &rest).await;
        self.memory.touch(link);
        updated
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        let rpc = self.api.privatelink("DeleteVpcEndpoint").with("EndpointId", &link.0);
        match self.api.act::<Done>(&rpc, Some(link)).await {
            Ok(_) => Ok(Deleted::Asked),
            Err(Error::NotFound { .. }) => Ok(Deleted::NotThere),
            Err(error) => Err(error),
        }
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        match mark {
            Some(mark) => self.tag(link, &label::to_tags(mark)).await,
            None => self.untag(link, &Mark::keys()).await,
        }
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let facts = preflight::fetch::facts(&self.api, asks).await?;
        let mut findings = preflight::judge(&self.api.scope, asks, &facts)?;
        findings.extend(preflight::fetch::rehearse(&self.api, asks, &findings).await?);
        Ok(findings)
    }
}

/// The list shows what cannot be read: it is new, or going. Nothing is done about it until both agree.
fn contradicted(seen: Seen) -> Seen {
    let message = Some("the list shows this endpoint, and it cannot be found".to_owned());
    Seen { state: LinkState::NotUnderstood, message, ..seen }
}
