//! What `export` writes: short, and a manifest that asks for what is there.

#![cfg(test)]

use cloud::{Found, Owner, Seen, Value};
use planner::endpoint::{
    Address, ConnectionId, ConnectionState, LinkId, LinkState, Registration, ServiceName,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use tidb_cloud::{
    ClusterId, Connection, ConnectionKey, GroupId, GroupKey, ProjectId, ServiceKey, ServiceState,
};
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
    check(&Inventory { connections, links, instances }, expected);
}
