//! A world with one project, two clusters and a network, and somebody who calls its API in process.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Request, StatusCode};
use http_auth::{PasswordClient, PasswordParams};
use serde_json::Value;
use sim::{
    Draws, LinkRequest, Lost, Network, NewCluster, ProjectId, Scope, ServiceState, Sim, Subnet,
    World, zones,
};
use std::collections::BTreeSet;
use std::time::Duration;
use tidb_cloud::sim::{Algorithm, router_speaking};
use tower::ServiceExt;

pub(crate) const PUBLIC: &str = "sim-public";
pub(crate) const PRIVATE: &str = "sim-private";
pub(crate) const PROJECT: &str = "1372813089209061633";
pub(crate) const ORDERS: &str = "1379661944646413143";
pub(crate) const REPORTS: &str = "1379661944646413144";
pub(crate) const EVERYWHERE: &str =
    "/v1beta1/clusters/-/tidbNodeGroups/-/privateEndpointConnections";

pub(crate) struct Desk {
    pub(crate) sim: Sim,
    pub(crate) private: String,
    router: Router,
    digest: Option<PasswordClient>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Desk {
    pub(crate) fn new(draws: Draws) -> Desk {
        Desk::speaking(draws, Algorithm::Md5)
    }

    pub(crate) fn documented() -> Desk {
        Desk::new(Draws::documented())
    }

    pub(crate) fn speaking(draws: Draws, algorithm: Algorithm) -> Desk {
        Desk::before(world(draws), algorithm)
    }

    /// The example, with every tier on every cloud.
    pub(crate) fn example(draws: Draws) -> Desk {
        let mut world = World::example(draws, 1);
        world.add_api_key(PUBLIC, PRIVATE);
        Desk::before(world, Algorithm::Md5)
    }

    fn before(world: World, algorithm: Algorithm) -> Desk {
        let sim = Sim::poked(world);
        let router = router_speaking(sim.clone(), algorithm);
        Desk { sim, private: PRIVATE.to_owned(), router, digest: None }
    }

    /// One request as it is. `None`: no answer ever comes.
    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        header: Option<&str>,
        body: &str,
    ) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(target);
        if let Some(header) = header {
            request = request.header(AUTHORIZATION, header);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        if answer.extensions().get::<Lost>().is_some() {
            return None;
        }
        let (parts, body) = answer.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Some(Answer { status: parts.status, headers: parts.headers, text })
    }

    /// Answers the challenge if there is one, and keeps the nonce.
    pub(crate) async fn ask(&mut self, method: &str, target: &str, body: &str) -> Option<Answer> {
        let header = self.authorization(method, target);
        let first = self.send(method, target, header.as_deref(), body).await?;
        let challenge = first.headers.get(WWW_AUTHENTICATE).map(|value| value.to_str().unwrap());
        let Some(challenge) = challenge else { return Some(first) };
        self.digest = Some(PasswordClient::try_from(challenge).unwrap());
        let header = self.authorization(method, target);
        self.send(method, target, header.as_deref(), body).await
    }

    /// Answers this challenge from now on.
    pub(crate) fn take(&mut self, challenge: &str) {
        self.digest = Some(PasswordClient::try_from(challenge).unwrap());
    }

    pub(crate) fn authorization(&mut self, method: &str, target: &str) -> Option<String> {
        let digest = self.digest.as_mut()?;
        let params = PasswordParams {
            username: PUBLIC,
            password: &self.private,
            uri: target,
            method,
            body: None,
        };
        Some(digest.respond(&params).unwrap())
    }

    pub(crate) async fn get(&mut self, target: &str, definition: &str) -> Value {
        self.call("GET", target, "", 200, definition).await
    }

    /// The body, which must be what the vendor's figures say.
    pub(crate) async fn call(
        &mut self,
        method: &str,
        target: &str,
        body: &str,
        status: u16,
        definition: &str,
    ) -> Value {
        let answer = self.ask(method, target, body).await.expect("an answer");
        assert_eq!(answer.status.as_u16(), status, "{method} {target}: {}", answer.text);
        let value = serde_json::from_str(&answer.text).unwrap();
        crate::schema::check(definition, &value);
        value
    }

    pub(crate) async fn post(&mut self, cluster: &str, link: &str) -> Value {
        let home = self.home(cluster);
        let body = format!(r#"{{"endpointId":"{link}","privateIpAddress":""}}"#);
        self.call("POST", &home, &body, 200, "PrivateEndpointConnection").await
    }

    /// Where the connections of a cluster's default group are.
    pub(crate) fn home(&self, cluster: &str) -> String {
        format!("{}/privateEndpointConnections", self.group(cluster))
    }

    pub(crate) fn group(&self, cluster: &str) -> String {
        let group =
            self.sim.with(|world| world.cluster(cluster).unwrap().node_groups[0].id.clone());
        format!("/v1beta1/clusters/{cluster}/tidbNodeGroups/{group}")
    }

    /// A VPC endpoint that asks for a cluster's service.
    pub(crate) fn link(&self, cluster: &str) -> String {
        self.sim.with(|world| {
            let service = world.cluster(cluster).unwrap().node_groups[0].service.to_string();
            let subnets = BTreeSet::from(["subnet-1".to_owned()]);
            let request =
                LinkRequest { network: "vpc-1".into(), service, subnets, ..LinkRequest::default() };
            world.create_link(&scope(), &request).unwrap().id.to_string()
        })
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.sim.poke(Duration::from_secs(seconds));
    }
}

fn scope() -> Scope {
    Scope::new("123456789012", "us-east-1")
}

fn world(draws: Draws) -> World {
    let mut world = World::new(draws, 1);
    world.add_api_key(PUBLIC, PRIVATE);
    let project = world.add_project(Some(ProjectId::from(PROJECT)), "shop");
    for (id, name, ready) in [(ORDERS, "orders", true), (REPORTS, "reports", false)] {
        let mut cluster = NewCluster::new(name, "aws-us-east-1", &project);
        cluster.id = Some(id.into());
        cluster.ready = ready;
        world.add_cluster(cluster);
    }
    assert!(world.services().any(|service| service.state == ServiceState::Active));
    let zone = zones("us-east-1").remove(0);
    let cidr = "10.20.0.0/20".parse().unwrap();
    world.add_network(Network {
        id: "vpc-1".into(),
        scope: scope(),
        cidr,
        dns_support: true,
        dns_hostnames: true,
        subnets: vec![Subnet::new("subnet-1", zone, cidr)],
        security_groups: vec![],
    });
    world
}
