//! The rows of the flow matrix, each through the same script: created, Active, changed by hand, healed, removed.

use crate::house::House;
use crate::manifests::estate;
use sim::{Deed, Link, LinkDeed, example};
use std::collections::BTreeMap;
use std::fs;
use tidelock::simulated::{self, Customer};

/// One row: a cluster, where its endpoint stands, and who registers it.
struct Row {
    tier: &'static str,
    cluster: &'static str,
    region: &'static str,
    /// The lines below the endpoint's name.
    section: String,
    by_operator: bool,
}

const NAME: &str = "row-apps";

impl Row {
    fn manifest(&self) -> String {
        let Row { tier, cluster, region, section, by_operator: _ } = self;
        let project = if *tier == "dedicated" {
            format!("    project: \"{}\"\n", example::OTHER_PROJECT)
        } else {
            String::new()
        };
        format!(
            "apiVersion: tidelock/v1\nclusters:\n  - name: row\n    tier: {tier}\n    id: \"{cluster}\"\n    \
             region: {region}\n{project}    endpoints:\n      - name: {NAME}\n{section}"
        )
    }

    async fn is_walked(&self) {
        let house = House::new().await;
        accounts(&house);
        // A neighbour that stays: nothing wanted at all would be held.
        house.write("neighbour.yaml", &estate(&["orders-a"]));
        house.ok(&["apply", "manifests", "--yes"]).await;

        house.write("row.yaml", &self.manifest());
        let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
        planned.says("1 to create").says(NAME);
        self.is_brought_up(&house).await;
        let link = the_link(&house).expect("it stands");
        settled(&house).await;
        self.is_exported(&house).await;

        let by_hand = BTreeMap::from([("team".to_owned(), "elsewhere".to_owned())]);
        house.to_link(link.id.as_str(), LinkDeed::EditTags(by_hand));
        let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
        planned.says("1 to update").says("elsewhere");
        house.ok(&["apply", "manifests", "--yes"]).await;
        settled(&house).await;
        let healed = the_link(&house).expect("it stands");
        assert_eq!(healed.id, link.id, "it is repaired where it is");
        assert_eq!(healed.tags.get("team").map(String::as_str), Some("orders"));

        house.remove("row.yaml");
        self.is_taken_down(&house, &link).await;
        assert!(the_link(&house).is_none(), "{:?}", the_link(&house));
        settled(&house).await;
        house.is_clean(self.cluster);
    }

    /// What `export` writes takes the place of the files that made it, and nothing is to be done. Not so of an endpoint
    /// that serves every instance behind its service: nobody tells `export` for which of them it was made.
    async fn is_exported(&self, house: &House) {
        let shared = [example::STARTER, example::SHARED];
        let shared =
            shared.into_iter().chain([example::alibaba::STARTER, example::alibaba::SHARED]);
        let exported = house.ok(&["export"]).await;
        if shared.into_iter().any(|cluster| cluster == self.cluster) {
            exported.says(self.cluster);
            return;
        }
        let exported = exported.says(NAME).out;
        house.remove("neighbour.yaml");
        house.remove("row.yaml");
        house.write("exported.yaml", &exported);
        settled(house).await;
        house.remove("exported.yaml");
        house.write("neighbour.yaml", &estate(&["orders-a"]));
        house.write("row.yaml", &self.manifest());
        settled(house).await;
    }

    async fn is_brought_up(&self, house: &House) {
        if !self.by_operator {
            house.ok(&["apply", "manifests", "--yes"]).await.says("Active");
            return;
        }
        let waits = house.run(&["apply", "manifests", "--yes"]).await.expect(5);
        let link = the_link(house).expect("it was made, and waits for a person");
        waits.says("you");
        let why = house.run(&["why", NAME, "-f", "manifests"]).await;
        why.says(link.id.as_str()).says("Create Private Endpoint Connection");
        let domain =
            link.domain().map(str::to_owned).filter(|_| link.vendor() == sim::Vendor::Alibaba);
        let (cluster, endpoint_id) = (self.cluster.to_owned(), link.id.to_string());
        house.deed(Deed::Paste { cluster, endpoint_id, domain, ip: None });
        house.ok(&["apply", "manifests", "--yes"]).await.says("Active");
    }

    async fn is_taken_down(&self, house: &House, link: &Link) {
        if self.by_operator {
            house.run(&["apply", "manifests", "--yes"]).await.expect(5).says("delete");
            assert!(the_link(house).is_some(), "it is not cut before the connection is gone");
            let row = house.sim.with(|world| {
                let mut rows = world.true_connections();
                let row = rows.find(|row| row.endpoint_id == link.id.as_str());
                row.map(|row| row.id.to_string())
            });
            house.deed(Deed::DeleteConnection { connection: row.expect("it is registered") });
        }
        house.ok(&["apply", "manifests", "--yes"]).await;
    }
}

/// Accounts of every cloud but the first, which each house has anyway.
pub(crate) fn accounts(house: &House) {
    let customers = simulated::customers(&format!("http://{}", house.address()));
    let (_, others) = customers.split_first().expect("there are clouds");
    for (name, line) in others.iter().flat_map(|one| &one.set_up.files) {
        fs::write(house.path(name), line).unwrap();
    }
    let accounts: Vec<String> = others.iter().map(Customer::account).collect();
    house.configure(&format!("\n{}", accounts.join("\n")));
}

async fn settled(house: &House) {
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

/// The row's own endpoint: every live one but the neighbour's.
fn the_link(house: &House) -> Option<Link> {
    house.sim.with(|world| {
        let neighbour =
            |link: &Link| link.tags.get("tidelock:name").is_some_and(|name| name == "orders-a");
        let mut live =
            world.true_links().filter(|link| link.is_live() && !neighbour(link)).cloned();
        let one = live.next();
        assert!(live.next().is_none(), "one endpoint, and no more");
        one
    })
}

fn aws() -> String {
    format!(
        "        aws:\n          account: prod\n          vpc: {}\n          subnets: [{}]\n          \
         securityGroups: [{}]\n          tags: {{team: orders}}\n",
        example::VPC,
        example::SUBNETS[0],
        example::GROUP_OPEN
    )
}

fn on_aws(tier: &'static str, cluster: &'static str, by_operator: bool) -> Row {
    Row { tier, cluster, region: example::REGION_ID, section: aws(), by_operator }
}

#[tokio::test]
async fn dedicated_on_azure() {
    let section = format!(
        "        azure:\n          account: prod-azure\n          resourceGroup: {}\n          subnet: {}\n          \
         tags: {{team: orders}}\n",
        example::azure::RESOURCE_GROUP,
        example::azure::SUBNET
    );
    let (tier, cluster, region) = ("dedicated", example::azure::CLUSTER, example::azure::REGION_ID);
    Row { tier, cluster, region, section, by_operator: false }.is_walked().await;
}

#[tokio::test]
async fn dedicated_on_google_cloud() {
    let section = format!(
        "        gcp:\n          account: prod-gcp\n          network: {}\n          subnet: {}\n          \
         labels: {{team: orders}}\n",
        example::gcp::NETWORK,
        example::gcp::SUBNET
    );
    let (tier, cluster, region) = ("dedicated", example::gcp::CLUSTER, example::gcp::REGION_ID);
    Row { tier, cluster, region, section, by_operator: false }.is_walked().await;
}

#[tokio::test]
async fn starter_on_aws() {
    on_aws("starter", example::STARTER, false).is_walked().await;
}

#[tokio::test]
async fn shared_essential_on_aws() {
    on_aws("essential", example::SHARED, false).is_walked().await;
}

#[tokio::test]
async fn exclusive_essential_on_aws() {
    on_aws("essential", example::EXCLUSIVE, true).is_walked().await;
}

#[tokio::test]
async fn premium_on_aws() {
    on_aws("premium", example::PREMIUM, true).is_walked().await;
}

fn on_alibaba(tier: &'static str, cluster: &'static str, by_operator: bool) -> Row {
    let section = format!(
        "        alibaba:\n          account: prod-alibaba\n          vpc: {}\n          vSwitches: [{}]\n          \
         securityGroups: [{}]\n          tags: {{team: orders}}\n",
        example::alibaba::VPC,
        example::alibaba::SWITCHES[0],
        example::alibaba::GROUP_OPEN
    );
    Row { tier, cluster, region: example::alibaba::REGION_ID, section, by_operator }
}

#[tokio::test]
async fn starter_on_alibaba_cloud() {
    on_alibaba("starter", example::alibaba::STARTER, false).is_walked().await;
}

#[tokio::test]
async fn shared_essential_on_alibaba_cloud() {
    on_alibaba("essential", example::alibaba::SHARED, false).is_walked().await;
}

#[tokio::test]
async fn premium_on_alibaba_cloud() {
    on_alibaba("premium", example::alibaba::PREMIUM, true).is_walked().await;
}
