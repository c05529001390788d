//! What is done to parts that exist: each is one call, and safe to repeat.

use super::convert::service_id;
use crate::api::{Api, Sending};
use crate::error::{Call, by_code, is_part_missing};
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::types::UnsuccessfulItem;
use aws_sdk_elasticloadbalancingv2::types::TargetDescription;
use cloud::{Answer, Endpoint, Error};
use planner::dataflow::{Block, EndpointId, PartId};

pub(crate) async fn delete(api: &Api, block: Block, part: &PartId) -> Result<(), Error> {
    match block {
        Block::Listener => {
            let call = api.part_call("elasticloadbalancing:DeleteListener", &part.0);
            let request = api.elb.delete_listener().listener_arn(&*part.0);
            gone(balance(api, call, Box::pin(request.send())).await)
        }
        Block::LoadBalancer => {
            let call = api.part_call("elasticloadbalancing:DeleteLoadBalancer", &part.0);
            let request = api.elb.delete_load_balancer().load_balancer_arn(&*part.0);
            gone(balance(api, call, Box::pin(request.send())).await)
        }
        Block::TargetGroup => {
            let call = api.part_call("elasticloadbalancing:DeleteTargetGroup", &part.0);
            let request = api.elb.delete_target_group().target_group_arn(&*part.0);
            gone(balance(api, call, Box::pin(request.send())).await)
        }
        Block::Service => {
            let call = api.part_call("ec2:DeleteVpcEndpointServiceConfigurations", &part.0);
            let request = api.ec2.delete_vpc_endpoint_service_configurations();
            let request = request.service_ids(service_id(&part.0));
            let answer = api.act(call, &api.paces.service, Box::pin(request.send())).await;
            gone(answer.and_then(|answer| successful(call, answer.unsuccessful())))
        }
    }
}

pub(crate) async fn set_target(
    api: &Api,
    group: &PartId,
    target: Endpoint,
    takes: bool,
) -> Result<(), Error> {
    let Endpoint { address, port } = target;
    let target = TargetDescription::builder().id(address.to_string()).port(port.into()).build();
    if takes {
        let call = api.part_call("elasticloadbalancing:RegisterTargets", &group.0);
        let request = api.elb.register_targets().target_group_arn(&*group.0).targets(target);
        return balance(api, call, Box::pin(request.send())).await;
    }
    let call = api.part_call("elasticloadbalancing:DeregisterTargets", &group.0);
    let request = api.elb.deregister_targets().target_group_arn(&*group.0).targets(target);
    gone(balance(api, call, Box::pin(request.send())).await)
}

pub(crate) async fn set_permission(
    api: &Api,
    service: &PartId,
    account: &str,
    may: bool,
) -> Result<(), Error> {
    let principal = format!("arn:{}:iam::{account}:root", partition(&api.scope.region));
    let request = api.ec2.modify_vpc_endpoint_service_permissions();
    let request = request.service_id(service_id(&service.0));
    let request = if may {
        request.add_allowed_principals(principal)
    } else {
        request.remove_allowed_principals(principal)
    };
    let call = api.part_call("ec2:ModifyVpcEndpointServicePermissions", &service.0);
    let done = api.act(call, &api.paces.service, Box::pin(request.send())).await.map(drop);
    if may { done } else { gone(done) }
}

/// As TiDB Cloud's own guide writes principals; China is another partition.
fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") { "aws-cn" } else { "aws" }
}

pub(crate) async fn answer(
    api: &Api,
    service: &PartId,
    endpoint: &EndpointId,
    answer: Answer,
) -> Result<(), Error> {
    let (id, endpoint) = (service_id(&service.0), &*endpoint.0);
    match answer {
        Answer::Accept => {
            let call = api.part_call("ec2:AcceptVpcEndpointConnections", endpoint);
            let request = api.ec2.accept_vpc_endpoint_connections();
            let request = request.service_id(id).vpc_endpoint_ids(endpoint);
            let answer = api.act(call, &api.paces.service, Box::pin(request.send())).await?;
            successful(call, answer.unsuccessful())
        }
        Answer::Reject => {
            let call = api.part_call("ec2:RejectVpcEndpointConnections", endpoint);
            let request = api.ec2.reject_vpc_endpoint_connections();
            let request = request.service_id(id).vpc_endpoint_ids(endpoint);
            let answer = api.act(call, &api.paces.service, Box::pin(request.send())).await?;
            successful(call, answer.unsuccessful())
        }
    }
}

pub(super) async fn balance<Output, E>(
    api: &Api,
    call: Call<'_>,
    sending: Sending<'_, Output, E>,
) -> Result<(), Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    api.act(call, &api.paces.balance, sending).await.map(drop)
}

/// What is not there need not be taken away.
fn gone(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(Error::NotFound { .. }) => Ok(()),
        done => done,
    }
}

/// The call as a whole succeeds even if nothing was done.
fn successful(call: Call<'_>, unsuccessful: &[UnsuccessfulItem]) -> Result<(), Error> {
    let Some(failure) = unsuccessful.first() else { return Ok(()) };
    let error = failure.error();
    let code = error.and_then(|error| error.code()).unwrap_or("Unsuccessful");
    let message = error.and_then(|error| error.message()).unwrap_or_default();
    if is_part_missing(code) {
        return Err(Error::NotFound { what: call.part.unwrap_or_default().to_owned() });
    }
    Err(by_code(call, 200, code, message))
}
