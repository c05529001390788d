//! One AWS account in one region: its VPC endpoints, seen and changed.
//!
//! It carries out what it is told, in as few calls as EC2 allows, and decides nothing.

use crate::api::Api;
use crate::convert::{self, Row};
use crate::error::{by_code, is_link_missing};
use crate::exposing::ranges::Ranges;
use crate::exposing::zones::Zones;
use crate::wanted::Wanted;
use crate::{IP_ADDRESS_TYPE, PRIVATE_DNS, SECURITY_GROUPS, SUBNETS, Scope, TAGS, preflight};
use async_trait::async_trait;
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder;
use aws_sdk_ec2::types::{IpAddressType, ResourceType, Tag, TagSpecification, VpcEndpointType};
use cloud::{
    AccountMemory, Ask, Change, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Resolve,
    Seen, Survey, Value, unfit,
};
use planner::endpoint::{Completion, LinkId};
use std::collections::{BTreeMap, BTreeSet};

pub struct Aws {
    pub(crate) api: Api,
    pub(crate) resolve: Resolve,
    pub(crate) zones: Zones,
    pub(crate) ranges: Ranges,
}

impl Aws {
    /// `config` says how to send and whose credentials to use; the region is the scope's. They must be the credentials
    /// of `account_id`, if one is given, and of the account that `memory` knows.
    #[must_use]
    pub fn new(
        config: &aws_config::SdkConfig,
        scope: Scope,
        account_id: Option<String>,
        memory: AccountMemory,
    ) -> Aws {
        Aws {
            api: Api::new(config, scope, account_id, memory),
            resolve: cloud::system_names(),
            zones: Zones::default(),
            ranges: Ranges::default(),
        }
    }

    /// Asks another resolver than the machine's for the addresses of databases.
    #[must_use]
    pub fn resolving(self, resolve: Resolve) -> Aws {
        Aws { resolve, ..self }
    }

    async fn modify(&self, link: &LinkId, differences: &[&Difference]) -> Result<(), Error> {
        let mut request = self.api.ec2.modify_vpc_endpoint().vpc_endpoint_id(&link.0);
        for difference in differences {
            request = modification(request, difference)?;
        }
        let call = self.api.call("ec2:ModifyVpcEndpoint", Some(link));
        self.api.act(call, &self.api.paces.modify, Box::pin(request.send())).await.map(drop)
    }

    async fn tag(&self, link: &LinkId, wanted: &BTreeMap<String, String>) -> Result<(), Error> {
        let request = self.api.ec2.create_tags().resources(&link.0).set_tags(Some(tags(wanted)));
        let call = self.api.call("ec2:CreateTags", Some(link));
        self.api.act(call, &self.api.paces.tag, Box::pin(request.send())).await.map(drop)
    }

    async fn untag(&self, link: &LinkId, keys: &[&str]) -> Result<(), Error> {
        let keys = keys.iter().map(|key| Tag::builder().key(*key).build()).collect();
        let request = self.api.ec2.delete_tags().resources(&link.0).set_tags(Some(keys));
        let call = self.api.call("ec2:DeleteTags", Some(link));
        self.api.act(call, &self.api.paces.tag, Box::pin(request.send())).await.map(drop)
    }
}

#[async_trait]
impl Cloud for Aws {
    async fn survey(&self) -> Result<Survey, Error> {
        let call = self.api.call("ec2:DescribeVpcEndpoints", None);
        // A list that changes while it is read can show a row twice; the later one is newer.
        let mut rows = BTreeMap::new();
        for endpoint in self.api.endpoints().await? {
            let row = convert::row(&endpoint).ok_or_else(|| call.incomplete("a row has no id"))?;
            rows.insert(endpoint.vpc_endpoint_id, row);
        }
        Ok(convert::survey(rows.into_values()))
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let Some(endpoint) = self.api.endpoint(link).await? else { return Ok(None) };
        match convert::row(&endpoint) {
            Some(Row::Standing(seen)) => Ok(Some(*seen)),
            Some(Row::Deleted(..)) => Ok(None),
            Some(Row::OfAnotherKind) | None => {
                let call = self.api.call("ec2:DescribeVpcEndpoints", Some(link));
                Err(call.incomplete("the endpoint asked for is no interface endpoint"))
            }
        }
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let Order { token, mark, service, region: _, settings, completion } = order;
        let wanted = Wanted::of(settings)?;
        let private_dns = *completion == Completion::AtCreation && wanted.private_dns;
        let mut all_tags = wanted.tags.cloned().unwrap_or_default();
        all_tags.extend(mark.to_tags());
        let tagged = TagSpecification::builder()
            .resource_type(ResourceType::VpcEndpoint)
            .set_tags(Some(tags(&all_tags)))
            .build();
        let request = self.api.ec2.create_vpc_endpoint();
        let request = request
            .client_token(token.to_string())
            .vpc_endpoint_type(VpcEndpointType::Interface)
            .vpc_id(wanted.vpc)
            .service_name(&service.0)
            .set_subnet_ids(ids(Some(wanted.subnets)))
            .set_security_group_ids(ids(wanted.security_groups))
            .set_ip_address_type(wanted.ip_address_type.map(IpAddressType::from))
            .private_dns_enabled(private_dns)
            .tag_specifications(tagged);
        let call = self.api.call("ec2:CreateVpcEndpoint", None);
        let created = self.api.act(call, &self.api.paces.create, Box::pin(request.send())).await?;
        let id = created.vpc_endpoint.and_then(|endpoint| endpoint.vpc_endpoint_id);
        id.map(LinkId).ok_or_else(|| call.incomplete("the answer names no endpoint"))
    }

    /// Two calls at most: EC2 changes tags by another action than all the rest.
    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        let changes = differences.iter().filter(|difference| difference.change != Change::Replace);
        let (labels, rest): (Vec<_>, Vec<_>) =
            changes.partition(|difference| difference.field == TAGS);
        if !rest.is_empty() {
            self.modify(link, &rest).await?;
        }
        match labels.first() {
            Some(labels) => {
                let wanted = labels.wanted.as_map().ok_or_else(|| unfit(TAGS))?;
                self.tag(link, wanted).await
            }
            None => Ok(()),
        }
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        let request = self.api.ec2.delete_vpc_endpoints().vpc_endpoint_ids(&link.0);
        let call = self.api.call("ec2:DeleteVpcEndpoints", Some(link));
        let answer =
            match self.api.act(call, &self.api.paces.delete, Box::pin(request.send())).await {
                Err(Error::NotFound { .. }) => return Ok(Deleted::NotThere),
                answer => answer?,
            };
        // The call as a whole succeeds even if nothing was deleted.
        let Some(failure) = answer.unsuccessful().first() else { return Ok(Deleted::Asked) };
        let error = failure.error();
        let code = error.and_then(|error| error.code()).unwrap_or("Unsuccessful");
        if is_link_missing(code) {
            return Ok(Deleted::NotThere);
        }
        let message = error.and_then(|error| error.message()).unwrap_or_default();
        Err(by_code(call, 200, code, message))
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        match mark {
            Some(mark) => self.tag(link, &mark.to_tags()).await,
            None => self.untag(link, &Mark::keys()).await,
        }
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let facts = preflight::fetch::facts(&self.api, asks).await?;
        preflight::judge(&self.api.scope, asks, &facts)
    }
}

fn modification(
    request: ModifyVpcEndpointFluentBuilder,
    difference: &Difference,
) -> Result<ModifyVpcEndpointFluentBuilder, Error> {
    let Difference { field, wanted, found, change: _ } = difference;
    let request = match *field {
        SUBNETS => {
            let (add, remove) = delta(field, wanted, found.as_ref())?;
            request.set_add_subnet_ids(add).set_remove_subnet_ids(remove)
        }
        SECURITY_GROUPS => {
            let (add, remove) = delta(field, wanted, found.as_ref())?;
            request.set_add_security_group_ids(add).set_remove_security_group_ids(remove)
        }
        PRIVATE_DNS => request.private_dns_enabled(wanted.as_flag().ok_or_else(|| unfit(field))?),
        IP_ADDRESS_TYPE => {
            let kind = wanted.as_text().ok_or_else(|| unfit(field))?;
            request.ip_address_type(IpAddressType::from(kind))
        }
        _ => return Err(unfit(field)),
    };
    Ok(request)
}

type Ids = Option<Vec<String>>;

/// What to add, and what to remove.
fn delta(field: &str, wanted: &Value, found: Option<&Value>) -> Result<(Ids, Ids), Error> {
    let wanted = wanted.as_set().ok_or_else(|| unfit(field))?;
    let nothing = BTreeSet::new();
    let found = found.and_then(Value::as_set).unwrap_or(&nothing);
    let ids = |ids: Vec<String>| (!ids.is_empty()).then_some(ids);
    let add = wanted.difference(found).cloned().collect();
    let remove = found.difference(wanted).cloned().collect();
    Ok((ids(add), ids(remove)))
}

fn ids(ids: Option<&BTreeSet<String>>) -> Option<Vec<String>> {
    ids.map(|ids| ids.iter().cloned().collect())
}

pub(crate) fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}
