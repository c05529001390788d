//! Domains of a private link connection, as a manifest has them.

use crate::findings::{lines, read};
use planner::dataflow::DomainName;
use std::collections::BTreeSet;

const AWS: &str = r#"apiVersion: tidelock/v1
clusters:
  - name: catalog
    tier: essential
    id: "10163479507301863243"
    region: aws-us-east-1
    privateLinkConnections:
      - name: catalog-kafka
        aws:
          account: prod
          service: com.amazonaws.vpce.us-east-1.vpce-svc-0a12b34c56d78e90f
"#;

fn with(domains: &str) -> String {
    format!("{AWS}        domains: {domains}\n")
}

fn domains(text: &str) -> (u64, Option<BTreeSet<DomainName>>) {
    let loaded = read(&[("a.yaml", text)]);
    assert_eq!(loaded.findings, [], "{text}");
    let manifest = loaded.manifest.unwrap();
    let (_, connection) = manifest.connections().next().unwrap();
    (connection.generation, connection.domains.clone())
}

#[test]
fn to_list_none_is_not_to_say_nothing() {
    let confluent = |name: &str| DomainName::Confluent(name.into());
    let (silent, said) = domains(AWS);
    assert_eq!(said, None);
    let (none, said) = domains(&with("{}"));
    assert_eq!(said, Some(BTreeSet::new()));
    let both = "{managed: true, confluent: [b.us-east-1, a.us-east-1]}";
    let (some, said) = domains(&with(both));
    let wanted = [DomainName::Managed, confluent("a.us-east-1"), confluent("b.us-east-1")];
    assert_eq!(said, Some(BTreeSet::from(wanted)));
    let (again, _) = domains(&with("{confluent: [a.us-east-1, b.us-east-1], managed: true}"));
    assert_eq!(some, again, "the order is no part of the wish");
    assert_eq!(BTreeSet::from([silent, none, some]).len(), 3);
}

#[test]
fn what_is_no_domain_is_said() {
    let check = |text: &str, expected: &[&str]| {
        let loaded = read(&[("a.yaml", text)]);
        let codes: Vec<String> = lines(&loaded);
        let codes: Vec<&str> = codes.iter().map(|line| line.split(' ').nth(1).unwrap()).collect();
        assert_eq!(codes, expected, "{text}");
    };
    check(&with("{confluent: [https://a.us-east-1]}"), &["bad-domain"]);
    check(&with("{confluent: [a]}"), &["bad-domain"]);
    check(&with("{confluent: [a.b, a.b]}"), &["bad-domain"]);
    check(&with("{managd: true}"), &["unknown-key"]);
    check(&with("managed"), &["wrong-type"]);
    let alibaba = with("{managed: true, confluent: [a.b]}")
        .replace("aws:", "alibaba:")
        .replace("aws-us-east-1", "alicloud-ap-southeast-1")
        .replace("com.amazonaws.vpce.us-east-1.vpce-svc-0a12b34c56d78e90f", SERVICE);
    check(&alibaba, &["not-offered"]);
}

const SERVICE: &str = "com.aliyuncs.privatelink.ap-southeast-1.epsrv-t4nb2v8z0k1m3x5c7";
