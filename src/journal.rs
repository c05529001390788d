//! A step as text for the journal, and back.
//!
//! The text is ours to keep readable by older and newer versions: a step that cannot be read any more counts as
//! unknown, and is dropped from memory. It is not the text that people see.

use planner::endpoint::{
    Address, Completion, ConnectionId, LinkId, Registration, ServiceName, Step,
};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Written {
    CreateLink { service: String, late: bool },
    AdoptLink { link: String },
    UpdateLink { link: String },
    DeleteLink { link: String },
    ReleaseLink { link: String },
    Register { link: String, ip: Option<IpAddr>, domain: Option<String> },
    Unregister { connection: String },
}

#[must_use]
pub fn write(step: &Step) -> String {
    let written = match step {
        Step::CreateLink { service: ServiceName(service), completion } => Written::CreateLink {
            service: service.clone(),
            late: *completion == Completion::AfterAcceptance,
        },
        Step::AdoptLink { link } => Written::AdoptLink { link: link.0.clone() },
        Step::UpdateLink { link } => Written::UpdateLink { link: link.0.clone() },
        Step::DeleteLink { link } => Written::DeleteLink { link: link.0.clone() },
        Step::ReleaseLink { link } => Written::ReleaseLink { link: link.0.clone() },
        Step::Register(Registration { link, address }) => {
            let (ip, domain) = match address {
                Address::None => (None, None),
                Address::Ip(ip) => (Some(*ip), None),
                Address::Domain(domain) => (None, Some(domain.clone())),
            };
            Written::Register { link: link.0.clone(), ip, domain }
        }
        Step::Unregister { connection } => Written::Unregister { connection: connection.0.clone() },
    };
    serde_json::to_string(&written).expect("strings and flags are always JSON")
}

#[must_use]
pub fn read(text: &str) -> Option<Step> {
    Some(match serde_json::from_str(text).ok()? {
        Written::CreateLink { service, late } => Step::CreateLink {
            service: ServiceName(service),
            completion: if late { Completion::AfterAcceptance } else { Completion::AtCreation },
        },
        Written::AdoptLink { link } => Step::AdoptLink { link: LinkId(link) },
        Written::UpdateLink { link } => Step::UpdateLink { link: LinkId(link) },
        Written::DeleteLink { link } => Step::DeleteLink { link: LinkId(link) },
        Written::ReleaseLink { link } => Step::ReleaseLink { link: LinkId(link) },
        Written::Register { link, ip, domain } => {
            let address = match (ip, domain) {
                (Some(ip), _) => Address::Ip(ip),
                (None, Some(domain)) => Address::Domain(domain),
                (None, None) => Address::None,
            };
            Step::Register(Registration { link: LinkId(link), address })
        }
        Written::Unregister { connection } => {
            Step::Unregister { connection: ConnectionId(connection) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_survives_the_journal() {
        let link = || LinkId("vpce-1".into());
        let register = |address| Step::Register(Registration { link: link(), address });
        let service = || ServiceName("svc".into());
        for step in [
            Step::CreateLink { service: service(), completion: Completion::AfterAcceptance },
            Step::CreateLink { service: service(), completion: Completion::AtCreation },
            Step::AdoptLink { link: link() },
            Step::UpdateLink { link: link() },
            Step::DeleteLink { link: link() },
            Step::ReleaseLink { link: link() },
            register(Address::None),
            register(Address::Ip([10, 0, 0, 1].into())),
            register(Address::Domain("ep.example".into())),
            Step::Unregister { connection: ConnectionId("7".into()) },
        ] {
            assert_eq!(read(&write(&step)), Some(step));
        }
        assert_eq!(read("{\"dance\":{}}"), None);
    }
}
