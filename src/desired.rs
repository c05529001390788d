//! From manifests to what the engine is told to want.
//!
//! It reads the files and the repository's history; it looks at no cloud and decides nothing.

use crate::clouds;
use crate::config::Config;
use crate::dataflow;
use crate::engine::Desired;
use crate::history;
use crate::manifest::{Cluster, Connection, Endpoint, Location, Manifest};
use crate::wish::{Account, Origin, Place, ScopeId, TidbScope, Wish};
use cloud::{ClusterKey, Exposed, Pool};
use planner::Generation;
use planner::dataflow::Shape;
use planner::endpoint::{self, OnForeign, Terms};
use std::collections::BTreeSet;
use std::path::PathBuf;
use store::Store;

/// The store's key for the commit that was wanted last.
const HEAD: &str = "head";

/// What the files want, given that they could be read.
#[must_use]
pub fn desired(
    manifest: &Manifest,
    digest: &str,
    config: &Config,
    approve: Option<&str>,
) -> Desired {
    let endpoints = manifest.endpoints();
    let mut wishes: Vec<Wish> =
        endpoints.map(|(cluster, endpoint)| wish(cluster, endpoint)).collect();
    let (mut clusters, mut settings) = (Pool::default(), Pool::default());
    for wish in &mut wishes {
        clusters.unite(&mut wish.cluster);
        settings.unite(&mut wish.settings);
    }
    let digest = digest.to_owned();
    let approved = approve.is_some_and(|approve| approves(approve, &digest));
    let flows = manifest.connections().map(|(cluster, connection)| flow(cluster, connection));
    let flows = flows.collect();
    Desired {
        wishes,
        flows,
        scopes: scopes(config),
        digest,
        approved,
        unreadable: 0,
        rewound: None,
    }
}

/// At least so much of a digest must be given: eight hexadecimal digits are not typed by accident.
const APPROVAL_CHARS_MIN: usize = 8;

fn approves(approve: &str, digest: &str) -> bool {
    approve.len() >= APPROVAL_CHARS_MIN && digest.starts_with(approve)
}

/// Compares the repository's history with the one that was wanted last.
///
/// # Errors
/// The store cannot be read.
pub fn rewound(paths: &[PathBuf], store: &Store) -> Result<Option<(String, String)>, store::Error> {
    let Some(now) = history::head(paths) else { return Ok(None) };
    let Some(was) = store.meta(HEAD)? else { return Ok(None) };
    Ok((!history::contains(paths, &now, &was)).then_some((was, now)))
}

/// Notes what is wanted from now on.
///
/// # Errors
/// The store cannot be written.
pub fn note_history(paths: &[PathBuf], store: &Store) -> Result<(), store::Error> {
    match history::head(paths) {
        Some(head) => store.set_meta(&[(HEAD, &head)]),
        None => Ok(()),
    }
}

/// Places that are looked at although no manifest need name them.
#[must_use]
pub fn scopes(config: &Config) -> BTreeSet<ScopeId> {
    let accounts = config.accounts.iter().flat_map(|(alias, account)| {
        let cloud = account.settings.cloud();
        let everywhere = [String::new()];
        let regions = if is_regional(cloud) { &account.regions[..] } else { &everywhere };
        let scope = |region: &String| {
            let (alias, region) = (alias.clone(), region.clone());
            ScopeId::Account(Account { cloud, alias, region })
        };
        regions.iter().map(scope).collect::<Vec<_>>()
    });
    let projects = config.tidb.projects.iter();
    let projects = projects.map(|id| ScopeId::TidbCloud(TidbScope::Project(id.clone())));
    accounts.chain(projects).collect()
}

/// Whether each region has a list of its own.
fn is_regional(cloud: &str) -> bool {
    clouds::known(cloud).is_some_and(|known| known.is_regional)
}

fn wish(cluster: &Cluster, endpoint: &Endpoint) -> Wish {
    let Endpoint { name, network, on_delete, on_drift, adopt, at, fields: _, generation } =
        endpoint;
    let on_foreign = if *adopt { OnForeign::Adopt } else { OnForeign::LeaveAlone };
    let fields = cluster.fields.iter().map(|(field, at)| (format!("cluster.{field}"), at));
    let fields = fields.chain(endpoint_fields(endpoint)).map(|(field, at)| (field, place(at)));
    let cloud = network.cloud();
    let region = if is_regional(cloud) { cluster.cloud_region() } else { "" };
    Wish {
        name: name.clone(),
        desired: endpoint::Desired::Present(Terms {
            on_foreign,
            on_drift: *on_drift,
            on_delete: *on_delete,
            completion: network.completion(),
        }),
        generation: Generation(*generation),
        cluster: ClusterKey {
            tier: cluster.tier.word().into(),
            project: cluster.project.clone().unwrap_or_default(),
            cluster: cluster.id.clone(),
            group: cluster.node_group.clone().unwrap_or_default(),
        }
        .into(),
        account: Account { cloud, alias: network.account().into(), region: region.into() },
        settings: network.settings().into(),
        network: network.network_key().into(),
        origin: Origin {
            cluster_name: cluster.name.clone(),
            region: cluster.region.clone(),
            place: Some(place(at)),
            fields: fields.collect(),
        },
    }
}

fn flow(cluster: &Cluster, connection: &Connection) -> dataflow::Wish {
    let Connection { name, outlet, on_delete, on_drift, adopt, domains, at, fields, generation } =
        connection;
    let on_foreign = if *adopt { OnForeign::Adopt } else { OnForeign::LeaveAlone };
    let (on_drift, on_delete) = (*on_drift, *on_delete);
    let exposed = outlet.exposed();
    let shape = match &exposed {
        Exposed::Service(service) => Shape::Existing(service.clone()),
        Exposed::Database(_) => Shape::Build,
    };
    let theirs = cluster.fields.iter().map(|(field, at)| (format!("cluster.{field}"), place(at)));
    let ours = fields.iter().map(|(field, at)| (field.clone(), place(at)));
    let cloud = outlet.cloud();
    let terms = planner::dataflow::Terms { on_foreign, on_drift, on_delete };
    dataflow::Wish {
        name: name.clone(),
        desired: planner::dataflow::Desired::Present(shape, terms),
        generation: Generation(*generation),
        cluster: ClusterKey {
            tier: cluster.tier.word().into(),
            project: String::new(),
            cluster: cluster.id.clone(),
            group: String::new(),
        },
        account: Account {
            cloud,
            alias: outlet.account().into(),
            region: cluster.cloud_region().into(),
        },
        exposed: Some(exposed),
        domains: domains.clone(),
        origin: Origin {
            cluster_name: cluster.name.clone(),
            region: cluster.region.clone(),
            place: Some(place(at)),
            fields: theirs.chain(ours).collect(),
        },
    }
}

fn endpoint_fields(endpoint: &Endpoint) -> impl Iterator<Item = (String, &Location)> {
    endpoint.fields.iter().map(|(field, at)| (field.clone(), at))
}

fn place(at: &Location) -> Place {
    let Location { file, line, column } = at;
    Place { file: file.clone(), line: *line as u64, column: *column as u64 }
}
