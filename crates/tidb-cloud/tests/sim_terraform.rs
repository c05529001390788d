//! The simulated TiDB Cloud, judged by the vendor's Terraform provider over HTTPS.
//!
//! Skipped, with a word, where there is no `terraform`, or no `terraform-provider-tidbcloud` on the PATH. Where
//! `TIDELOCK_TIDBCLOUD_PROVIDER` names its directory, neither may be missing. Nothing is fetched.
#![cfg(feature = "sim")]

#[cfg(test)]
#[path = "judges/program.rs"]
mod program;
#[cfg(test)]
#[path = "judges/served.rs"]
mod served;

use program::program;
use serde_json::{Value, json};
use served::{Facts, hurried, over_tls, run};
use sim::example::{self, ORDERS};
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tidb_cloud::sim::router;
use tokio::task::block_in_place;

const PROVIDER: &str = "terraform-provider-tidbcloud";

#[tokio::test(flavor = "multi_thread")]
async fn terraform_lives_a_connections_life() {
    let Some(provider) = program("TIDELOCK_TIDBCLOUD_PROVIDER", PROVIDER, &["terraform"]) else {
        return;
    };
    let provider = provider.parent().unwrap();
    let (sim, facts) = hurried();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dedicated-terraform");
    // What an earlier run left behind is about another world.
    let _absent = fs::remove_dir_all(&home);
    let (listening, trusted) = over_tls(router(sim.clone()), &home).await;
    write(&home, provider, &facts).unwrap();
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command
            .current_dir(&home)
            .args(arguments)
            .env("CHECKPOINT_DISABLE", "1")
            .env("NO_PROXY", "localhost")
            .env("SSL_CERT_FILE", &trusted)
            .env("TF_CLI_CONFIG_FILE", home.join("terraform.rc"))
            .env(
                "TIDBCLOUD_DEDICATED_ENDPOINT",
                format!("https://localhost:{}", listening.address().port()),
            )
            .env("TIDBCLOUD_PRIVATE_KEY", example::API_KEY_PRIVATE)
            .env("TIDBCLOUD_PUBLIC_KEY", example::API_KEY_PUBLIC);
        block_in_place(|| run(&mut command)).unwrap()
    };
    let rows = || sim.with(|world| world.true_connections().count());

    terraform(&["apply", "-auto-approve", "-no-color"]);
    let seen: Value = serde_json::from_str(&terraform(&["output", "-json", "seen"])).unwrap();
    let service = sim.with(|world| world.cluster(ORDERS).unwrap().node_groups[0].service.clone());
    let (state, link, rows_listed) = (&seen["state"], &seen["link"], &seen["rows"]);
    assert_eq!((state, link, rows_listed), (&json!("ACTIVE"), &json!(facts.link), &json!(1)));
    assert_eq!(seen["service"], service.to_string());
    assert_eq!(seen["groups"][0], facts.group);
    assert_eq!((&seen["cluster"], &seen["clusters"]), (&json!(ORDERS), &json!(true)));
    assert_eq!(rows(), 1);
    // Exits with 2 if a second look finds anything to change.
    terraform(&["plan", "-detailed-exitcode", "-no-color"]);
    terraform(&["destroy", "-auto-approve", "-no-color"]);
    sim.poke(Duration::from_secs(5));
    assert_eq!(rows(), 0);
}

fn write(home: &Path, provider: &Path, Facts { group, link }: &Facts) -> io::Result<()> {
    let overrides = format!(
        "provider_installation {{\n  dev_overrides {{\n    \"tidbcloud/tidbcloud\" = {:?}\n  }}\n  direct {{}}\n}}\n",
        provider.display().to_string()
    );
    let cluster = ORDERS;
    let wish = format!(
        r#"
terraform {{
  required_providers {{
    tidbcloud = {{ source = "tidbcloud/tidbcloud" }}
  }}
}}

provider "tidbcloud" {{}}

resource "tidbcloud_dedicated_private_endpoint_connection" "orders" {{
  cluster_id    = "{cluster}"
  node_group_id = "{group}"
  endpoint_id   = "{link}"
}}

data "tidbcloud_dedicated_clusters" "all" {{}}

data "tidbcloud_dedicated_cluster" "orders" {{
  cluster_id = "{cluster}"
}}

data "tidbcloud_dedicated_node_groups" "orders" {{
  cluster_id = "{cluster}"
}}

data "tidbcloud_dedicated_private_link_service" "orders" {{
  cluster_id    = "{cluster}"
  node_group_id = "{group}"
}}

data "tidbcloud_dedicated_private_endpoint_connections" "orders" {{
  cluster_id    = "{cluster}"
  node_group_id = "{group}"
  depends_on    = [tidbcloud_dedicated_private_endpoint_connection.orders]
}}

data "tidbcloud_dedicated_private_endpoint_connection" "orders" {{
  cluster_id                     = "{cluster}"
  node_group_id                  = "{group}"
  private_endpoint_connection_id = tidbcloud_dedicated_private_endpoint_connection.orders.private_endpoint_connection_id
}}

output "seen" {{
  value = {{
    state    = tidbcloud_dedicated_private_endpoint_connection.orders.endpoint_state
    link     = data.tidbcloud_dedicated_private_endpoint_connection.orders.endpoint_id
    rows     = length(data.tidbcloud_dedicated_private_endpoint_connections.orders.private_endpoint_connections)
    service  = data.tidbcloud_dedicated_private_link_service.orders.service_name
    groups   = data.tidbcloud_dedicated_node_groups.orders.node_groups[*].node_group_id
    cluster  = data.tidbcloud_dedicated_cluster.orders.cluster_id
    clusters = contains(data.tidbcloud_dedicated_clusters.all.clusters[*].cluster_id, "{cluster}")
  }}
}}
"#
    );
    fs::write(home.join("terraform.rc"), overrides)?;
    fs::write(home.join("main.tf"), wish)
}
