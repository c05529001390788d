//! A caller who has read the protocol's description, and nothing else.

use cloud::{Request, Response, Wire};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sim::example::alibaba as example;
use sim::{Draws, RouterWire, Sim, World};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) struct Door {
    pub(crate) sim: Sim,
    wire: RouterWire,
    nonces: AtomicU64,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Json,
    pub(crate) pause: Option<String>,
}

/// One request, to be spoilt before it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Knock {
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: String,
    /// Signed, in this order; by lower-case name.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) secret: String,
}

impl Door {
    pub(crate) fn new(draws: Draws) -> Door {
        let sim = Sim::poked(World::example(draws, 7));
        let wire = RouterWire::new(cloud_alibaba::sim::router(sim.clone()));
        Door { sim, wire, nonces: AtomicU64::new(1) }
    }

    pub(crate) fn documented() -> Door {
        Door::new(Draws::documented())
    }

    pub(crate) fn knock(&self, action: &str, parameters: &[(&str, &str)]) -> Knock {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let nonce = format!("nonce-{}", self.nonces.fetch_add(1, Ordering::Relaxed));
        let version = match action {
            "GetCallerIdentity" | "AssumeRole" => "2015-04-01",
            "DescribeVSwitches" => "2016-04-28",
            "DescribeSecurityGroupAttribute" => "2014-05-26",
            _ => "2020-04-15",
        };
        let headers = [
            ("host", "privatelink.ap-southeast-1.aliyuncs.com"),
            ("x-acs-action", action),
            ("x-acs-date", "2026-11-21T07:00:00Z"),
            ("x-acs-signature-nonce", &nonce),
            ("x-acs-version", version),
        ];
        let region = ("RegionId".to_owned(), example::REGION.to_owned());
        let is_sts = version == "2015-04-01";
        Knock {
            query: parameters.iter().map(own).chain((!is_sts).then_some(region)).collect(),
            body: String::new(),
            headers: headers.iter().map(own).collect(),
            secret: example::ACCESS_KEY_SECRET.into(),
        }
    }

    /// The same of another product, by the version of its interface.
    pub(crate) async fn call_of(
        &self,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Reply {
        let mut knock = self.knock(action, parameters);
        let its = knock.headers.iter_mut().find(|(name, _)| name == "x-acs-version");
        its.unwrap().1 = version.to_owned();
        self.send(&knock).await.unwrap()
    }

    pub(crate) async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.send(&self.knock(action, parameters)).await.unwrap()
    }

    pub(crate) async fn send(&self, knock: &Knock) -> Result<Reply, String> {
        self.deliver(signed(knock, example::ACCESS_KEY)).await
    }

    /// `Err` is a lost connection.
    pub(crate) async fn deliver(&self, request: Request) -> Result<Reply, String> {
        let reply: Response = self.wire.send(request).await.map_err(|error| error.to_string())?;
        let pause = reply.headers().get("x-acs-retry-after");
        let pause = pause.map(|value| value.to_str().unwrap().to_owned());
        let status = reply.status().as_u16();
        let body = serde_json::from_slice(reply.body()).unwrap_or(Json::Null);
        Ok(Reply { status, body, pause })
    }

    pub(crate) fn service(&self) -> String {
        self.sim.with(|world| {
            let found = world.services().find(|its| its.cluster.as_str() == example::PREMIUM);
            found.unwrap().name.to_string()
        })
    }

    /// An endpoint in two zones.
    pub(crate) async fn create(&self, more: &[(&str, &str)]) -> Reply {
        let service = self.service();
        let mut parameters = vec![
            ("VpcId", example::VPC),
            ("ServiceName", service.as_str()),
            ("Zone.1.ZoneId", "ap-southeast-1a"),
            ("Zone.1.VSwitchId", example::SWITCHES[0]),
            ("Zone.2.ZoneId", "ap-southeast-1b"),
            ("Zone.2.VSwitchId", example::SWITCHES[1]),
            ("SecurityGroupId.1", example::GROUP_OPEN),
        ];
        parameters.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        parameters.extend_from_slice(more);
        self.call("CreateVpcEndpoint", &parameters).await
    }

    pub(crate) async fn created(&self) -> String {
        let reply = self.create(&[]).await;
        reply.body["EndpointId"].as_str().unwrap_or_else(|| panic!("{reply:?}")).to_owned()
    }

    pub(crate) async fn states(&self, link: &str) -> (String, String) {
        let reply = self.call("GetVpcEndpointAttribute", &[("EndpointId", link)]).await;
        let word = |name: &str| reply.body[name].as_str().unwrap_or_default().to_owned();
        (word("EndpointStatus"), word("ConnectionStatus"))
    }
}

impl Reply {
    /// An error: status and code, in the vendor's own form.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        for name in ["RequestId", "HostId", "Message"] {
            assert!(self.body[name].is_string(), "{name} in {self:?}");
        }
        (self.status, self.body["Code"].as_str().unwrap_or_default())
    }
}

/// Signed by the description: what is sorted, escaped and hashed is written here once more.
pub(crate) fn signed(knock: &Knock, key: &str) -> Request {
    let Knock { query, body, headers, secret } = knock;
    let hash = hex::encode(Sha256::digest(body));
    let mut headers = headers.clone();
    headers.push(("x-acs-content-sha256".into(), hash.clone()));
    headers.sort();
    let mut pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    pairs.sort();
    let pairs = pairs.join("&");
    let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let mut canonical = format!("POST\n/\n{pairs}\n");
    for (name, value) in &headers {
        writeln!(canonical, "{name}:{value}").unwrap();
    }
    write!(canonical, "\n{names}\n{hash}").unwrap();
    let text = format!("ACS3-HMAC-SHA256\n{}", hex::encode(Sha256::digest(canonical)));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let mut request = http::Request::post(format!("http://privatelink.test/?{pairs}"));
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let authorization =
        format!("ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}");
    request.header("authorization", authorization).body(body.clone().into()).unwrap()
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if plain(byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        escaped
    })
}
