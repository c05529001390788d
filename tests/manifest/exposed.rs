//! One database gets one chain, however it is written down.

use crate::findings::{lines, read};

const BY_ID: &str = r#"apiVersion: tidelock/v1
clusters:
  - name: catalog
    tier: essential
    id: "10163479507301863243"
    region: aws-us-east-1
    privateLinkConnections:
      - name: catalog-mysql
        aws:
          account: prod
          expose:
            database: orders-db
            port: 3306
            vpc: vpc-0c12a34b56d78e90f
            subnets: [subnet-0a1b2c3d4e5f60001]
            securityGroups: [sg-0a1b2c3d4e5f60005]
"#;

fn by_address() -> String {
    BY_ID.replace("database: orders-db", "addresses: [10.20.0.7, 10.20.64.7]")
}

/// The same in another file, for another instance.
fn other(text: &str) -> String {
    text.replace("catalog", "ledger").replace("863243", "863244")
}

/// What is said of two files.
fn said(first: &str, second: &str) -> Vec<String> {
    lines(&read(&[("a.yaml", first), ("b.yaml", second)]))
}

const AGAIN: &str = "8:15 duplicate-database ledger-mysql";

#[test]
fn a_database_is_exposed_once() {
    assert_eq!(said(BY_ID, &other(BY_ID)), [AGAIN]);
    let another = other(BY_ID).replace("orders-db", "billing-db");
    assert_eq!(said(BY_ID, &another), Vec::<String>::new());
}

#[test]
fn fixed_addresses_are_exposed_once_in_whatever_order() {
    let (first, second) = (by_address(), other(&by_address()));
    let turned = second.replace("10.20.0.7, 10.20.64.7", "10.20.64.7, 10.20.0.7");
    for again in [&second, &turned] {
        assert_eq!(said(&first, again), [AGAIN]);
    }
    let loaded = read(&[("a.yaml", &first), ("b.yaml", &turned)]);
    let message = "two connections expose 10.20.0.7, 10.20.64.7 on port 3306 of vpc-0c12a34b56d78e90f (prod, us-east-1)";
    assert_eq!(loaded.findings[0].message, message);
    let also = &loaded.findings[0].also[0];
    assert_eq!((&*also.at.file, also.at.line), ("a.yaml", 8));
}

#[test]
fn another_port_address_network_or_account_is_another_database() {
    let (first, second) = (by_address(), other(&by_address()));
    for (from, to) in [
        ("3306", "3307"),
        ("10.20.0.7, ", ""),
        ("10.20.0.7", "10.20.0.8"),
        ("vpc-0c12a34b56d78e90f", "vpc-0c12a34b56d78e910"),
        ("account: prod", "account: test"),
        ("us-east-1", "us-west-2"),
    ] {
        let another = second.replace(from, to);
        assert_ne!(another, second, "{from}");
        assert_eq!(said(&first, &another), Vec::<String>::new(), "{to}");
    }
}
