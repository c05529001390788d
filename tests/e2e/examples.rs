//! Every example can be planned in the example world, and names only what is there.

use crate::house::House;
use crate::matrix::accounts;
use sim::example;
use std::fs;
use std::path::PathBuf;

fn examples() -> Vec<PathBuf> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let mut found: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

#[tokio::test]
async fn each_is_planned_without_a_fault() {
    for path in examples() {
        let house = House::new().await;
        accounts(&house);
        house.write("example.yaml", &fs::read_to_string(&path).unwrap());
        let checked = house.ok(&["check", "manifests"]).await;
        assert!(
            checked.out.contains("no errors, 0 warning(s)"),
            "{}: {}",
            path.display(),
            checked.out
        );
        let planned = house.ok(&["plan", "manifests"]).await;
        assert!(planned.out.contains("to create"), "{}: {}", path.display(), planned.out);
    }
}

/// Of each tier in each cloud, and of both models of Essential.
#[test]
fn every_flow_has_its_example() {
    let all: String = examples().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for cluster in [
        example::ORDERS,
        example::azure::CLUSTER,
        example::gcp::CLUSTER,
        example::STARTER,
        example::SHARED,
        example::EXCLUSIVE,
        example::PREMIUM,
        example::alibaba::STARTER,
        example::alibaba::SHARED,
        example::alibaba::PREMIUM,
    ] {
        assert!(all.contains(&format!("id: \"{cluster}\"")), "no example has {cluster}");
    }
}

#[test]
fn ids_are_those_of_the_example_world() {
    let mut known = vec![
        example::PROJECT,
        example::OTHER_PROJECT,
        example::STARTER,
        example::SHARED,
        example::EXCLUSIVE,
        example::PREMIUM,
        example::azure::CLUSTER,
        example::gcp::CLUSTER,
        example::alibaba::STARTER,
        example::alibaba::SHARED,
        example::alibaba::PREMIUM,
        example::alibaba::VPC,
        example::alibaba::GROUP_OPEN,
        example::alibaba::GROUP_DATABASE,
        example::ORDERS,
        example::BILLING,
        example::REPORTS,
        example::VPC,
        example::VPC_WITHOUT_DNS,
        example::SUBNET_UNSERVED,
        example::SUBNET_WITHOUT_DNS,
        example::GROUP_DEFAULT,
        example::GROUP_OPEN,
        example::GROUP_APPS,
        example::GROUP_CLOSED,
        example::GROUP_DATABASE,
    ];
    known.extend(example::SUBNETS);
    known.extend(example::alibaba::SWITCHES);
    for path in examples() {
        let text = fs::read_to_string(&path).unwrap();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let is_id = |word: &&str| {
            let number = word.len() >= 12 && word.bytes().all(|byte| byte.is_ascii_digit());
            number
                || ["vpc-", "subnet-", "sg-", "vsw-"].iter().any(|prefix| word.starts_with(prefix))
        };
        for id in words.filter(is_id) {
            assert!(known.contains(&id), "{} names {id}", path.display());
        }
    }
}
