//! A caller who has read the protocol's description, and nothing else.

use cloud::{Request, Response, Wire};
use quick_xml::Reader;
use quick_xml::events::Event;
use sim::{Deed, Draws, LinkDeed, RouterWire, Sim, World, example};
use std::fmt::Write as _;
use std::time::Duration;

pub(crate) const SIGNATURE: &str =
    "1111111111111111111111111111111111111111111111111111111111111111";

pub(crate) struct Aws {
    pub(crate) sim: Sim,
    wire: RouterWire,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Aws {
    pub(crate) fn new(draws: Draws) -> Aws {
        let sim = Sim::poked(World::example(draws, 7));
        let wire = RouterWire::new(cloud_aws::sim::router(sim.clone()));
        Aws { sim, wire }
    }

    pub(crate) fn documented() -> Aws {
        Aws::new(Draws::documented())
    }

    pub(crate) async fn ec2(&self, action: &str, parameters: &[(&str, &str)]) -> Reply {
        self.call("ec2", "2016-11-15", action, parameters).await
    }

    pub(crate) async fn call(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Reply {
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            write!(body, "&{}={}", encode(name), encode(value)).unwrap();
        }
        let scope = format!("{}/20260105/us-east-1/{service}/aws4_request", example::ACCESS_KEY);
        self.send(&authorization(&scope), body).await.unwrap()
    }

    /// `Err` is a lost connection.
    pub(crate) async fn send(&self, authorization: &str, body: String) -> Result<Reply, String> {
        let request: Request = http::Request::post("http://ec2.us-east-1.amazonaws.com/")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("x-amz-date", "20260105T000000Z")
            .header("authorization", authorization)
            .body(body.into())
            .unwrap();
        let reply: Response = self.wire.send(request).await.map_err(|error| error.to_string())?;
        let status = reply.status().as_u16();
        Ok(Reply { status, body: String::from_utf8(reply.into_body().to_vec()).unwrap() })
    }

    /// The service of the example's cluster *orders*.
    pub(crate) fn service(&self) -> String {
        self.sim.with(|world| {
            let found = world.services().find(|its| its.cluster.as_str() == example::ORDERS);
            found.unwrap().name.to_string()
        })
    }

    /// A VPC endpoint with two subnets.
    pub(crate) async fn create(&self, more: &[(&str, &str)]) -> Reply {
        let service = self.service();
        let mut parameters = vec![
            ("VpcEndpointType", "Interface"),
            ("VpcId", example::VPC),
            ("ServiceName", service.as_str()),
            ("SubnetId.1", example::SUBNETS[0]),
            ("SubnetId.2", example::SUBNETS[1]),
            ("SecurityGroupId.1", example::GROUP_OPEN),
        ];
        parameters.extend_from_slice(more);
        self.ec2("CreateVpcEndpoint", &parameters).await
    }

    pub(crate) async fn created(&self) -> String {
        self.create(&[]).await.one("vpcEndpoint/vpcEndpointId")
    }

    pub(crate) async fn available(&self) -> String {
        let id = self.created().await;
        self.console(&id, LinkDeed::Accept);
        self.sim.poke(Duration::from_mins(2));
        id
    }

    pub(crate) fn console(&self, link: &str, deed: LinkDeed) {
        let deed = Deed::ToLink { link: link.to_owned(), deed };
        self.sim.with(|world| world.deed(deed)).unwrap();
    }

    pub(crate) async fn endpoint(&self, id: &str) -> Reply {
        self.ec2("DescribeVpcEndpoints", &[("VpcEndpointId.1", id)]).await
    }
}

impl Reply {
    /// Every value at this path below the root. The answer must be well-formed XML.
    pub(crate) fn all(&self, path: &str) -> Vec<String> {
        let mut reader = Reader::from_str(&self.body);
        let mut stack: Vec<String> = vec![];
        let mut found = vec![];
        let mut text = String::new();
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}: {}", self.body)) {
                Event::Start(tag) => {
                    stack.push(tag.name().as_ref().to_owned());
                    text.clear();
                }
                Event::Text(more) => text.push_str(&more),
                Event::GeneralRef(name) => text.push_str(entity(&name)),
                Event::End(_) => {
                    if stack[1..].join("/") == path {
                        found.push(std::mem::take(&mut text));
                    }
                    stack.pop();
                }
                Event::Decl(_) => {}
                Event::Eof => break,
                other @ (Event::Empty(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::PI(_)
                | Event::DocType(_)) => panic!("{other:?} in {}", self.body),
            }
        }
        assert!(stack.is_empty(), "{}", self.body);
        found
    }

    pub(crate) fn one(&self, path: &str) -> String {
        let mut all = self.all(path);
        assert_eq!(all.len(), 1, "{path} in {} {}", self.status, self.body);
        all.remove(0)
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.all(path).len()
    }

    /// An EC2 error: status, code, message.
    pub(crate) fn error(&self) -> (u16, String, String) {
        assert!(!self.one("RequestID").is_empty());
        (self.status, self.one("Errors/Error/Code"), self.one("Errors/Error/Message"))
    }

    pub(crate) fn code(&self) -> String {
        self.error().1
    }
}

pub(crate) fn authorization(scope: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=content-type;host;x-amz-date, \
         Signature={SIGNATURE}"
    )
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if plain(byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
        encoded
    })
}

fn entity(name: &str) -> &'static str {
    match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => panic!("unknown entity {name}"),
    }
}
