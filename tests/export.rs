//! What `export` writes: short, and a manifest that asks for what is there.

#![cfg(test)]

use cloud::{
    ClusterKey, DatabaseSeen, Exposures, Found, Mark, Owner, PartFacts, PartSeen, Seen, TargetSeen,
    Value,
};
use planner::dataflow::{ConnectionState as State, Health, PartId, PartState, Target};
use planner::endpoint::{
    Address, ConnectionId, ConnectionState, LinkId, LinkState, OnDelete, Registration, ServiceName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tidb_cloud::{
    AttachedDomain, ClusterId, Connection, ConnectionKey, DomainKind, GroupId, GroupKey,
    PrivateLinkConnection, ProjectId, ServiceKey, ServiceState,
};
use tidelock::dataflow::{Outgoing, display_name};
use tidelock::export::{Inventory, manifest};
use tidelock::wish::Account;

fn connection(service: ServiceKey, link: &str, region: &str, group_name: &str) -> Connection {
    Connection {
        key: ConnectionKey { service, id: ConnectionId("7".into()) },
        registration: Registration { link: LinkId(link.into()), address: Address::None },
        state: ConnectionState::Active,
        word: "ACTIVE".into(),
        message: None,
        service: Some(ServiceName("svc".into())),
        service_state: ServiceState::Ready,
        project: Some(ProjectId("1372813089209061633".into())),
        region: region.into(),
        host: None,
        port: None,
        cluster_name: "orders".into(),
        group_name: group_name.into(),
    }
}

fn group(id: &str) -> ServiceKey {
    let cluster = ClusterId("1379661944646413143".into());
    ServiceKey::Group(GroupKey { cluster, group: GroupId(id.into()) })
}

fn seen(link: &str, found: Found) -> Arc<Seen> {
    Arc::new(Seen {
        id: LinkId(link.into()),
        service: ServiceName("svc".into()),
        network: "vpc-0c1".into(),
        state: LinkState::Established,
        word: "available".into(),
        message: None,
        mark: None,
        registration: None,
        found: found.into(),
    })
}

fn aws(private_dns: bool, addresses: &str, tags: &[(&str, &str)]) -> Found {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Found::from([
        (cloud_aws::VPC, Value::text("vpc-0c1")),
        (cloud_aws::SUBNETS, Value::set(["subnet-0a1"])),
        (cloud_aws::PRIVATE_DNS, Value::Flag(private_dns)),
        (cloud_aws::IP_ADDRESS_TYPE, Value::text(addresses)),
        (cloud_aws::TAGS, Value::Map(tags.collect::<BTreeMap<_, _>>())),
    ])
}

fn account(cloud: &'static str, region: &str) -> Account {
    Account { cloud, alias: "prod".into(), region: region.into() }
}

fn check(inventory: &Inventory, expected: &str) {
    let text = manifest(inventory, &Owner::new("test", None));
    assert_eq!(text, expected);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("exported.yaml"), &text).unwrap();
    let loaded = tidelock::manifest::load(&[directory.path().to_owned()]);
    assert_eq!(loaded.findings, vec![], "{text}");
}

#[test]
fn what_goes_without_saying_is_left_out() {
    let links = vec![(account("aws", "us-east-1"), seen("vpce-1", aws(true, "ipv4", &[])))];
    let connections =
        vec![Arc::new(connection(group("18"), "vpce-1", "aws-us-east-1", "DefaultGroup"))];
    let expected = "\
apiVersion: tidelock/v1
clusters:
- name: orders
  tier: dedicated
  id: '1379661944646413143'
  region: aws-us-east-1
  project: '1372813089209061633'
  endpoints:
  - name: orders-vpc-0c1
    aws:
      account: prod
      subnets:
      - subnet-0a1
      vpc: vpc-0c1
    adopt: true
";
    check(&Inventory { connections, links, ..Inventory::default() }, expected);
}

#[test]
fn what_is_unusual_is_said() {
    let found = aws(false, "dualstack", &[("team", "orders")]);
    let links = vec![(account("aws", "us-east-1"), seen("vpce-1", found))];
    let connections =
        vec![Arc::new(connection(group("18"), "vpce-1", "aws-us-east-1", "analytics"))];
    let expected = "\
apiVersion: tidelock/v1
clusters:
- name: orders
  tier: dedicated
  id: '1379661944646413143'
  region: aws-us-east-1
  project: '1372813089209061633'
  nodeGroup: '18'
  endpoints:
  - name: orders-vpc-0c1
    aws:
      account: prod
      ipAddressType: dualstack
      privateDns: false
      subnets:
      - subnet-0a1
      tags:
        team: orders
      vpc: vpc-0c1
    adopt: true
";
    check(&Inventory { connections, links, ..Inventory::default() }, expected);
}

#[test]
fn an_instance_is_in_no_project() {
    let found = Found::from([
        (cloud_alibaba::VPC, Value::text("vpc-0c1")),
        (cloud_alibaba::V_SWITCHES, Value::set(["vsw-1"])),
        (cloud_alibaba::SECURITY_GROUPS, Value::set(["sg-1"])),
        (cloud_alibaba::TAGS, Value::Map(BTreeMap::new())),
    ]);
    let region = "alicloud-ap-southeast-1";
    let service = ServiceKey::Instance(ClusterId("10163479507301863248".into()));
    let connections = vec![Arc::new(connection(service.clone(), "ep-1", region, ""))];
    let links = vec![(account("alibaba", "ap-southeast-1"), seen("ep-1", found))];
    let instances = vec![tidb_cloud::Instance {
        id: service.cluster().clone(),
        name: "payments".into(),
        project: Some(ProjectId("1372813089209061633".into())),
        region: region.into(),
        provider: tidb_cloud::Provider::Alibaba,
        state: tidb_cloud::ClusterState::Active,
        plan: tidb_cloud::Plan::Premium,
        model: tidb_cloud::Model::Exclusive { private: vec![] },
    }];
    let expected = "\
apiVersion: tidelock/v1
clusters:
- name: payments
  tier: premium
  id: '10163479507301863248'
  region: alicloud-ap-southeast-1
  endpoints:
  - name: payments-vpc-0c1
    alibaba:
      account: prod
      securityGroups:
      - sg-1
      vSwitches:
      - vsw-1
      vpc: vpc-0c1
    adopt: true
";
    check(&Inventory { connections, links, instances, ..Inventory::default() }, expected);
}

const SERVICE: &str = "com.amazonaws.vpce.us-east-1.vpce-svc-0a12b34c56d78e90f";
const ASKS: &str = "310000000001";

fn essential() -> tidb_cloud::Instance {
    tidb_cloud::Instance {
        id: ClusterId("10163479507301863243".into()),
        name: "catalog".into(),
        project: None,
        region: "aws-us-east-1".into(),
        provider: tidb_cloud::Provider::Aws,
        state: tidb_cloud::ClusterState::Active,
        plan: tidb_cloud::Plan::Essential,
        model: tidb_cloud::Model::Exclusive { private: vec![] },
    }
}

fn way_out(id: &str, name: &str, service: &str, state: State) -> PrivateLinkConnection {
    PrivateLinkConnection {
        id: planner::dataflow::ConnectionId(id.into()),
        name: name.into(),
        service: PartId(service.into()),
        endpoint: None,
        state,
        word: format!("{state:?}").to_uppercase(),
        message: None,
        domains: vec![],
    }
}

fn part(id: &str, mark: Option<&Mark>, found: Found, facts: PartFacts) -> PartSeen {
    let (id, mark) = (PartId(id.into()), mark.cloned());
    let (name, word, message) = Default::default();
    PartSeen { id, name, state: PartState::Ready, word, message, mark, found, facts }
}

fn service(id: &str, mark: Option<&Mark>, permitted: &[&str]) -> PartSeen {
    let permitted = permitted.iter().map(|account| (*account).to_owned()).collect();
    let (balancers, requests) = (vec![PartId("balancer".into())], vec![]);
    let facts = PartFacts::Service {
        balancers,
        missing_zones: BTreeSet::new(),
        permitted,
        requests,
        accepts_by_hand: true,
    };
    part(id, mark, Found::new(), facts)
}

/// Of ours: a group with this target, a balancer, a listener and a service.
fn chain(mark: &Mark, target: [u8; 4]) -> Vec<PartSeen> {
    let vpc = ("vpc", Value::text("vpc-0c1"));
    let target = Target { address: target.into(), health: Health::Healthy };
    let targets = vec![TargetSeen { target, port: 3306, reason: None }];
    let found = Found::from([
        vpc.clone(),
        (cloud_aws::SUBNETS, Value::set(["subnet-0a1"])),
        (cloud_aws::SECURITY_GROUPS, Value::set(["sg-0c3"])),
        (cloud_aws::TAGS, Value::Map(BTreeMap::new())),
    ]);
    let (balancer, group) = (PartId("balancer".into()), Some(PartId("group".into())));
    vec![
        part("group", Some(mark), Found::from([vpc]), PartFacts::TargetGroup { targets }),
        part("balancer", Some(mark), found, PartFacts::LoadBalancer),
        part(
            "listener",
            Some(mark),
            Found::new(),
            PartFacts::Listener { balancer, group, port: 3306 },
        ),
        service(SERVICE, Some(mark), &[ASKS]),
    ]
}

fn mark(owner: &Owner, name: &str, on_delete: OnDelete) -> Mark {
    let [tier, project, group] = ["essential", "", ""].map(Into::into);
    let cluster = ClusterKey { tier, project, cluster: essential().id.0, group };
    owner.mark(name, 1, on_delete, cluster)
}

fn outgoing(connections: Vec<PrivateLinkConnection>, parts: Vec<PartSeen>) -> Inventory {
    let account =
        tidb_cloud::OutgoingAccount { id: ASKS.into(), zones: ["use1-az1".into()].into() };
    let (asked, detailed) = (planner::Moment(0), std::collections::BTreeSet::new());
    let look = Outgoing { account, asked, connections, used: None, is_gone: false, detailed };
    let database = DatabaseSeen {
        host: "orders-db.rds.amazonaws.com".into(),
        port: 3306,
        addresses: vec![[10, 0, 0, 9].into()],
        misplaced: vec![],
        word: "available".into(),
        vpc: "vpc-0c1".into(),
        zones: ["use1-az1".into()].into(),
        security_groups: [].into(),
    };
    let databases = [("orders-db".to_owned(), database)].into();
    let exposures = Arc::new(Exposures { parts, databases, ..Exposures::default() });
    Inventory {
        outgoing: vec![(essential(), Arc::new(look))],
        exposures: vec![(self::account("aws", "us-east-1"), exposures)],
        ..Inventory::default()
    }
}

#[test]
fn a_way_out_that_was_built_is_what_it_exposes() {
    let owner = Owner::new("test", None);
    let mark = mark(&owner, "orders-rds", OnDelete::Protect);
    let name = display_name(&owner, "orders-rds");
    let mut active = way_out("plc-1", &name, SERVICE, State::Active);
    let (id, unique_name, names) = (Some("ad-1".into()), "dvs6".into(), vec![]);
    active.domains.push(AttachedDomain { id, kind: DomainKind::Managed, unique_name, names });
    let expected = "\
apiVersion: tidelock/v1
clusters:
- name: catalog
  tier: essential
  id: '10163479507301863243'
  region: aws-us-east-1
  privateLinkConnections:
  - name: orders-rds
    aws:
      account: prod
      expose:
        database: orders-db
        port: 3306
        securityGroups:
        - sg-0c3
        subnets:
        - subnet-0a1
        vpc: vpc-0c1
    onDelete: protect
    domains:
      managed: true
";
    check(&outgoing(vec![active.clone()], chain(&mark, [10, 0, 0, 9])), expected);
    // At an address that is no database's.
    let addresses = expected.replace("database: orders-db", "addresses:\n        - 10.0.0.7");
    check(&outgoing(vec![active.clone()], chain(&mark, [10, 0, 0, 7])), &addresses);
    // Without a connection it is ours all the same.
    let bare = expected.replace("    domains:\n      managed: true\n", "");
    check(&outgoing(vec![], chain(&mark, [10, 0, 0, 9])), &bare);
    let unfinished = chain(&mark, [10, 0, 0, 9]).into_iter().take(2).collect();
    let remark = "\
apiVersion: tidelock/v1
clusters: []
# private link connection \"orders-rds\" of instance \"catalog\" (10163479507301863243) is not built to its end: what it \
leads to cannot be told
";
    check(&outgoing(vec![], unfinished), remark);
}

#[test]
fn a_way_out_that_is_nobodys_is_offered_for_adoption() {
    let locked = "com.amazonaws.vpce.us-east-1.vpce-svc-0a12b34c56d78e911";
    let connections = vec![
        way_out("plc-1", "Kafka of ours", SERVICE, State::Active),
        way_out("plc-2", "again", SERVICE, State::Active),
        way_out("plc-3", "locked", locked, State::Active),
        way_out("plc-4", "elsewhere", "com.amazonaws.vpce.us-east-1.vpce-svc-1", State::Active),
        way_out("plc-5", "broken", SERVICE, State::Failed),
        way_out(
            "plc-6",
            &display_name(&Owner::new("test", None), "mine"),
            SERVICE,
            State::Creating,
        ),
    ];
    let parts = vec![service(SERVICE, None, &["*"]), service(locked, None, &[])];
    let expected = format!(
        "\
apiVersion: tidelock/v1
clusters:
- name: catalog
  tier: essential
  id: '10163479507301863243'
  region: aws-us-east-1
  privateLinkConnections:
  - name: mine
    aws:
      account: prod
      service: {SERVICE}
  - name: kafka-of-ours
    aws:
      account: prod
      service: {SERVICE}
    adopt: true
  - name: locked
    aws:
      account: prod
      service: {locked}
    adopt: true
    drift: report
# private link connection plc-4 \"elsewhere\" of instance \"catalog\" (10163479507301863243) to \
\"com.amazonaws.vpce.us-east-1.vpce-svc-1\" is ACTIVE; its service is in no account that was looked at
# private link connection plc-5 \"broken\" of instance \"catalog\" (10163479507301863243) to \"{SERVICE}\" is nobody's \
and FAILED
"
    );
    check(&outgoing(connections, parts), &expected);
}
