//! The lists of ELB, RDS and EC2's endpoint services, each read to its end.
//!
//! It knows nothing of what the lists are for.

use crate::api::Api;
use crate::pages::{Turning, pages};
use aws_sdk_ec2::types::{
    AllowedPrincipal, Filter, NetworkInterface, ServiceConfiguration, VpcEndpointConnection,
};
use aws_sdk_elasticloadbalancingv2::types::{
    Limit, Listener, LoadBalancer, TagDescription, TargetGroup, TargetHealthDescription,
};
use aws_sdk_rds::types::DbInstance;
use cloud::Error;

/// ELB allows no more.
const ELB_PAGE_ROWS: i32 = 400;
const TAGGED_MAX: usize = 20;
/// EC2 allows no more.
const EC2_PAGE_ROWS: i32 = 1_000;
const FILTER_VALUES_MAX: usize = 200;
/// RDS allows no more.
const RDS_PAGE_ROWS: i32 = 100;

impl Api {
    pub(crate) async fn target_groups(&self) -> Result<Vec<TargetGroup>, Error> {
        let call = self.call("elasticloadbalancing:DescribeTargetGroups", None);
        let turn = |marker| -> Turning<'_, TargetGroup> {
            Box::pin(async move {
                let request = self.elb.describe_target_groups().page_size(ELB_PAGE_ROWS);
                let request = request.set_marker(marker);
                let budget = &self.paces.look_at_balance;
                let page = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
                Ok((page.target_groups, page.next_marker))
            })
        };
        pages(call, turn).await
    }

    pub(crate) async fn balancers(&self) -> Result<Vec<LoadBalancer>, Error> {
        let call = self.call("elasticloadbalancing:DescribeLoadBalancers", None);
        let turn = |marker| -> Turning<'_, LoadBalancer> {
            Box::pin(async move {
                let request = self.elb.describe_load_balancers().page_size(ELB_PAGE_ROWS);
                let request = request.set_marker(marker);
                let budget = &self.paces.look_at_balance;
                let page = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
                Ok((page.load_balancers, page.next_marker))
            })
        };
        pages(call, turn).await
    }

    pub(crate) async fn limits(&self) -> Result<Vec<Limit>, Error> {
        let call = self.call("elasticloadbalancing:DescribeAccountLimits", None);
        let turn = |marker| -> Turning<'_, Limit> {
            Box::pin(async move {
                let request = self.elb.describe_account_limits().page_size(ELB_PAGE_ROWS);
                let request = request.set_marker(marker);
                let budget = &self.paces.look_at_balance;
                let page = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
                Ok((page.limits, page.next_marker))
            })
        };
        pages(call, turn).await
    }

    /// None, where the balancer has gone since it was listed.
    pub(crate) async fn listeners(&self, balancer: &str) -> Result<Vec<Listener>, Error> {
        let call = self.part_call("elasticloadbalancing:DescribeListeners", balancer);
        let turn = |marker| -> Turning<'_, Listener> {
            Box::pin(async move {
                let request = self.elb.describe_listeners().load_balancer_arn(balancer);
                let request = request.page_size(ELB_PAGE_ROWS).set_marker(marker);
                let budget = &self.paces.look_at_balance;
                let page = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
                Ok((page.listeners, page.next_marker))
            })
        };
        gone_is_none(pages(call, turn).await)
    }

    /// None, where the group has gone since it was listed.
    pub(crate) async fn targets(&self, group: &str) -> Result<Vec<TargetHealthDescription>, Error> {
        let call = self.part_call("elasticloadbalancing:DescribeTargetHealth", group);
        let request = self.elb.describe_target_health().target_group_arn(group);
        let budget = &self.paces.look_at_balance;
        let answer = self.look_at(call, budget, || Box::pin(request.clone().send())).await;
        let targets = answer.and_then(|answer| {
            answer
                .target_health_descriptions
                .ok_or_else(|| call.incomplete("the answer has no list"))
        });
        gone_is_none(targets)
    }

    /// One that is missing fails its whole batch, so such a batch is asked for one by one.
    pub(crate) async fn balance_tags(
        &self,
        parts: &[String],
    ) -> Result<Vec<TagDescription>, Error> {
        let mut found = Vec::new();
        for batch in parts.chunks(TAGGED_MAX) {
            match self.tags_of(batch).await {
                Err(Error::NotFound { .. }) => {
                    for part in batch {
                        let part = std::slice::from_ref(part);
                        found.extend(gone_is_none(self.tags_of(part).await)?);
                    }
                }
                tags => found.extend(tags?),
            }
        }
        Ok(found)
    }

    async fn tags_of(&self, parts: &[String]) -> Result<Vec<TagDescription>, Error> {
        let about = parts.join(", ");
        let call = self.part_call("elasticloadbalancing:DescribeTags", &about);
        let request = self.elb.describe_tags().set_resource_arns(Some(parts.to_vec()));
        let budget = &self.paces.look_at_balance;
        let answer = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
        answer.tag_descriptions.ok_or_else(|| call.incomplete("the answer has no list"))
    }

    pub(crate) async fn services(&self) -> Result<Vec<ServiceConfiguration>, Error> {
        let call = self.call("ec2:DescribeVpcEndpointServiceConfigurations", None);
        let turn = |token| -> Turning<'_, ServiceConfiguration> {
            Box::pin(async move {
                let request = self.ec2.describe_vpc_endpoint_service_configurations();
                let request = request.max_results(EC2_PAGE_ROWS).set_next_token(token);
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.service_configurations, page.next_token))
            })
        };
        pages(call, turn).await
    }

    /// None, where the service has gone since it was listed.
    pub(crate) async fn permissions(&self, service: &str) -> Result<Vec<AllowedPrincipal>, Error> {
        let call = self.part_call("ec2:DescribeVpcEndpointServicePermissions", service);
        let turn = |token| -> Turning<'_, AllowedPrincipal> {
            Box::pin(async move {
                let request = self.ec2.describe_vpc_endpoint_service_permissions();
                let request = request.service_id(service).max_results(EC2_PAGE_ROWS);
                let request = request.set_next_token(token);
                let page = self.look(call, || Box::pin(request.clone().send())).await?;
                Ok((page.allowed_principals, page.next_token))
            })
        };
        gone_is_none(pages(call, turn).await)
    }

    /// Of all these services in as few calls as there can be.
    pub(crate) async fn connections(
        &self,
        services: &[String],
    ) -> Result<Vec<VpcEndpointConnection>, Error> {
        let call = self.call("ec2:DescribeVpcEndpointConnections", None);
        let mut connections = Vec::new();
        for batch in services.chunks(FILTER_VALUES_MAX) {
            let filter = Filter::builder().name("service-id");
            let filter = &filter.set_values(Some(batch.to_vec())).build();
            let turn = |token| -> Turning<'_, VpcEndpointConnection> {
                Box::pin(async move {
                    let request = self.ec2.describe_vpc_endpoint_connections();
                    let request = request.filters(filter.clone()).max_results(EC2_PAGE_ROWS);
                    let request = request.set_next_token(token);
                    let page = self.look(call, || Box::pin(request.clone().send())).await?;
                    Ok((page.vpc_endpoint_connections, page.next_token))
                })
            };
            connections.extend(pages(call, turn).await?);
        }
        Ok(connections)
    }

    /// Those of a VPC that have one of these addresses.
    pub(crate) async fn interfaces(
        &self,
        vpc: &str,
        addresses: &[String],
    ) -> Result<Vec<NetworkInterface>, Error> {
        let call = self.call("ec2:DescribeNetworkInterfaces", None);
        let filter = |name, values: Vec<String>| {
            Filter::builder().name(name).set_values(Some(values)).build()
        };
        let within = &filter("vpc-id", vec![vpc.to_owned()]);
        let mut interfaces = Vec::new();
        for batch in addresses.chunks(FILTER_VALUES_MAX) {
            let at = &filter("addresses.private-ip-address", batch.to_vec());
            let turn = |token| -> Turning<'_, NetworkInterface> {
                Box::pin(async move {
                    let request = self.ec2.describe_network_interfaces().set_next_token(token);
                    let request = request.filters(within.clone()).filters(at.clone());
                    let request = request.max_results(EC2_PAGE_ROWS);
                    let page = self.look(call, || Box::pin(request.clone().send())).await?;
                    Ok((page.network_interfaces, page.next_token))
                })
            };
            interfaces.extend(pages(call, turn).await?);
        }
        Ok(interfaces)
    }

    pub(crate) async fn databases(&self) -> Result<Vec<DbInstance>, Error> {
        let call = self.call("rds:DescribeDBInstances", None);
        let turn = |marker| -> Turning<'_, DbInstance> {
            Box::pin(async move {
                let request = self.rds.describe_db_instances().max_records(RDS_PAGE_ROWS);
                let request = request.set_marker(marker);
                let budget = &self.paces.look_at_databases;
                let page = self.look_at(call, budget, || Box::pin(request.clone().send())).await?;
                Ok((page.db_instances, page.marker))
            })
        };
        pages(call, turn).await
    }

    pub(crate) async fn database(&self, id: &str) -> Result<Option<DbInstance>, Error> {
        let call = self.part_call("rds:DescribeDBInstances", id);
        let request = self.rds.describe_db_instances().db_instance_identifier(id);
        let budget = &self.paces.look_at_databases;
        let answer = match self.look_at(call, budget, || Box::pin(request.clone().send())).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            answer => answer?,
        };
        let row = answer.db_instances.into_iter().flatten().next();
        // RDS says so if there is none; silence is not that.
        row.map(Some).ok_or_else(|| call.incomplete("the database asked for is not in the answer"))
    }
}

fn gone_is_none<Row>(rows: Result<Vec<Row>, Error>) -> Result<Vec<Row>, Error> {
    match rows {
        Err(Error::NotFound { .. }) => Ok(Vec::new()),
        rows => rows,
    }
}
