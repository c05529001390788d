//! The rows of the flow matrix, each through the same script: created, Active, changed by hand, healed, removed. All
//! that a user has for it is asked on the way: `plan`, `apply`, `status`, `why`, `export`, and the daemon.

use crate::child::Ended;
use crate::house::House;
use crate::manifests::estate;
use sim::{Deed, Link, LinkDeed, example};
use std::collections::BTreeMap;
use std::fs;
use tidelock::simulated::{self, Customer};

/// One row: a cluster, where its endpoint stands, and who registers it.
pub(crate) struct Row {
    tier: &'static str,
    cluster: &'static str,
    region: &'static str,
    /// The lines below the endpoint's name.
    section: String,
    by_operator: bool,
}

const NAME: &str = "row-apps";

/// More calls than any test here makes in a minute.
const CALLS_PER_MINUTE: u32 = 6_000;

impl Row {
    fn manifest(&self) -> String {
        self.manifest_as("row", NAME)
    }

    /// Its cluster and its endpoint under these names.
    pub(crate) fn manifest_as(&self, cluster_name: &str, name: &str) -> String {
        let Row { tier, cluster, region, section, by_operator: _ } = self;
        let project = if *tier == "dedicated" {
            format!("    project: \"{}\"\n", example::OTHER_PROJECT)
        } else {
            String::new()
        };
        format!(
            "apiVersion: tidelock/v1\nclusters:\n  - name: {cluster_name}\n    tier: {tier}\n    \
             id: \"{cluster}\"\n    region: {region}\n{project}    endpoints:\n      - name: {name}\n{section}"
        )
    }

    async fn is_walked(&self) {
        let house = beside_a_neighbour().await;
        house.write("row.yaml", &self.manifest());
        let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
        planned.says("1 to create").says(NAME);
        self.is_brought_up(&house).await;
        let link = the_link(&house).expect("it stands");
        settled(&house).await;
        is_shown_at_its_end(&house, &link).await;
        self.is_exported(&house).await;

        drifts_and_is_healed(&house, &link).await;

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
        if self.by_operator {
            self.is_registered_by_hand(house).await;
        }
        house.ok(&["apply", "manifests", "--yes"]).await.says("Active");
    }

    /// A person is told where to go and what to paste there, and does so.
    async fn is_registered_by_hand(&self, house: &House) {
        let waits = house.run(&["apply", "manifests", "--yes"]).await.expect(5);
        let link = the_link(house).expect("it was made, and waits for a person");
        let domain =
            link.domain().map(str::to_owned).filter(|_| link.vendor() == sim::Vendor::Alibaba);
        let way = format!("{} > Create Private Endpoint Connection", self.in_the_console());
        let why = house.ok(&["why", NAME, "-f", "manifests"]).await;
        for said in [waits, why] {
            let said = says_all(said, &[&way, link.id.as_str()]);
            says_all(said, &domain.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let (cluster, endpoint_id) = (self.cluster.to_owned(), link.id.to_string());
        house.deed(Deed::Paste { cluster, endpoint_id, domain, ip: None });
    }

    async fn is_taken_down(&self, house: &House, link: &Link) {
        if self.by_operator {
            self.is_unregistered_by_hand(house, link).await;
        }
        house.ok(&["apply", "manifests", "--yes"]).await;
    }

    /// A person is told what to delete and what becomes of the endpoint then; nothing is cut before.
    async fn is_unregistered_by_hand(&self, house: &House, link: &Link) {
        let connection = house.sim.with(|world| {
            let mut rows = world.true_connections();
            let row = rows.find(|row| row.endpoint_id == link.id.as_str());
            row.map(|row| row.id.to_string())
        });
        let connection = connection.expect("it is registered");
        let what = format!("delete private endpoint connection {connection};");
        let way = format!("{}, and {what}", self.in_the_console());
        let next = format!("delete VPC endpoint {}", link.id);
        let waits = house.run(&["apply", "manifests", "--yes"]).await.expect(5);
        let why = house.ok(&["why", NAME, "-f", "manifests"]).await;
        for said in [waits, why] {
            says_all(said, &["operator-must-unregister", "Deleting", &way, &next]);
        }
        assert!(the_link(house).is_some(), "it is not cut before the connection is gone");
        house.deed(Deed::DeleteConnection { connection });
    }

    /// Where a person is sent. Only a manifest knows the cluster's name; its id is always told.
    fn in_the_console(&self) -> String {
        format!("(id {}), Settings > Networking", self.cluster)
    }
}

/// A house with every account, and an endpoint in it that stays: nothing wanted at all would be held.
pub(crate) async fn beside_a_neighbour() -> House {
    let house = House::new().await;
    // Else the last commands of a row wait for TiDB Cloud's next minute.
    house.sim.with(|world| world.allow_per_minute(CALLS_PER_MINUTE));
    accounts(&house);
    house.write("neighbour.yaml", &estate(&["orders-a"]));
    house.ok(&["apply", "manifests", "--yes"]).await;
    house
}

async fn is_shown_at_its_end(house: &House, link: &Link) {
    let status = house.ok(&["status", "-f", "manifests"]).await;
    // The neighbour is Active too.
    let row = status.out.lines().find(|row| row.contains(NAME)).unwrap_or_default();
    assert!(row.contains(" Active ") && row.contains(" settled "), "{}", status.out);
    let why = house.ok(&["why", NAME, "-f", "manifests"]).await;
    let end = format!("{NAME} is Active for ");
    says_all(why, &[&end, "✓ Active", "agree with the manifest", link.id.as_str()]);
}

/// Changed by hand, seen by whoever looks, and put right by the daemon where it stands.
async fn drifts_and_is_healed(house: &House, link: &Link) {
    let by_hand = BTreeMap::from([("team".to_owned(), "elsewhere".to_owned())]);
    house.to_link(link.id.as_str(), LinkDeed::EditTags(by_hand));
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("1 to update").says("elsewhere");
    for command in ["status", "why"] {
        let shown = house.ok(&[command, NAME, "-f", "manifests"]).await;
        shown.says(NAME).says("wanted {team = \"orders\"} -> found {team = \"elsewhere\"}");
    }

    let mut daemon = house.start(&["run", "manifests", "--listen", "127.0.0.1:0"]);
    daemon.until("healed", || is_healed(house)).await;
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
    settled(house).await;
    let healed = the_link(house).expect("it stands");
    assert_eq!(healed.id, link.id, "it is repaired where it is");
    assert_eq!(healed.tags.get("team").map(String::as_str), Some("orders"));
}

/// And its cloud is through with it: some take a while for a change.
fn is_healed(house: &House) -> bool {
    let is_right = |link: &Link| link.tags.get("team").is_some_and(|team| team == "orders");
    let link = the_link(house).filter(is_right);
    link.is_some_and(|link| house.sim.with(|world| world.under_way(&link).is_none()))
}

fn says_all(said: Ended, parts: &[&str]) -> Ended {
    parts.iter().fold(said, |said, part| said.says(part))
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

pub(crate) async fn settled(house: &House) {
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
}

/// The only live endpoint but the neighbour's.
pub(crate) fn the_link(house: &House) -> Option<Link> {
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

pub(crate) fn on_aws(tier: &'static str, cluster: &'static str, by_operator: bool) -> Row {
    Row { tier, cluster, region: example::REGION_ID, section: aws(), by_operator }
}

pub(crate) fn on_azure() -> Row {
    let section = format!(
        "        azure:\n          account: prod-azure\n          resourceGroup: {}\n          subnet: {}\n          \
         tags: {{team: orders}}\n",
        example::azure::RESOURCE_GROUP,
        example::azure::SUBNET
    );
    let (tier, cluster, region) = ("dedicated", example::azure::CLUSTER, example::azure::REGION_ID);
    Row { tier, cluster, region, section, by_operator: false }
}

pub(crate) fn on_gcp() -> Row {
    let section = format!(
        "        gcp:\n          account: prod-gcp\n          network: {}\n          subnet: {}\n          \
         labels: {{team: orders}}\n",
        example::gcp::NETWORK,
        example::gcp::SUBNET
    );
    let (tier, cluster, region) = ("dedicated", example::gcp::CLUSTER, example::gcp::REGION_ID);
    Row { tier, cluster, region, section, by_operator: false }
}

#[tokio::test]
async fn dedicated_on_azure() {
    on_azure().is_walked().await;
}

#[tokio::test]
async fn dedicated_on_google_cloud() {
    on_gcp().is_walked().await;
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

pub(crate) fn on_alibaba(tier: &'static str, cluster: &'static str, by_operator: bool) -> Row {
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
