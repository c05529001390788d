//! One manifest, two accounts of one cloud, each with credentials of its own: what the other's could do is never tried.
//!
//! The simulator knows whose key a call was signed with, and lets nobody into an account that the key does not reach.

use crate::house::House;
use crate::matrix::{Row, on_alibaba, on_aws, on_azure, on_gcp};
use serde_json::json;
use sim::example::{self, alibaba, azure, gcp};
use sim::{Credential, Deed, Entry, Network, Outcome, Vendor};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// What is another in the second account: each of the first's words, and the second's.
type Swaps<'a> = &'a [(&'a str, &'a str)];

/// A cloud with two customers' accounts in it.
struct Two<'a> {
    vendor: Vendor,
    row: Row,
    /// The account's own id, and what stands in it; the alias in the manifest comes from the first.
    swaps: Swaps<'a>,
    accounts: [&'a str; 2],
    network: &'a str,
    credential: Credential,
}

fn swapped(text: &str, swaps: Swaps<'_>) -> String {
    swaps.iter().fold(text.to_owned(), |text, (one, other)| text.replace(one, other))
}

impl Two<'_> {
    /// The second account is like the first, and stands beside it.
    fn furnish(&self, house: &House) {
        let network = house.sim.with(|world| {
            let mut all = world.all_networks();
            all.find(|network| network.id.as_str() == self.network).cloned()
        });
        let text = serde_json::to_string(&network.expect("the example has it")).unwrap();
        let twin: Network = serde_json::from_str(&swapped(&text, self.swaps)).unwrap();
        house.deed(Deed::AddNetwork(twin));
        house.deed(Deed::AddCredential(self.credential.clone()));
    }

    /// One endpoint in each account, of one cluster.
    fn manifest(&self, alias: &str) -> String {
        let first = self.row.manifest_as("row", "in-first");
        let (_, endpoint) = first.split_once("    endpoints:\n").expect("it has one");
        let names = [("in-first", "in-second"), (alias, "second")];
        format!("{first}{}", swapped(&swapped(endpoint, self.swaps), &names))
    }

    fn calls(&self, house: &House) -> Vec<Entry> {
        house.sim.with(|world| {
            let ours = |entry: &&Entry| entry.call.vendor == self.vendor;
            world.log.latest().filter(ours).cloned().collect()
        })
    }

    /// Each endpoint stands in its own account, was made by whoever calls as that account, and nobody was turned away.
    fn is_kept_apart(&self, house: &House) {
        let stands: BTreeMap<String, String> = house.sim.with(|world| {
            let live = world.true_links().filter(|link| link.is_live());
            live.map(|link| (link.network.to_string(), link.scope.account.clone())).collect()
        });
        let [first, second] = self.accounts.map(str::to_owned);
        let networks = [self.network.to_owned(), swapped(self.network, self.swaps)];
        let expected = networks.into_iter().zip([first.clone(), second.clone()]);
        assert_eq!(stands, expected.collect(), "{:?}", self.vendor);
        let calls = self.calls(house);
        let turned_away = |entry: &&Entry| matches!(entry.outcome, Outcome::Answered(401 | 403));
        assert_eq!(calls.iter().find(turned_away), None, "{:?}", self.vendor);
        let by = |mutating: bool| -> BTreeSet<String> {
            let such = calls.iter().filter(|entry| entry.call.mutating == mutating);
            let accounts = such.map(|entry| entry.call.account.clone());
            accounts.filter(|account| !account.is_empty()).collect()
        };
        let both = BTreeSet::from([first, second]);
        assert_eq!((by(false), by(true)), (both.clone(), both), "{:?}", self.vendor);
    }

    async fn are_kept_apart(&self, house: &House, alias: &str) {
        self.furnish(house);
        house.write("row.yaml", &self.manifest(alias));
        house.ok(&["apply", "manifests", "--yes"]).await;
        self.is_kept_apart(house);
    }
}

pub(crate) fn credential(vendor: Vendor, id: &str, secret: &str, account: &str) -> Credential {
    let (id, secret) = (id.to_owned(), secret.to_owned());
    Credential { vendor, id, secret, accounts: vec![account.into()], ..Credential::default() }
}

#[tokio::test]
async fn two_profiles_of_aws() {
    let (account, key) = ("210987654321", "AKIAI44QH8DHBEXAMPLE");
    let mut house = House::new().await;
    let keys = [("one", example::ACCESS_KEY), ("two", key)];
    let keys = keys.map(|(name, key)| {
        format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = any\n")
    });
    fs::write(house.path("aws-credentials"), keys.concat()).unwrap();
    let file = house.path("aws-credentials").to_str().unwrap().to_owned();
    house.set("AWS_SHARED_CREDENTIALS_FILE", file);
    // The environment's own keys, which every house has, are nobody's here.
    house.set("AWS_ACCESS_KEY_ID", "AKIAI000000000EXAMPLE");
    let accounts = [("prod", "one", example::ACCOUNT), ("second", "two", account)];
    let accounts = accounts.map(|(alias, profile, id)| {
        format!("[accounts.{alias}]\ncloud = \"aws\"\nprofile = {profile:?}\naccount_id = {id:?}\n")
    });
    house.moves_to(&accounts.concat());
    let two = Two {
        vendor: Vendor::Aws,
        row: on_aws("starter", example::STARTER, false),
        swaps: &[
            (example::ACCOUNT, account),
            (example::VPC, "vpc-0f12a34b56d78e90f"),
            ("-0a1b2c3d4e5f6", "-0f1b2c3d4e5f6"),
        ],
        accounts: [example::ACCOUNT, account],
        network: example::VPC,
        credential: credential(Vendor::Aws, key, "", account),
    };
    two.are_kept_apart(&house, "prod").await;
}

#[tokio::test]
async fn two_profiles_of_alibaba_cloud() {
    let (account, key, secret) = ("6543210987654321", "LTAI5tSecondAccessKeyId", "second");
    let mut house = House::new().await;
    let profile = |name: &str, id: &str, secret: &str| json!({"name": name, "mode": "AK", "access_key_id": id, "access_key_secret": secret});
    let one = profile("one", alibaba::ACCESS_KEY, alibaba::ACCESS_KEY_SECRET);
    let profiles = json!({"current": "none", "profiles": [one, profile("two", key, secret)]});
    fs::create_dir(house.path(".aliyun")).unwrap();
    fs::write(house.path(".aliyun/config.json"), profiles.to_string()).unwrap();
    house.set("HOME", house.path(".").to_str().unwrap().to_owned());
    house.set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tNobodysAccessKeyId");
    let url = format!("http://{}", house.address());
    let accounts = [("prod-alibaba", "one", alibaba::ACCOUNT), ("second", "two", account)];
    let accounts = accounts.map(|(alias, profile, id)| {
        format!(
            "[accounts.{alias}]\ncloud = \"alibaba\"\nprofile = {profile:?}\naccount_id = {id:?}\n\
             endpoint_url = {url:?}\n"
        )
    });
    house.moves_to(&accounts.concat());
    let two = Two {
        vendor: Vendor::Alibaba,
        row: on_alibaba("starter", alibaba::STARTER, false),
        swaps: &[(alibaba::ACCOUNT, account), ("-t4nexample", "-t4nsecond0")],
        accounts: [alibaba::ACCOUNT, account],
        network: alibaba::VPC,
        credential: credential(Vendor::Alibaba, key, secret, account),
    };
    two.are_kept_apart(&house, "prod-alibaba").await;
}

#[tokio::test]
async fn two_applications_of_azure() {
    let subscription = "0c9b8a7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d";
    let (client, secret) = ("a1b2c3d4-0000-4000-8000-00000000000b", "second~client~secret");
    let house = House::new().await;
    let url = format!("http://{}", house.address());
    let accounts = [
        ("prod-azure", azure::SUBSCRIPTION, azure::CLIENT_ID, azure::CLIENT_SECRET),
        ("second", subscription, client, secret),
    ];
    let accounts = accounts.map(|(alias, subscription, client, secret)| {
        let file = house.path(&format!("{alias}-secret"));
        fs::write(&file, secret).unwrap();
        format!(
            "[accounts.{alias}]\ncloud = \"azure\"\nsubscription_id = {subscription:?}\nclient_id = {client:?}\n\
             client_secret_file = {file:?}\nendpoint_url = {url:?}\n"
        )
    });
    house.moves_to(&accounts.concat());
    let known = credential(Vendor::Azure, client, secret, subscription);
    let two = Two {
        vendor: Vendor::Azure,
        row: on_azure(),
        swaps: &[(azure::SUBSCRIPTION, subscription)],
        accounts: [azure::SUBSCRIPTION, subscription],
        network: azure::NETWORK,
        credential: Credential { tenant: azure::TENANT.into(), ..known },
    };
    two.are_kept_apart(&house, "prod-azure").await;
}

#[tokio::test]
async fn two_tokens_of_google_cloud() {
    let (project, token) = ("shop-test-242424", "ya29.second-access-token");
    let house = House::new().await;
    let url = format!("http://{}", house.address());
    let accounts = [("prod-gcp", gcp::PROJECT, gcp::TOKEN), ("second", project, token)];
    let accounts = accounts.map(|(alias, project, token)| {
        let file = house.path(&format!("{alias}-token"));
        fs::write(&file, token).unwrap();
        format!(
            "[accounts.{alias}]\ncloud = \"gcp\"\nproject = {project:?}\naccess_token_file = {file:?}\n\
             endpoint_url = {url:?}\n"
        )
    });
    house.moves_to(&accounts.concat());
    let two = Two {
        vendor: Vendor::Gcp,
        row: on_gcp(),
        swaps: &[(gcp::PROJECT, project)],
        accounts: [gcp::PROJECT, project],
        network: gcp::NETWORK,
        credential: credential(Vendor::Gcp, "second@example", token, project),
    };
    two.are_kept_apart(&house, "prod-gcp").await;
}

/// Credentials that came to mean another account, and a configuration that names none.
struct Stray<'a> {
    vendor: Vendor,
    row: Row,
    alias: &'a str,
    was: &'a str,
    account: &'a str,
    key: (&'a str, &'a str),
    secret: (&'a str, &'a str),
}

impl Stray<'_> {
    /// The one endpoint that stands would look gone: it would be made again there, and its connection would go.
    async fn is_left_alone(&self, mut house: House, configured: &str) {
        let Stray { vendor, row, alias, was, account, key, secret } = self;
        house.moves_to(configured);
        house.write("row.yaml", &row.manifest_as("row", "stays"));
        house.ok(&["apply", "manifests", "--yes"]).await;
        let before = house.mutating_calls();
        house.deed(Deed::AddCredential(credential(*vendor, key.1, secret.1, account)));
        house.set(key.0, key.1);
        house.set(secret.0, secret.1);
        let objects = format!("account {alias} was {was}, but the credentials belong to {account}");
        for command in [&["plan", "manifests"][..], &["apply", "manifests", "--yes"]] {
            let ended = house.run(command).await;
            let text = format!("{}{}", ended.out, ended.err);
            assert!(text.contains(&objects), "{command:?}: {text}");
            assert!(text.contains(&format!("account_id = \"{account}\"")), "{command:?}: {text}");
            assert_ne!(ended.code, Some(0), "{command:?}: {text}");
        }
        assert_eq!(house.mutating_calls(), before);
        // By the operator's word it is that account.
        house.moves_to(&format!("{configured}account_id = \"{account}\"\n"));
        let ended = house.run(&["plan", "manifests"]).await;
        assert!(!format!("{}{}", ended.out, ended.err).contains("but the credentials"));
    }
}

#[tokio::test]
async fn aws_keys_that_become_another_accounts() {
    let stray = Stray {
        vendor: Vendor::Aws,
        row: on_aws("starter", example::STARTER, false),
        alias: "prod",
        was: example::ACCOUNT,
        account: "210987654321",
        key: ("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"),
        secret: ("AWS_SECRET_ACCESS_KEY", "any"),
    };
    stray.is_left_alone(House::new().await, "[accounts.prod]\ncloud = \"aws\"\n").await;
}

#[tokio::test]
async fn alibaba_cloud_keys_that_become_another_accounts() {
    let stray = Stray {
        vendor: Vendor::Alibaba,
        row: on_alibaba("starter", alibaba::STARTER, false),
        alias: "prod-alibaba",
        was: alibaba::ACCOUNT,
        account: "6543210987654321",
        key: ("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5tSecondAccessKeyId"),
        secret: ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "second"),
    };
    let house = House::new().await;
    let url = format!("http://{}", house.address());
    let account = format!("[accounts.prod-alibaba]\ncloud = \"alibaba\"\nendpoint_url = {url:?}\n");
    stray.is_left_alone(house, &account).await;
}
