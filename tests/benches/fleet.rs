//! Many settled endpoints: as manifests want them, and as the customer's cloud shows them.
//!
//! A hundred clusters of one project, and as many endpoints in each VPC: every index is as crowded as it may get.

use async_trait::async_trait;
use cloud::{
    Ask, Cloud, Deleted, Difference, Error, Finding, Found, Mark, Order, Owner, Seen, Survey, Value,
};
use planner::endpoint::{Address, LinkId, LinkState, OnDelete, Registration, ServiceName};
use std::path::Path;
use tempfile::TempDir;
use tidelock::config::Config;
use tidelock::engine::Desired;
use tidelock::{desired, manifest};

pub(crate) const CLUSTERS: usize = 100;
pub(crate) const PROJECT: &str = "1372813089209061633";
const SUBNETS: [&str; 2] = ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"];
const GROUP: &str = "sg-0a1b2c3d4e5f60001";

pub(crate) fn cluster(number: usize) -> String {
    format!("13796619446464{number:05}")
}

pub(crate) fn group(cluster: usize) -> String {
    format!("19134567890123{cluster:05}")
}

pub(crate) fn service(cluster: usize) -> String {
    format!("com.amazonaws.vpce.us-east-1.vpce-svc-{cluster:017x}")
}

pub(crate) fn link(index: usize) -> String {
    format!("vpce-{index:017x}")
}

fn name(index: usize) -> String {
    format!("orders-apps-{index:06}")
}

fn vpc(index: usize) -> String {
    format!("vpc-{:017x}", index / CLUSTERS)
}

/// The directory of a repository that asks for so many endpoints: a file for each cluster.
///
/// Endpoint `index` belongs to cluster `index % CLUSTERS`.
pub(crate) fn repository(count: usize) -> TempDir {
    let directory = tempfile::tempdir().expect("a bench may write temporary files");
    for number in 0..CLUSTERS.min(count) {
        let path = directory.path().join(format!("orders-{number:03}.yaml"));
        std::fs::write(path, yaml(number, count)).expect("the directory was just made");
    }
    directory
}

fn yaml(number: usize, count: usize) -> String {
    let id = cluster(number);
    let mut text = format!(
        "apiVersion: tidelock/v1
clusters:
  - name: orders-{number}
    tier: dedicated
    id: \"{id}\"
    region: aws-us-east-1
    project: \"{PROJECT}\"
    endpoints:
"
    );
    for index in (number..count).step_by(CLUSTERS) {
        text.push_str(&entry(index));
    }
    text
}

fn entry(index: usize) -> String {
    let (name, vpc, subnets) = (name(index), vpc(index), SUBNETS.join(", "));
    format!(
        "      - name: {name}
        aws:
          account: prod
          vpc: {vpc}
          subnets: [{subnets}]
          securityGroups: [{GROUP}]
          privateDns: true
          tags: {{team: orders}}
"
    )
}

/// What the files want: read one by one, since more than about 20,000 endpoints at once are refused.
pub(crate) fn wanted(directory: &Path) -> Desired {
    let key = |name: &str| name.ends_with("_KEY").then(|| "a key".to_owned());
    let config = Config::resolve(None, &key).expect("the rest has defaults");
    let files = std::fs::read_dir(directory).expect("the directory was just made");
    let wishes = files.flatten().flat_map(|file| {
        let loaded = manifest::load(&[file.path()]);
        let manifest = loaded.manifest.expect("the manifests are right");
        desired::desired(&manifest, &loaded.digest, &config, None).wishes
    });
    Desired { wishes: wishes.collect(), ..Desired::default() }
}

/// The customer's account, in which all is as it should be.
pub(crate) struct Account {
    pub(crate) count: usize,
    pub(crate) owner: Owner,
}

impl Account {
    pub(crate) fn survey(&self) -> Survey {
        let links = (0..self.count).map(|index| self.seen(index)).collect();
        Survey { links, ended: Vec::new() }
    }

    pub(crate) fn mark(&self, index: usize) -> Mark {
        let number = index % CLUSTERS;
        let key = cloud::ClusterKey {
            tier: "dedicated".into(),
            project: PROJECT.into(),
            cluster: cluster(number),
            group: group(number),
        };
        self.owner.mark(name(index), 1, OnDelete::Remove, key)
    }

    fn seen(&self, index: usize) -> Seen {
        let id = LinkId(link(index));
        let team = [("team".to_owned(), "orders".to_owned())];
        Seen {
            service: ServiceName(service(index % CLUSTERS)),
            network: vpc(index),
            state: LinkState::Established,
            word: "available".into(),
            message: None,
            mark: Some(self.mark(index)),
            registration: Some(Registration { link: id.clone(), address: Address::None }),
            found: Found::from([
                (cloud_aws::VPC, Value::text(vpc(index))),
                (cloud_aws::SUBNETS, Value::set(SUBNETS)),
                (cloud_aws::SECURITY_GROUPS, Value::set([GROUP])),
                (cloud_aws::PRIVATE_DNS, Value::Flag(true)),
                (cloud_aws::IP_ADDRESS_TYPE, Value::text("ipv4")),
                (cloud_aws::TAGS, Value::Map(team.into())),
            ])
            .into(),
            id,
        }
    }
}

#[async_trait]
impl Cloud for Account {
    async fn survey(&self) -> Result<Survey, Error> {
        Ok(self.survey())
    }

    async fn read(&self, _: &LinkId) -> Result<Option<Seen>, Error> {
        Err(not_settled("read"))
    }

    async fn create(&self, _: &Order) -> Result<LinkId, Error> {
        Err(not_settled("create"))
    }

    async fn update(&self, _: &LinkId, _: &[Difference]) -> Result<(), Error> {
        Err(not_settled("update"))
    }

    async fn delete(&self, _: &LinkId) -> Result<Deleted, Error> {
        Err(not_settled("delete"))
    }

    async fn set_mark(&self, _: &LinkId, _: Option<&Mark>) -> Result<(), Error> {
        Err(not_settled("mark"))
    }

    async fn preflight(&self, _: &[Ask]) -> Result<Vec<Finding>, Error> {
        Err(not_settled("check"))
    }
}

/// What is settled needs no more than a look.
fn not_settled(action: &str) -> Error {
    Error::ReadOnly { action: action.into() }
}
