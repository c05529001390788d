//! Several hosts over one world: which knows what, who may ask which, and what they count together.

use crate::desk::{Desk, PUBLIC};
use axum::http::header::WWW_AUTHENTICATE;
use serde_json::Value;
use sim::{Deed, Draws, Host, Vendor, WrongHost, example};

const DEDICATED: &str = "/v1beta1/clusters";
const SHARED: &str = "/serverless/v1beta1/clusters";
const EXCLUSIVE: &str = "/v1beta2/tidbs";

#[tokio::test]
async fn a_cluster_is_known_to_one_host_only() {
    for (word, refused) in [(WrongHost::NotFound, 404), (WrongHost::Forbidden, 403)] {
        let mut desk = Desk::example(Draws { wrong_host: word, ..Draws::documented() });
        for (id, own) in [
            (example::ORDERS, DEDICATED),
            (example::azure::CLUSTER, DEDICATED),
            (example::STARTER, SHARED),
            (example::SHARED, SHARED),
            (example::alibaba::STARTER, SHARED),
            (example::EXCLUSIVE, EXCLUSIVE),
            (example::PREMIUM, EXCLUSIVE),
        ] {
            for (base, definition) in
                [(DEDICATED, "Cluster"), (SHARED, "Instance"), (EXCLUSIVE, "Tidb")]
            {
                let (status, definition) =
                    if base == own { (200, definition) } else { (refused, "Status") };
                desk.call("GET", &format!("{base}/{id}"), "", status, definition).await;
            }
            desk.call("GET", &format!("{own}/77"), "", 404, "Status").await;
        }
    }
}

#[tokio::test]
async fn a_host_is_known_by_its_name_too() {
    let desk = Desk::example(Draws::documented());
    for (name, path) in [
        ("dedicated.tidbapi.com", DEDICATED),
        ("serverless.tidbapi.com", "/v1beta1/clusters"),
        ("cloud.tidbapi.com", "/v1beta2/tidbs"),
    ] {
        let challenge = desk.send("GET", &format!("http://{name}{path}"), None, "").await.unwrap();
        assert_eq!(challenge.status, 401, "{name}");
        let challenge = challenge.headers[WWW_AUTHENTICATE].to_str().unwrap().to_owned();
        let mut signing = Desk::example(Draws::documented());
        signing.take(&challenge);
        let header = signing.authorization("GET", path);
        let target = format!("http://{name}{path}");
        let answer = desk.send("GET", &target, header.as_deref(), "").await.unwrap();
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_role_ends_where_a_host_begins() {
    let mut desk = Desk::example(Draws::documented());
    let deny = |hosts: &[Host]| Deed::DenyHosts {
        public: PUBLIC.into(),
        hosts: hosts.iter().copied().collect(),
    };
    desk.sim.with(|world| world.deed(deny(&[Host::Serverless, Host::Iam]))).unwrap();
    let body = desk.call("GET", SHARED, "", 403, "Status").await;
    assert_eq!(body["code"], 7);
    desk.call("GET", &format!("{SHARED}/{}", example::STARTER), "", 403, "Status").await;
    desk.call("GET", "/v1beta1/projects", "", 403, "Status").await;
    desk.get(DEDICATED, "Clusters").await;
    desk.get(EXCLUSIVE, "Tidbs").await;
    desk.sim.with(|world| world.deed(deny(&[]))).unwrap();
    desk.get(SHARED, "Instances").await;
}

#[tokio::test]
async fn the_minute_is_counted_over_all_hosts_and_a_nonce_over_one() {
    let mut desk = Desk::example(Draws { challenge_counts: false, ..Draws::documented() });
    let challenges =
        |desk: &Desk| desk.sim.with(|world| world.log.count(Vendor::Tidb, "Challenge"));
    let mut expected = 0;
    for (base, calls) in [(DEDICATED, 40), (SHARED, 30), (EXCLUSIVE, 30)] {
        for _ in 0..calls {
            assert_eq!(desk.ask("GET", base, "").await.unwrap().status, 200);
        }
        // To this host, the nonce of the one before is nothing: it is told so, and given another.
        expected += 1;
        assert_eq!(challenges(&desk), expected, "{base}");
    }
    for base in [SHARED, EXCLUSIVE, DEDICATED] {
        let answer = desk.ask("GET", base, "").await.unwrap();
        assert_eq!(answer.status, 429, "{base}: {}", answer.text);
        assert_eq!(answer.headers["x-ratelimit-remaining-minute"], "0");
        let body: Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(body["code"], 49_900_007);
    }
}
