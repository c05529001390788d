//! A step as text for the journal, and back; see the endpoints' journal for what the text must be.

use planner::dataflow::{AttachmentId, Block, ConnectionId, DomainName, EndpointId, PartId, Step};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Written {
    CreatePart { part: Kind },
    UpdatePart { part: Kind, id: String },
    DeletePart { part: Kind, id: String },
    RegisterTarget { address: IpAddr },
    DeregisterTarget { address: IpAddr },
    Permit,
    Forbid,
    Withdraw { service: String },
    Connect { service: String },
    Disconnect { connection: String },
    Attach { connection: String, kind: Domains, name: String },
    Detach { connection: String, attachment: String },
    Accept { endpoint: String },
    Reject { endpoint: String },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    TargetGroup,
    LoadBalancer,
    Listener,
    Service,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Domains {
    Managed,
    Confluent,
    Other,
}

#[must_use]
pub fn write(step: &Step) -> String {
    let written = match step.clone() {
        Step::Create(block) => Written::CreatePart { part: block.into() },
        Step::Update(block, PartId(id)) => {
            Written::UpdatePart { part: block.into(), id: id.to_string() }
        }
        Step::Delete(block, PartId(id)) => {
            Written::DeletePart { part: block.into(), id: id.to_string() }
        }
        Step::RegisterTarget(address) => Written::RegisterTarget { address },
        Step::DeregisterTarget(address) => Written::DeregisterTarget { address },
        Step::Permit => Written::Permit,
        Step::Forbid => Written::Forbid,
        Step::Withdraw { service: PartId(id) } => Written::Withdraw { service: id.to_string() },
        Step::Connect { service: PartId(id) } => Written::Connect { service: id.to_string() },
        Step::Disconnect { connection: ConnectionId(id) } => {
            Written::Disconnect { connection: id.to_string() }
        }
        Step::Attach { connection: ConnectionId(id), domain } => {
            let (kind, name) = match domain {
                DomainName::Managed => (Domains::Managed, String::new()),
                DomainName::Confluent(name) => (Domains::Confluent, name.to_string()),
                DomainName::Other(word) => (Domains::Other, word.to_string()),
            };
            Written::Attach { connection: id.to_string(), kind, name }
        }
        Step::Detach { connection: ConnectionId(id), attachment: AttachmentId(attachment) } => {
            Written::Detach { connection: id.to_string(), attachment: attachment.to_string() }
        }
        Step::Accept { endpoint: EndpointId(id) } => Written::Accept { endpoint: id.to_string() },
        Step::Reject { endpoint: EndpointId(id) } => Written::Reject { endpoint: id.to_string() },
    };
    serde_json::to_string(&written).expect("strings are always JSON")
}

#[must_use]
pub fn read(text: &str) -> Option<Step> {
    Some(match serde_json::from_str(text).ok()? {
        Written::CreatePart { part } => Step::Create(part.into()),
        Written::UpdatePart { part, id } => Step::Update(part.into(), PartId(id.into())),
        Written::DeletePart { part, id } => Step::Delete(part.into(), PartId(id.into())),
        Written::RegisterTarget { address } => Step::RegisterTarget(address),
        Written::DeregisterTarget { address } => Step::DeregisterTarget(address),
        Written::Permit => Step::Permit,
        Written::Forbid => Step::Forbid,
        Written::Withdraw { service } => Step::Withdraw { service: PartId(service.into()) },
        Written::Connect { service } => Step::Connect { service: PartId(service.into()) },
        Written::Disconnect { connection } => {
            Step::Disconnect { connection: ConnectionId(connection.into()) }
        }
        Written::Attach { connection, kind, name } => {
            let domain = match kind {
                Domains::Managed => DomainName::Managed,
                Domains::Confluent => DomainName::Confluent(name.into()),
                Domains::Other => DomainName::Other(name.into()),
            };
            Step::Attach { connection: ConnectionId(connection.into()), domain }
        }
        Written::Detach { connection, attachment } => Step::Detach {
            connection: ConnectionId(connection.into()),
            attachment: AttachmentId(attachment.into()),
        },
        Written::Accept { endpoint } => Step::Accept { endpoint: EndpointId(endpoint.into()) },
        Written::Reject { endpoint } => Step::Reject { endpoint: EndpointId(endpoint.into()) },
    })
}

impl From<Block> for Kind {
    fn from(block: Block) -> Kind {
        match block {
            Block::TargetGroup => Kind::TargetGroup,
            Block::LoadBalancer => Kind::LoadBalancer,
            Block::Listener => Kind::Listener,
            Block::Service => Kind::Service,
        }
    }
}

impl From<Kind> for Block {
    fn from(kind: Kind) -> Block {
        match kind {
            Kind::TargetGroup => Block::TargetGroup,
            Kind::LoadBalancer => Block::LoadBalancer,
            Kind::Listener => Block::Listener,
            Kind::Service => Block::Service,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_survives_the_journal() {
        let part = || PartId("part".into());
        let endpoint = || EndpointId("vpce-1".into());
        let connection = || ConnectionId("plc-1".into());
        let attach = |domain| Step::Attach { connection: connection(), domain };
        for step in [
            Step::Create(Block::TargetGroup),
            Step::Create(Block::Service),
            Step::Update(Block::LoadBalancer, part()),
            Step::Delete(Block::Listener, part()),
            Step::Delete(Block::LoadBalancer, part()),
            Step::RegisterTarget([10, 0, 0, 1].into()),
            Step::DeregisterTarget([10, 0, 0, 1].into()),
            Step::Permit,
            Step::Forbid,
            Step::Withdraw { service: PartId("vpce-svc-1".into()) },
            Step::Connect { service: part() },
            Step::Disconnect { connection: connection() },
            attach(DomainName::Managed),
            attach(DomainName::Confluent("domnprzqrog.us-east-1".into())),
            attach(DomainName::Other("NEW".into())),
            Step::Detach { connection: connection(), attachment: AttachmentId("ad-1".into()) },
            Step::Accept { endpoint: endpoint() },
            Step::Reject { endpoint: endpoint() },
        ] {
            assert_eq!(read(&write(&step)), Some(step));
        }
        assert_eq!(read("{\"dance\":{}}"), None);
    }
}
