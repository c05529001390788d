//! The lists of NLB, PrivateLink's service side, RDS and Quota Center, each read to its end.
//!
//! It knows nothing of what the lists are for.

use super::model::{
    AllowList, AllowLists, Attributes, Balancer, BalancerPage, Connection, ConnectionPage,
    GroupHealth, GroupPage, HealthPage, Instance, InstancePage, InstanceRow, Listener,
    ListenerPage, NetInfo, NetInfos, Offer, OfferPage, QuotaPage, QuotaRow, Resource, ResourcePage,
    Server, ServerGroup, ServerPage, User, UserPage,
};
use crate::api::Api;
use crate::model::Page;
use crate::rpc::{Product, Rpc};
use cloud::Error;
use serde::de::DeserializeOwned;

/// NLB allows no more.
const NLB_PAGE_ROWS: usize = 100;
const BALANCERS_MAX: usize = 20;
/// PrivateLink allows no more, of the first in its longer lists.
const PAGE_ROWS: usize = 1_000;
const SHORT_PAGE_ROWS: usize = 50;
/// RDS allows no more.
const RDS_PAGE_ROWS: usize = 100;
/// Quota Center allows no more.
const QUOTA_PAGE_ROWS: usize = 100;
pub(super) const QUOTA_REGION: &str = "regionId";

impl Api {
    pub(super) fn nlb(&self, action: &'static str) -> Rpc {
        self.rpc(Product::Nlb, action)
    }

    pub(super) async fn server_groups(&self) -> Result<Vec<ServerGroup>, Error> {
        let rpc = self.nlb("ListServerGroups").in_form();
        self.whole::<GroupPage>(rpc, NLB_PAGE_ROWS).await
    }

    pub(super) async fn servers(&self, group: &str) -> Result<Vec<Server>, Error> {
        let rpc = self.nlb("ListServerGroupServers").in_form().with("ServerGroupId", group);
        let rpc = rpc.with("MaxResults", NLB_PAGE_ROWS.to_string());
        self.of_part::<ServerPage>(&rpc, group).await
    }

    pub(super) async fn balancers(&self) -> Result<Vec<Balancer>, Error> {
        self.whole::<BalancerPage>(self.nlb("ListLoadBalancers"), NLB_PAGE_ROWS).await
    }

    /// One on which something is to be built. Where the list is late, it is soon enough the next time.
    pub(super) async fn balancer(&self, id: &str) -> Result<Balancer, Error> {
        let rpc = self.nlb("ListLoadBalancers").with_each("LoadBalancerIds", [id]);
        let rows = self.of_part::<BalancerPage>(&rpc, id).await?;
        let row = rows.into_iter().find(|row| row.id.as_deref() == Some(id));
        row.ok_or_else(|| Error::Busy { message: format!("the list does not show {id} yet") })
    }

    /// Of all these load balancers in as few calls as there can be.
    pub(super) async fn listeners(&self, balancers: &[&str]) -> Result<Vec<Listener>, Error> {
        let mut listeners = Vec::new();
        for batch in balancers.chunks(BALANCERS_MAX) {
            let rpc = self.nlb("ListListeners");
            let rpc = rpc.with_each("LoadBalancerIds", batch.iter().copied());
            listeners.extend(self.whole::<ListenerPage>(rpc, NLB_PAGE_ROWS).await?);
        }
        Ok(listeners)
    }

    pub(super) async fn health(&self, listener: &str) -> Result<Vec<GroupHealth>, Error> {
        let rpc = self.nlb("GetListenerHealthStatus").with("ListenerId", listener);
        let page: HealthPage = self.look_as(&rpc, self.about_part(&rpc, listener)).await?;
        let (rows, _) = page.parts();
        let rows = rows.unwrap_or_default().into_iter();
        Ok(rows.flat_map(|row| row.server_group_infos).collect())
    }

    pub(super) async fn offers(&self) -> Result<Vec<Offer>, Error> {
        self.whole::<OfferPage>(self.privatelink("ListVpcEndpointServices"), PAGE_ROWS).await
    }

    /// With its zones.
    pub(super) async fn offer(&self, id: &str) -> Result<Option<Offer>, Error> {
        let rpc = self.privatelink("GetVpcEndpointServiceAttribute").with("ServiceId", id);
        match self.look_as(&rpc, self.about_part(&rpc, id)).await {
            Err(Error::NotFound { .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    pub(super) async fn users(&self, service: &str) -> Result<Vec<User>, Error> {
        let rpc = self.privatelink("ListVpcEndpointServiceUsers").with("ServiceId", service);
        let rpc = rpc.with("MaxResults", SHORT_PAGE_ROWS.to_string());
        self.of_part::<UserPage>(&rpc, service).await
    }

    pub(super) async fn resources(&self, service: &str) -> Result<Vec<Resource>, Error> {
        let rpc = self.privatelink("ListVpcEndpointServiceResources").with("ServiceId", service);
        let rpc = rpc.with("MaxResults", SHORT_PAGE_ROWS.to_string());
        self.of_part::<ResourcePage>(&rpc, service).await
    }

    /// With every service of the account in the region: one list serves them all.
    pub(super) async fn connections(&self) -> Result<Vec<Connection>, Error> {
        let rpc = self.privatelink("ListVpcEndpointConnections");
        self.whole::<ConnectionPage>(rpc, PAGE_ROWS).await
    }

    pub(super) async fn connection(
        &self,
        service: &str,
        endpoint: &str,
    ) -> Result<Option<Connection>, Error> {
        let rpc = self.privatelink("ListVpcEndpointConnections").with("ServiceId", service);
        let rpc = rpc.with("EndpointId", endpoint);
        let rows = self.of_part::<ConnectionPage>(&rpc, service).await?;
        let is_asked_for = |row: &Connection| row.endpoint_id.as_deref() == Some(endpoint);
        Ok(rows.into_iter().find(is_asked_for))
    }

    pub(super) async fn databases(&self) -> Result<Vec<InstanceRow>, Error> {
        let rpc = self.rpc(Product::Rds, "DescribeDBInstances");
        self.whole::<InstancePage>(rpc, RDS_PAGE_ROWS).await
    }

    /// What is in another region is not here, though some regions answer for each other.
    pub(super) async fn database(&self, id: &str) -> Result<Option<Instance>, Error> {
        let rpc = self.rds("DescribeDBInstanceAttribute", id);
        let call = self.about_part(&rpc, id);
        let answer: Attributes = match self.look_as(&rpc, call).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        let rows = answer.items.map(|items| items.rows).unwrap_or_default();
        let row = rows.into_iter().find(|row| row.id == id);
        // RDS says so if there is none; silence is not that.
        let row =
            row.ok_or_else(|| call.incomplete("the database asked for is not in the answer"))?;
        let is_here = row.region_id.is_empty() || row.region_id == self.scope.region;
        Ok(is_here.then_some(row))
    }

    /// Every way into a database; none, once it has gone.
    pub(super) async fn net_infos(&self, id: &str) -> Result<Vec<NetInfo>, Error> {
        let rpc = self.rds("DescribeDBInstanceNetInfo", id);
        let answer = self.look_as::<NetInfos>(&rpc, self.about_part(&rpc, id)).await;
        let rows = |answer: NetInfos| answer.infos.map(|infos| infos.rows).unwrap_or_default();
        gone_is_none(answer.map(rows))
    }

    pub(super) async fn allow_lists(&self, id: &str) -> Result<Vec<AllowList>, Error> {
        let rpc = self.rds("DescribeDBInstanceIPArrayList", id);
        let answer = self.look_as::<AllowLists>(&rpc, self.about_part(&rpc, id)).await;
        let rows = |answer: AllowLists| answer.items.map(|items| items.rows).unwrap_or_default();
        gone_is_none(answer.map(rows))
    }

    /// Of a product, in the scope's region. Quota Center names the region among what a quota depends on.
    pub(super) async fn quotas(&self, product: Product) -> Result<Vec<QuotaRow>, Error> {
        let rpc = Rpc::new(Product::Quotas, "ListProductQuotas").in_form();
        let rpc = rpc.with("ProductCode", product.word());
        let rpc = rpc.with("Dimensions.1.Key", QUOTA_REGION);
        let rpc = rpc.with("Dimensions.1.Value", &self.scope.region);
        self.whole::<QuotaPage>(rpc, QUOTA_PAGE_ROWS).await
    }

    fn rds(&self, action: &'static str, id: &str) -> Rpc {
        self.rpc(Product::Rds, action).with("DBInstanceId", id)
    }

    /// A list of everything in the scope, which says how much that is.
    async fn whole<P: Page + DeserializeOwned>(
        &self,
        rpc: Rpc,
        page_rows: usize,
    ) -> Result<Vec<P::Row>, Error> {
        let rpc = rpc.with("MaxResults", page_rows.to_string());
        let call = self.about(&rpc, None);
        let (rows, total) = self.pages_as::<P>(&rpc, call).await?;
        if rows.len() < total {
            return Err(call.incomplete(format!("{} of {total} are on the pages", rows.len())));
        }
        Ok(rows)
    }

    /// A part that has gone since it was listed has none.
    async fn of_part<P: Page + DeserializeOwned>(
        &self,
        rpc: &Rpc,
        part: &str,
    ) -> Result<Vec<P::Row>, Error> {
        let pages = self.pages_as::<P>(rpc, self.about_part(rpc, part)).await;
        gone_is_none(pages.map(|(rows, _)| rows))
    }
}

fn gone_is_none<Row>(rows: Result<Vec<Row>, Error>) -> Result<Vec<Row>, Error> {
    match rows {
        Err(Error::NotFound { .. }) => Ok(Vec::new()),
        rows => rows,
    }
}
