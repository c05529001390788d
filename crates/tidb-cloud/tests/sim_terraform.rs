//! The simulated TiDB Cloud, judged by the vendor's Terraform provider over HTTPS.
//!
//! Skipped, with a word, where there is no `terraform`, or no `terraform-provider-tidbcloud` on the PATH or in the
//! directory that `TIDELOCK_TIDBCLOUD_PROVIDER` names. Nothing is fetched.
#![cfg(feature = "sim")]

#[cfg(test)]
#[path = "judges/served.rs"]
mod served;

use served::{Facts, hurried, over_tls, run};
use sim::example;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tidb_cloud::sim::router;
use tokio::task::block_in_place;

const PROVIDER: &str = "terraform-provider-tidbcloud";

#[tokio::test(flavor = "multi_thread")]
async fn terraform_lives_a_connections_life() {
    let Some(provider) = provider() else {
        return eprintln!("skipped: no {PROVIDER} on the PATH or in TIDELOCK_TIDBCLOUD_PROVIDER");
    };
    if let Err(reason) = run(Command::new("terraform").arg("version")) {
        return eprintln!("skipped: {reason}");
    }
    let (sim, facts) = hurried();
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dedicated-terraform");
    // What an earlier run left behind is about another world.
    let _absent = fs::remove_dir_all(&home);
    let (listening, trusted) = over_tls(router(sim.clone()), &home).await;
    write(&home, &provider, &facts).unwrap();
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
    assert_eq!(terraform(&["output", "-raw", "state"]), "ACTIVE");
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
    let cluster = example::ORDERS;
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

output "state" {{
  value = tidbcloud_dedicated_private_endpoint_connection.orders.endpoint_state
}}
"#
    );
    fs::write(home.join("terraform.rc"), overrides)?;
    fs::write(home.join("main.tf"), wish)
}

/// The directory that holds the provider.
#[expect(clippy::disallowed_methods, reason = "where the provider is, only the environment knows")]
fn provider() -> Option<PathBuf> {
    let named = std::env::var_os("TIDELOCK_TIDBCLOUD_PROVIDER").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = named.into_iter().chain(std::env::split_paths(&path));
    places.find(|place| place.join(PROVIDER).is_file())
}
