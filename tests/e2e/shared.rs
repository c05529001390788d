//! Two clusters in one VPC share one endpoint: it is made once, serves either of them alone, and goes with the last.

use crate::matrix::{Row, beside_a_neighbour, on_alibaba, on_aws, settled, the_link};
use sim::example;

const CARTS: &str = "carts-apps";
const CATALOGUE: &str = "catalogue-apps";

#[tokio::test]
async fn two_clusters_of_one_vpc_share_one_endpoint_on_aws() {
    let carts = on_aws("starter", example::STARTER, false);
    let catalogue = on_aws("essential", example::SHARED, false);
    one_serves_both(&carts, &catalogue).await;
}

#[tokio::test]
async fn two_clusters_of_one_vpc_share_one_endpoint_on_alibaba_cloud() {
    let carts = on_alibaba("starter", example::alibaba::STARTER, false);
    let catalogue = on_alibaba("essential", example::alibaba::SHARED, false);
    one_serves_both(&carts, &catalogue).await;
}

async fn one_serves_both(carts: &Row, catalogue: &Row) {
    let house = beside_a_neighbour().await;
    house.write("carts.yaml", &carts.manifest_as("carts", CARTS));
    house.write("catalogue.yaml", &catalogue.manifest_as("catalogue", CATALOGUE));
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("Plan: 1 to create, 1 to finish").says(&format!("shared with {CATALOGUE}"));
    house.ok(&["apply", "manifests", "--yes"]).await;
    let link = the_link(&house).expect("one serves both");
    for (name, other) in [(CARTS, CATALOGUE), (CATALOGUE, CARTS)] {
        let why = house.ok(&["why", name, "-f", "manifests"]).await;
        let why = why.says(&format!("{name} is Active")).says(link.id.as_str());
        why.says(&format!("Shared with:    {other}"));
    }
    settled(&house).await;

    let calls = house.mutating_calls();
    house.remove("carts.yaml");
    house.ok(&["apply", "manifests", "--yes"]).await;
    let kept = the_link(&house).expect("one of them is still served");
    assert_eq!((kept.id, house.mutating_calls()), (link.id.clone(), calls));
    settled(&house).await;
    let why = house.ok(&["why", CATALOGUE, "-f", "manifests"]).await;
    why.says(&format!("{CATALOGUE} is Active")).says(link.id.as_str());

    house.remove("catalogue.yaml");
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    planned.says("Plan: 1 to delete").says(link.id.as_str());
    house.ok(&["apply", "manifests", "--yes"]).await;
    assert!(the_link(&house).is_none(), "{:?}", the_link(&house));
    settled(&house).await;
    house.is_clean("after the last of them");
}
