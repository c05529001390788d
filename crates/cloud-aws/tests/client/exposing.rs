//! Parts on the way to a database, as AWS's documents show them; and the permissions that they take.

use crate::bodies::{self, answer};
use crate::exposing_change::{change_everything, elsewhere};
use crate::script::{Script, read_only};
use cloud::{
    Answer, ClusterKey, Endpoint, Error, Exposed, Exposing, Interest, Mark, Owner, PartFacts,
    PartOrder, PartSeen,
};
use cloud_aws::{Aws, CONNECTION_ACTIONS, Expose, Outlet, connection_read_actions};
use planner::dataflow::{Block, EndpointId, Health, PartId, PartState, RequestState};
use planner::endpoint::OnDelete;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333";
const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-0abc";
const DATABASE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 1, 23));

pub(crate) fn mark() -> Mark {
    let [tier, project, cluster, group] = ["essential", "", "42", ""].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster, group };
    Owner::new("team-a", None).mark("orders-rds", 1, OnDelete::Remove, cluster)
}

fn order(block: Block) -> PartOrder {
    let expose = Expose {
        database: Some("orders-db".into()),
        addresses: None,
        port: 3306,
        vpc: "vpc-1".into(),
        subnets: vec!["subnet-1".into()],
        security_groups: vec!["sg-1".into()],
        tags: [].into(),
    };
    let outlet = Outlet { account: "prod".into(), service: None, expose: Some(expose) };
    let Exposed::Database(exposure) = outlet.exposed() else { panic!("it is a database") };
    PartOrder {
        block,
        mark: mark(),
        settings: exposure.settings,
        port: 3306,
        zones: BTreeSet::from(["use1-az1".to_owned()]),
        group: Some(id("targetgroup/g/1")),
        balancer: Some(id("loadbalancer/net/b/2")),
    }
}

pub(crate) fn id(tail: &str) -> PartId {
    PartId(format!("{ARN}:{tail}").into())
}

pub(crate) fn service() -> PartId {
    PartId(SERVICE.into())
}

/// As ELB and RDS wrap an answer.
pub(crate) fn wrapped(action: &str, content: &str) -> String {
    format!(
        r#"<{action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <{action}Result>{content}</{action}Result>
  <ResponseMetadata><RequestId>83c88b9d-12b7-11e3-8b82-87b12EXAMPLE</RequestId></ResponseMetadata>
</{action}Response>"#
    )
}

fn refused(code: &str) -> String {
    format!(
        r#"<ErrorResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <Error><Type>Sender</Type><Code>{code}</Code><Message>said AWS</Message></Error>
  <RequestId>f9880f01-7852-629d-a6c3-3ae2-666a409287e6dc0c</RequestId>
</ErrorResponse>"#
    )
}

fn group() -> String {
    let name = mark().part_name(Block::TargetGroup);
    format!(
        "<member><TargetGroupArn>{ARN}:targetgroup/g/1</TargetGroupArn>\
         <TargetGroupName>{name}</TargetGroupName><Protocol>TCP</Protocol><Port>3306</Port>\
         <VpcId>vpc-1</VpcId><TargetType>ip</TargetType></member>"
    )
}

fn balancer(state: &str) -> String {
    let name = mark().part_name(Block::LoadBalancer);
    format!(
        "<member><LoadBalancerArn>{ARN}:loadbalancer/net/b/2</LoadBalancerArn>\
         <LoadBalancerName>{name}</LoadBalancerName><Type>network</Type><Scheme>internal</Scheme>\
         <VpcId>vpc-1</VpcId><State><Code>{state}</Code></State><AvailabilityZones><member>\
         <SubnetId>subnet-1</SubnetId><ZoneName>us-east-1a</ZoneName></member></AvailabilityZones>\
         <SecurityGroups><member>sg-1</member></SecurityGroups></member>"
    )
}

fn listener() -> String {
    format!(
        "<member><ListenerArn>{ARN}:listener/net/b/2/3</ListenerArn><Port>3306</Port>\
         <LoadBalancerArn>{ARN}:loadbalancer/net/b/2</LoadBalancerArn><Protocol>TCP</Protocol>\
         <DefaultActions><member><Type>forward</Type>\
         <TargetGroupArn>{ARN}:targetgroup/g/1</TargetGroupArn></member></DefaultActions></member>"
    )
}

fn tagged() -> String {
    let tags = mark().to_tags().into_iter().fold(String::new(), |mut all, (key, value)| {
        write!(all, "<member><Key>{key}</Key><Value>{value}</Value></member>").unwrap();
        all
    });
    let one = |tail: &str| {
        format!("<member><ResourceArn>{ARN}:{tail}</ResourceArn><Tags>{tags}</Tags></member>")
    };
    let all = ["targetgroup/g/1", "loadbalancer/net/b/2", "listener/net/b/2/3"].map(one);
    format!("<TagDescriptions>{}</TagDescriptions>", all.concat())
}

fn health() -> String {
    "<TargetHealthDescriptions><member><HealthCheckPort>3306</HealthCheckPort><TargetHealth>\
     <State>unhealthy</State><Reason>Target.Timeout</Reason>\
     <Description>Request timed out</Description></TargetHealth>\
     <Target><Port>3306</Port><Id>10.0.1.23</Id></Target></member></TargetHealthDescriptions>"
        .into()
}

fn offered() -> String {
    let tags = mark().to_tags().into_iter().fold(String::new(), |mut all, (key, value)| {
        write!(all, "<item><key>{key}</key><value>{value}</value></item>").unwrap();
        all
    });
    format!(
        "<serviceId>vpce-svc-0abc</serviceId><serviceName>{SERVICE}</serviceName>\
         <serviceState>Available</serviceState><acceptanceRequired>true</acceptanceRequired>\
         <networkLoadBalancerArnSet><item>{ARN}:loadbalancer/net/b/2</item>\
         </networkLoadBalancerArnSet><tagSet>{tags}</tagSet>"
    )
}

fn asks() -> String {
    let one = |number: u8, state: &str| {
        format!(
            "<item><serviceId>vpce-svc-0abc</serviceId><vpcEndpointId>vpce-{number}</vpcEndpointId>\
             <vpcEndpointOwner>886436925895</vpcEndpointOwner>\
             <vpcEndpointState>{state}</vpcEndpointState></item>"
        )
    };
    let states = ["pendingAcceptance", "available", "rejected", "deleting"];
    let all: String = (1..).zip(states).map(|(number, state)| one(number, state)).collect();
    format!("<vpcEndpointConnectionSet>{all}</vpcEndpointConnectionSet>")
}

fn database() -> String {
    "<DBInstances><DBInstance><DBInstanceIdentifier>orders-db</DBInstanceIdentifier>\
     <DBInstanceStatus>available</DBInstanceStatus><Endpoint>\
     <Address>orders-db.x.rds.amazonaws.com</Address><Port>3306</Port></Endpoint>\
     <VpcSecurityGroups><VpcSecurityGroupMembership><Status>active</Status>\
     <VpcSecurityGroupId>sg-2</VpcSecurityGroupId></VpcSecurityGroupMembership></VpcSecurityGroups>\
     <DBSubnetGroup><VpcId>vpc-1</VpcId><Subnets><Subnet><SubnetStatus>Active</SubnetStatus>\
     <SubnetIdentifier>subnet-1</SubnetIdentifier></Subnet></Subnets></DBSubnetGroup>\
     </DBInstance></DBInstances>"
        .into()
}

fn looked_at() -> Arc<Script> {
    let groups = format!("<TargetGroups>{}</TargetGroups>", group());
    let stranger = balancer("active").replace("tidelock-", "somebody-").replace("/b/2", "/s/9");
    let first = format!("<LoadBalancers>{stranger}</LoadBalancers><NextMarker>m</NextMarker>");
    let second = format!("<LoadBalancers>{}</LoadBalancers>", balancer("active_impaired"));
    let services =
        format!("<serviceConfigurationSet><item>{}</item></serviceConfigurationSet>", offered());
    let permitted = "<allowedPrincipals><item><principalType>Account</principalType>\
        <principal>arn:aws:iam::886436925895:root</principal></item><item>\
        <principal>arn:aws:iam::1:role/r</principal></item></allowedPrincipals>";
    let elb = |action: &str, content: &str| (action.to_owned(), wrapped(action, content));
    let ec2 = |action: &str, content: &str| (action.to_owned(), answer(action, content));
    let listeners = format!("<Listeners>{}</Listeners>", listener());
    let script = Script::new();
    for (action, body) in [
        elb("DescribeTargetGroups", &groups),
        elb("DescribeLoadBalancers", &first),
        elb("DescribeLoadBalancers", &second),
        elb("DescribeListeners", &listeners),
        elb("DescribeTags", &tagged()),
        elb("DescribeTargetHealth", &health()),
        ec2("DescribeVpcEndpointServiceConfigurations", &services),
        ec2("DescribeVpcEndpointConnections", &asks()),
        ec2("DescribeVpcEndpointServicePermissions", permitted),
        elb("DescribeDBInstances", &database()),
    ] {
        script.ok(&action, body);
    }
    let network =
        "<vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>";
    script.ok("DescribeVpcs", answer("DescribeVpcs", network));
    script.ok("DescribeSubnets", bodies::subnets(&[("subnet-1", "use1-az1", "us-east-1a")]))
}

async fn resolving(script: &Arc<Script>) -> Aws {
    script.aws().await.resolving(Arc::new(|_| Box::pin(async { Ok(vec![DATABASE]) })))
}

fn interest() -> Interest {
    let set = |id: &str| BTreeSet::from([id.to_owned()]);
    Interest { databases: set("orders-db"), subnets: set("subnet-1"), ..Interest::default() }
}

fn find<'a>(parts: &'a [PartSeen], id: &PartId) -> &'a PartSeen {
    parts.iter().find(|part| part.id == *id).unwrap()
}

#[tokio::test(start_paused = true)]
async fn one_look_reads_everything() {
    let script = looked_at();
    let seen = resolving(&script).await.survey(&interest()).await.unwrap();
    assert_eq!(seen.parts.len(), 4, "the stranger's balancer is none of ours");
    for part in &seen.parts {
        assert_eq!(part.mark.as_ref(), Some(&mark()), "{part:?}");
        assert_eq!(part.state, PartState::Ready);
    }
    let PartFacts::TargetGroup { targets } = &find(&seen.parts, &id("targetgroup/g/1")).facts
    else {
        panic!("a target group")
    };
    assert_eq!(
        (targets[0].target.address, targets[0].target.health),
        (DATABASE, Health::Unhealthy)
    );
    assert_eq!(targets[0].reason.as_deref(), Some("Target.Timeout: Request timed out"));
    let listener = &find(&seen.parts, &id("listener/net/b/2/3")).facts;
    let (balancer, group) = (id("loadbalancer/net/b/2"), Some(id("targetgroup/g/1")));
    assert_eq!(*listener, PartFacts::Listener { balancer, group, port: 3306 });

    let PartFacts::Service { permitted, requests, accepts_by_hand, balancers, missing_zones: _ } =
        &find(&seen.parts, &service()).facts
    else {
        panic!("a service")
    };
    assert!(permitted.contains("886436925895") && !permitted.contains("1"), "{permitted:?}");
    assert!(*accepts_by_hand);
    assert_eq!(*balancers, [id("loadbalancer/net/b/2")]);
    let states: Vec<RequestState> = requests.iter().map(|request| request.state).collect();
    assert_eq!(states, [RequestState::Pending, RequestState::Accepted, RequestState::Rejected]);

    let database = &seen.databases["orders-db"];
    assert_eq!((database.addresses.as_slice(), database.port), ([DATABASE].as_slice(), 3306));
    assert_eq!(database.zones, BTreeSet::from(["use1-az1".to_owned()]));
    assert_eq!(script.count("DescribeLoadBalancers"), 2, "two pages");
    assert_eq!(script.count("DescribeListeners"), 1, "only ours");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_does_not_resolve_holds_nothing_up() {
    let failing = |host: String| -> std::pin::Pin<Box<_>> {
        Box::pin(async move { Err(Error::Unreachable { who: host, message: "no".into() }) })
    };
    let aws = looked_at().aws().await.resolving(Arc::new(move |host| failing(host)));
    let seen = aws.survey(&interest()).await.unwrap();
    assert!(seen.databases["orders-db"].addresses.is_empty());
    assert_eq!(seen.parts.len(), 4);
}

/// What only the pre-flight looks up.
const JUDGED: [&str; 3] =
    ["DescribeAccountLimits", "DescribeNetworkInterfaces", "DescribeSecurityGroups"];

#[tokio::test(start_paused = true)]
async fn every_permission_is_used_and_none_is_missing() {
    let script = looked_at();
    let aws = resolving(&script).await;
    aws.survey(&interest()).await.unwrap();
    let called = |script: &Script| script.actions().into_iter().collect::<BTreeSet<_>>();
    let granted = |permissions: &[&str]| -> BTreeSet<String> {
        let name = |permission: &&str| permission.split_once(':').unwrap().1.to_owned();
        permissions.iter().map(name).collect()
    };
    let mut reads = granted(&connection_read_actions());
    for looked_up in JUDGED {
        assert!(reads.remove(looked_up), "{looked_up}");
    }
    assert_eq!(called(&script), reads);

    let listed = |set: &str, row: String| format!("<{set}>{row}</{set}>");
    let elb = |action: &str, content: String| script.ok(action, wrapped(action, &content));
    elb("CreateTargetGroup", listed("TargetGroups", group()));
    elb("CreateLoadBalancer", listed("LoadBalancers", balancer("provisioning")));
    elb("CreateListener", listed("Listeners", listener()));
    for action in ["RegisterTargets", "DeregisterTargets", "DeleteListener"] {
        elb(action, String::new());
    }
    for action in ["DeleteLoadBalancer", "DeleteTargetGroup"] {
        elb(action, String::new());
    }
    let create = "CreateVpcEndpointServiceConfiguration";
    script.ok(create, answer(create, &listed("serviceConfiguration", offered())));
    let permit = "ModifyVpcEndpointServicePermissions";
    script.ok(permit, answer(permit, "<return>true</return>"));
    for action in [
        "AcceptVpcEndpointConnections",
        "RejectVpcEndpointConnections",
        "DeleteVpcEndpointServiceConfigurations",
    ] {
        script.ok(action, answer(action, "<unsuccessful/>"));
    }
    script.ok("DescribeSubnets", bodies::subnets(&[("subnet-1", "use1-az1", "us-east-1a")]));

    let made = aws.create(&order(Block::TargetGroup)).await.unwrap();
    assert_eq!(made, id("targetgroup/g/1"));
    aws.create(&order(Block::LoadBalancer)).await.unwrap();
    aws.create(&order(Block::Listener)).await.unwrap();
    assert_eq!(aws.create(&order(Block::Service)).await.unwrap(), service());
    let target = Endpoint { address: DATABASE, port: 3306 };
    aws.set_target(&made, target, true).await.unwrap();
    aws.set_target(&made, target, false).await.unwrap();
    aws.set_permission(&service(), "886436925895", true).await.unwrap();
    let endpoint = EndpointId("vpce-1".into());
    aws.answer(&service(), &endpoint, Answer::Accept).await.unwrap();
    aws.answer(&service(), &endpoint, Answer::Reject).await.unwrap();
    change_everything(&script, &aws).await;
    for block in [Block::Service, Block::Listener, Block::LoadBalancer, Block::TargetGroup] {
        let part = if block == Block::Service { service() } else { made.clone() };
        aws.delete(block, &part).await.unwrap();
    }
    let mut all = granted(CONNECTION_ACTIONS);
    all.retain(|action| !JUDGED.contains(&action.as_str()));
    assert_eq!(called(&script), all);

    let heard = script.heard();
    let sent = |action: &str| heard.iter().find(|form| form["Action"] == action).unwrap();
    let group = sent("CreateTargetGroup");
    assert_eq!(group["TargetType"], "ip");
    assert_eq!(group["Name"], mark().part_name(Block::TargetGroup));
    assert_eq!(sent("CreateLoadBalancer")["Scheme"], "internal");
    assert_eq!(sent(create)["AcceptanceRequired"], "true");
    let under = id("loadbalancer/net/b/2");
    let token = mark().part_token(Block::Service, Some(&under)).to_string();
    assert_eq!(sent(create)["ClientToken"], token);
    assert_eq!(sent(permit)["AddAllowedPrincipals.1"], "arn:aws:iam::886436925895:root");
    assert_eq!(sent(permit)["ServiceId"], "vpce-svc-0abc");
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_is_deleted_and_what_is_in_use_is_busy() {
    let unsuccessful = |code: &str| {
        let error = format!("<error><code>{code}</code><message>said AWS</message></error>");
        let action = "DeleteVpcEndpointServiceConfigurations";
        answer(action, &format!("<unsuccessful><item>{error}</item></unsuccessful>"))
    };
    let script = Script::new();
    for code in ["InvalidVpcEndpointServiceId.NotFound", "ExistingVpcEndpointConnections"] {
        script.ok("DeleteVpcEndpointServiceConfigurations", unsuccessful(code));
    }
    for code in ["TargetGroupNotFound", "ResourceInUse"] {
        script.on("DeleteTargetGroup", crate::script::Answer::Says(400, refused(code)));
    }
    let aws = script.aws().await;
    for (block, part) in [(Block::Service, service()), (Block::TargetGroup, id("targetgroup/g/1"))]
    {
        aws.delete(block, &part).await.unwrap();
        let error = aws.delete(block, &part).await.unwrap_err();
        assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_writes_nothing() {
    let script = Script::new();
    let aws = read_only(&script).await;
    let target = Endpoint { address: DATABASE, port: 3306 };
    for outcome in [
        aws.create(&order(Block::TargetGroup)).await.map(drop),
        aws.create(&order(Block::Listener)).await.map(drop),
        aws.create(&order(Block::Service)).await.map(drop),
        aws.set_target(&id("targetgroup/g/1"), target, true).await,
        aws.set_permission(&service(), "886436925895", true).await,
        aws.answer(&service(), &EndpointId("vpce-1".into()), Answer::Accept).await,
        aws.delete(Block::LoadBalancer, &id("loadbalancer/net/b/2")).await,
        aws.update(&elsewhere()).await,
    ] {
        assert!(matches!(outcome, Err(Error::ReadOnly { .. })), "{outcome:?}");
    }
    assert!(script.heard().is_empty());
}
