//! One project: its PSC endpoints, seen and changed.
//!
//! An endpoint is an address and a forwarding rule of one name, made in that order and deleted in the other. It carries
//! out what it is told, and decides nothing.

use crate::api::{Api, exists_already};
use crate::error::{Call, incomplete};
use crate::operation::Ended;
use crate::resource::Regional;
use crate::wanted::Wanted;
use crate::{GLOBAL_ACCESS, LABELS, convert, labels, preflight};
use async_trait::async_trait;
use cloud::{
    Ask, Change, Cloud, Deleted, Difference, Error, Finding, Mark, Order, Seen, Survey, Token,
    unfit,
};
use google_cloud_compute_v1::model::{
    Address, AddressAggregatedList, ForwardingRule, ForwardingRuleAggregatedList,
};
use http::Method;
use planner::endpoint::LinkId;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

const LIST_RULES: Call<'_> =
    Call { action: "compute.forwardingRules.list", what: "the forwarding rules" };
const LIST_ADDRESSES: Call<'_> = Call { action: "compute.addresses.list", what: "the addresses" };

/// A name has at most 63 characters: `tidelock-`, so many of the manifest's, a dash, and eight of the token.
const NAME_CHARS_MAX: usize = 45;
const TOKEN_CHARS: usize = 8;

pub struct Gcp {
    api: Api,
}

impl Gcp {
    #[must_use]
    pub(crate) fn new(api: Api) -> Gcp {
        Gcp { api }
    }

    async fn rule(&self, at: Regional<'_>) -> Result<Option<ForwardingRule>, Error> {
        let call = Call { action: "compute.forwardingRules.get", what: at.name };
        absent_is_none(self.api.look(call, &target(at, "forwardingRules")).await)
    }

    async fn address(&self, at: Regional<'_>) -> Result<Option<Address>, Error> {
        let call = Call { action: "compute.addresses.get", what: at.name };
        absent_is_none(self.api.look(call, &target(at, "addresses")).await)
    }

    /// The same order reserves the same address.
    async fn reserve(&self, at: Regional<'_>, order: &Order, subnet: &str) -> Result<(), Error> {
        let Order { token, mark, .. } = order;
        let call = Call { action: "compute.addresses.createInternal", what: at.name };
        let body = json!({
            "name": at.name,
            "description": labels::description(mark),
            "addressType": "INTERNAL",
            "purpose": "GCE_ENDPOINT",
            "subnetwork": subnet,
        });
        let target = inserting(at, "addresses", token, &body);
        let operation = match self.api.act(call, Method::POST, &target, Some(&body)).await {
            Err(error) if exists_already(&error) => {
                let found = self.address(at).await?.ok_or_else(|| hidden(&error))?;
                let known = found.description.as_deref().and_then(labels::from_description);
                return met(order, known.as_ref(), error);
            }
            asked => asked?,
        };
        match self.api.follow(call, operation).await? {
            Ended::Done => Ok(()),
            Ended::NotYet => {
                Err(Error::Busy { message: format!("address {} takes its time", at.name) })
            }
        }
    }

    /// The same order makes the same rule.
    async fn point(
        &self,
        at: Regional<'_>,
        order: &Order,
        wanted: &Wanted<'_>,
    ) -> Result<(), Error> {
        let Order { token, mark, service, .. } = order;
        let call = Call { action: "compute.forwardingRules.pscCreate", what: at.name };
        let Regional { project, region, name } = at;
        let body = json!({
            "name": name,
            "description": labels::description(mark),
            "network": wanted.network,
            "IPAddress": format!("projects/{project}/regions/{region}/addresses/{name}"),
            "target": service.0,
            // No load balancer's; said by an empty word.
            "loadBalancingScheme": "",
            "allowPscGlobalAccess": wanted.global_access,
        });
        let target = inserting(at, "forwardingRules", token, &body);
        let operation = match self.api.act(call, Method::POST, &target, Some(&body)).await {
            Err(error) if exists_already(&error) => {
                let found = self.rule(at).await?.ok_or_else(|| hidden(&error))?;
                let known = convert::seen(&found, None).and_then(|seen| seen.mark);
                return met(order, known.as_ref(), error);
            }
            // Either there is no such service, or the address is too young to be seen.
            Err(Error::NotFound { .. }) if self.address(at).await?.is_none() => {
                return Err(Error::Busy {
                    message: format!("address {} does not show yet", at.name),
                });
            }
            asked => asked?,
        };
        // Whether it is done or under way, it has been asked for.
        self.api.follow(call, operation).await.map(drop)
    }

    /// Replaces the labels that `change` names, and leaves the others as they are.
    async fn relabel(
        &self,
        link: &LinkId,
        change: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> Result<(), Error> {
        let at = parse(link)?;
        let call = Call { action: "compute.forwardingRules.setLabels", what: at.name };
        let rule = self.rule(at).await?.ok_or_else(|| Error::NotFound { what: link.0.clone() })?;
        let fingerprint = serde_json::json!(rule)["labelFingerprint"].clone();
        let before: BTreeMap<String, String> = rule.labels.into_iter().collect();
        let mut after = before.clone();
        change(&mut after);
        if before == after {
            return Ok(());
        }
        let body = json!({ "labels": after, "labelFingerprint": fingerprint });
        let target = format!("{}/setLabels", target(at, "forwardingRules"));
        let operation = self.api.act(call, Method::POST, &target, Some(&body)).await?;
        self.api.follow(call, operation).await.map(drop)
    }

    async fn open_to_the_world(&self, link: &LinkId, wanted: bool) -> Result<(), Error> {
        let at = parse(link)?;
        let call = Call { action: "compute.forwardingRules.pscUpdate", what: at.name };
        let body = json!({ "allowPscGlobalAccess": wanted });
        let target = target(at, "forwardingRules");
        let operation = self.api.act(call, Method::PATCH, &target, Some(&body)).await?;
        self.api.follow(call, operation).await.map(drop)
    }

    /// What is not there is deleted; an address can go only when its rule has gone.
    async fn remove(&self, at: Regional<'_>, kind: &str, call: Call<'_>) -> Result<Deleted, Error> {
        let asked = self.api.act(call, Method::DELETE, &target(at, kind), None).await;
        let Some(operation) = absent_is_none(asked)? else { return Ok(Deleted::NotThere) };
        match absent_is_none(self.api.follow(call, operation).await)? {
            Some(Ended::Done) | None => Ok(Deleted::Asked),
            Some(Ended::NotYet) => {
                Err(Error::Busy { message: format!("{} takes its time", at.name) })
            }
        }
    }
}

#[async_trait]
impl Cloud for Gcp {
    async fn survey(&self) -> Result<Survey, Error> {
        // Addresses first: a rule made in between brings an address that is not missed.
        let addresses =
            self.api.aggregated::<AddressAggregatedList>(LIST_ADDRESSES, "addresses").await?;
        let rules =
            self.api.aggregated::<ForwardingRuleAggregatedList>(LIST_RULES, "forwardingRules");
        convert::survey(rules.await?, addresses).ok_or_else(|| incomplete("a row has no link"))
    }

    async fn read(&self, link: &LinkId) -> Result<Option<Seen>, Error> {
        let at = parse(link)?;
        let (rule, address) = (self.rule(at).await?, self.address(at).await?);
        match rule {
            Some(rule) => {
                let seen = convert::seen(&rule, address.as_ref());
                seen.map(Some).ok_or_else(|| incomplete(format!("{} is no PSC endpoint", link.0)))
            }
            None => Ok(address.as_ref().and_then(convert::lone)),
        }
    }

    async fn create(&self, order: &Order) -> Result<LinkId, Error> {
        let wanted = Wanted::of(&order.settings)?;
        let name = name(&order.mark, &order.token);
        let at = Regional { project: &self.api.project, region: &order.region, name: &name };
        let link = LinkId(target(at, "forwardingRules").trim_start_matches('/').to_owned());
        self.reserve(at, order, wanted.subnet).await?;
        self.point(at, order, &wanted).await?;
        Ok(link)
    }

    /// Labels and access are two calls; both are safe to repeat.
    async fn update(&self, link: &LinkId, differences: &[Difference]) -> Result<(), Error> {
        for difference in
            differences.iter().filter(|difference| difference.change != Change::Replace)
        {
            match difference.field {
                GLOBAL_ACCESS => {
                    let wanted = difference.wanted.as_flag().ok_or_else(|| unfit(GLOBAL_ACCESS))?;
                    self.open_to_the_world(link, wanted).await?;
                }
                LABELS => {
                    let wanted = difference.wanted.as_map().ok_or_else(|| unfit(LABELS))?.clone();
                    self.relabel(link, |labels| labels.extend(wanted)).await?;
                }
                other => return Err(unfit(other)),
            }
        }
        Ok(())
    }

    async fn delete(&self, link: &LinkId) -> Result<Deleted, Error> {
        let at = parse(link)?;
        let rule = Call { action: "compute.forwardingRules.pscDelete", what: at.name };
        let asked = self.remove(at, "forwardingRules", rule).await?;
        let Some(reserved) = self.address(at).await? else { return Ok(Deleted::NotThere) };
        // Only the address that was made for it: a foreign one of the same name has no mark of ours.
        if reserved.description.as_deref().and_then(labels::from_description).is_none() {
            return Ok(asked);
        }
        let address = Call { action: "compute.addresses.deleteInternal", what: at.name };
        self.remove(at, "addresses", address).await
    }

    async fn set_mark(&self, link: &LinkId, mark: Option<&Mark>) -> Result<(), Error> {
        let ours = mark.map_or_else(labels::released, labels::of);
        self.relabel(link, |labels| {
            labels.retain(|key, _| !labels::is_ours(key));
            labels.extend(ours);
        })
        .await
    }

    async fn preflight(&self, asks: &[Ask]) -> Result<Vec<Finding>, Error> {
        let facts = preflight::fetch::facts(&self.api, asks).await?;
        preflight::judge(asks, &facts)
    }
}

/// The same for the same incarnation, so that a second create meets the first.
fn name(mark: &Mark, token: &Token) -> String {
    let name = mark.name.get(..NAME_CHARS_MAX).unwrap_or(&mark.name);
    let token = token.to_string();
    format!("tidelock-{name}-{}", token.get(..TOKEN_CHARS).unwrap_or(&token))
}

fn parse(link: &LinkId) -> Result<Regional<'_>, Error> {
    Regional::parse(&link.0, "forwardingRules").ok_or_else(|| Error::Refused {
        code: "InvalidId".into(),
        message: format!("{:?} is no forwarding rule's path", link.0),
    })
}

fn target(at: Regional<'_>, kind: &str) -> String {
    let Regional { project, region, name } = at;
    format!("/projects/{project}/regions/{region}/{kind}/{name}")
}

/// What bears the order's name already, by its mark: the token says whether it is the order's, though the entry was
/// edited since.
fn met(order: &Order, known: Option<&Mark>, exists: Error) -> Result<(), Error> {
    let is_ours = known.is_some_and(|mark| mark.token() == order.token);
    if is_ours { Ok(()) } else { Err(exists) }
}

/// It is there, and no look shows whose it is.
fn hidden(exists: &Error) -> Error {
    Error::Busy { message: format!("{exists}, and does not show yet") }
}

fn inserting(at: Regional<'_>, kind: &str, token: &Token, body: &serde_json::Value) -> String {
    let Regional { project, region, name: _ } = at;
    let id = request_id(kind, token, body);
    format!("/projects/{project}/regions/{region}/{kind}?requestId={id}")
}

/// A UUID that is the same for the same thing of the same order (RFC 9562, version 8). An order that was edited since is
/// another request, which meets the name: what becomes of an id with another body, the vendor does not say.
fn request_id(kind: &str, token: &Token, body: &serde_json::Value) -> String {
    let hash = Sha256::digest(format!("{kind}/{token}/{body}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut digits = hex::encode(bytes);
    // From the end, so that the places before it stay the same.
    for dash in [20, 16, 12, 8] {
        digits.insert(dash, '-');
    }
    digits
}

fn absent_is_none<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
