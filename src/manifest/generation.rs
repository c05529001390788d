//! One number for everything that is asked of an endpoint.
//!
//! It changes when the wish changes, and not when only the file does. Where the entry stands, and what the cluster is
//! called in the files, is no part of the wish.

use super::{Cluster, Connection, Endpoint};
use cloud::{Exposed, Settings, Source, Value};
use planner::dataflow::DomainName;
use planner::endpoint::{OnDelete, OnDrift};
use sha2::{Digest, Sha256};

pub(crate) fn of(cluster: &Cluster, endpoint: &Endpoint) -> u64 {
    let Cluster {
        name: _,
        tier,
        id,
        region,
        project,
        node_group,
        endpoints: _,
        connections: _,
        at: _,
        fields: _,
    } = cluster;
    let Endpoint { name, network, on_delete, on_drift, adopt, at: _, fields: _, generation: _ } =
        endpoint;
    let mut hash = Hash(Sha256::new());
    for part in [tier.word(), id, region, name, network.cloud(), network.account()] {
        hash.text(part);
    }
    for part in [project, node_group] {
        hash.count(usize::from(part.is_some()));
        if let Some(part) = part {
            hash.text(part);
        }
    }
    hash.terms(*on_delete, *on_drift, *adopt);
    hash.settings(&network.settings());
    hash.finish()
}

/// The same for a private link connection.
pub(crate) fn of_connection(cluster: &Cluster, connection: &Connection) -> u64 {
    let Cluster { tier, id, region, .. } = cluster;
    let Connection {
        name,
        outlet,
        on_delete,
        on_drift,
        adopt,
        domains,
        at: _,
        fields: _,
        generation: _,
    } = connection;
    let mut hash = Hash(Sha256::new());
    for part in [tier.word(), id, region, name, outlet.cloud(), outlet.account()] {
        hash.text(part);
    }
    hash.terms(*on_delete, *on_drift, *adopt);
    if let Some(domains) = domains {
        hash.count(domains.len());
        for domain in domains {
            match domain {
                DomainName::Managed => hash.text("managed"),
                DomainName::Confluent(name) | DomainName::Other(name) => hash.text(name),
            }
        }
    }
    match outlet.exposed() {
        Exposed::Service(service) => hash.text(&service.0),
        Exposed::Database(exposure) => {
            hash.count(exposure.port.into());
            match &exposure.source {
                Source::Instance(id) => hash.text(id),
                Source::Addresses(addresses) => {
                    hash.count(addresses.len());
                    for address in addresses {
                        hash.text(&address.to_string());
                    }
                }
            }
            hash.settings(&exposure.settings);
        }
    }
    hash.finish()
}

/// Every part with its length before it, so that no two wishes have the same parts.
struct Hash(Sha256);

impl Hash {
    fn terms(&mut self, on_delete: OnDelete, on_drift: OnDrift, adopt: bool) {
        self.text(match on_delete {
            OnDelete::Remove => "remove",
            OnDelete::Orphan => "orphan",
            OnDelete::Protect => "protect",
        });
        self.text(match on_drift {
            OnDrift::Enforce => "enforce",
            OnDrift::Report => "report",
        });
        self.count(usize::from(adopt));
    }

    fn settings(&mut self, settings: &Settings) {
        for (field, setting) in settings {
            self.text(field);
            self.value(&setting.value);
        }
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Text(text) => self.text(text),
            Value::Flag(flag) => self.count(usize::from(*flag)),
            Value::Set(items) => {
                self.count(items.len());
                for item in items {
                    self.text(item);
                }
            }
            Value::Map(items) => {
                self.count(items.len());
                for (key, value) in items {
                    self.text(key);
                    self.text(value);
                }
            }
        }
    }

    fn finish(self) -> u64 {
        let bytes = self.0.finalize();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
