//! From paths to a manifest, or to everything that keeps it from being one.

use super::convert::{Claim, Claimed, Convert};
use super::entry::Document;
use super::finding::{FINDINGS_MAX, TOO_MANY};
use super::node::{self, Node, Tree};
use super::shape::Shape;
use super::source::Source;
use super::{Connection, Endpoint, Finding, Location, Manifest, files, rules, schema, utf8};
use crate::clouds;
use cloud::Severity;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const ALL_BYTES_MAX: usize = 64 << 20;
/// About 20,000 endpoints. A million nodes cost about a second.
const ALL_NODES_MAX: usize = 500_000;
const VERSION: &str = "tidelock/v1";

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Nothing, if any finding is an error: half a desired state must not be acted upon.
    pub manifest: Option<Manifest>,
    /// By file, then by line.
    pub findings: Vec<Finding>,
    /// How many files were read.
    pub files: usize,
    /// SHA-256 of names and contents, in hexadecimal.
    pub digest: String,
    sources: BTreeMap<Arc<str>, Source>,
}

/// Reads every manifest in and below the paths.
#[must_use]
pub fn load(paths: &[PathBuf]) -> Loaded {
    let files::Files { found, findings, .. } = files::find(paths);
    let mut reader = Reader::new(findings);
    for (name, path) in &found {
        if reader.bytes_left == 0 || reader.nodes_left == 0 {
            let remedy = "name the directory that holds the manifests";
            let finding = Finding::error("too-large", "all files together are too large", remedy);
            reader.findings.push(finding.of(name.clone()));
            break;
        }
        match files::read(name, path) {
            Ok(bytes) => reader.bytes(name, bytes),
            Err(finding) => reader.findings.push(*finding),
        }
    }
    reader.finish(found.len())
}

struct Reader {
    root: Value,
    hash: Sha256,
    bytes_left: usize,
    nodes_left: usize,
    manifest: Manifest,
    findings: Vec<Finding>,
    claims: Vec<(Claim, Claimed)>,
    sources: BTreeMap<Arc<str>, Source>,
}

impl Reader {
    fn new(findings: Vec<Finding>) -> Reader {
        Reader {
            root: schema(),
            hash: Sha256::new(),
            bytes_left: ALL_BYTES_MAX,
            nodes_left: ALL_NODES_MAX,
            manifest: Manifest::default(),
            findings,
            claims: vec![],
            sources: BTreeMap::new(),
        }
    }

    fn bytes(&mut self, name: &Arc<str>, bytes: Vec<u8>) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len());
        for part in [name.as_bytes(), &bytes] {
            self.hash.update((part.len() as u64).to_be_bytes());
            self.hash.update(part);
        }
        match utf8::decode(name, bytes) {
            Ok(source) => {
                self.file(&source);
                self.sources.insert(name.clone(), source);
            }
            Err(finding) => self.findings.push(*finding),
        }
    }

    fn file(&mut self, source: &Source) {
        let Tree { documents, problem, nodes } = node::read(source);
        self.nodes_left = self.nodes_left.saturating_sub(nodes);
        let mut findings = Vec::new();
        if documents.is_empty() && problem.is_none() {
            let remedy =
                format!("write `apiVersion: {VERSION}` and `clusters: []`, or remove the file");
            let finding = Finding::error("empty", "the file is empty", remedy);
            findings.push(finding.of(source.file.clone()));
        }
        for document in &documents {
            self.document(source, document, &mut findings);
        }
        let is_known =
            |one: &Finding| findings.iter().any(|known| known.place_at() == one.place_at());
        if let Some(problem) = problem.filter(|problem| !is_known(problem)) {
            findings.push(problem);
        }
        self.findings.extend(Finding::cut(findings));
    }

    fn document(&mut self, source: &Source, node: &Node, findings: &mut Vec<Finding>) {
        if let Some(finding) = no_manifest(source, node) {
            return findings.push(finding);
        }
        let value = Shape { root: &self.root, source, findings }.read(node);
        match Document::deserialize(value) {
            Ok(document) => {
                let claims = &mut self.claims;
                let clusters = Convert { source, findings, claims }.document(node, document);
                self.manifest.clusters.extend(clusters);
            }
            // The shape was checked against the schema of the very same types, so this is a fault of ours.
            Err(error) => {
                let finding = Finding::error("internal", error.to_string(), "please report this");
                findings.push(finding.at(source.place(node.span, "")));
            }
        }
    }

    fn finish(mut self, files: usize) -> Loaded {
        self.findings.extend(Finding::cut(rules::conflicts(self.claims, &self.sources)));
        self.findings.sort_by_key(|finding| {
            (finding.file.clone(), finding.place_at().map(|at| (at.line, at.column)))
        });
        let is_sound = !self.findings.iter().any(Finding::is_error);
        Loaded {
            manifest: is_sound.then_some(self.manifest),
            findings: self.findings,
            files,
            digest: hex::encode(self.hash.finalize()),
            sources: self.sources,
        }
    }
}

/// A file that is for some other program, or for another version of this one.
fn no_manifest(source: &Source, node: &Node) -> Option<Finding> {
    let key = |key: &str| node.entries().iter().find(|(name, _)| name.text() == Some(key));
    let remedy = format!(
        "begin every manifest with `apiVersion: {VERSION}`, and keep other files elsewhere"
    );
    match key("apiVersion") {
        Some((_, value)) if value.text() == Some(VERSION) => None,
        Some((_, value)) => {
            let message = "this apiVersion is not one that this version reads";
            Some(Finding::error("api-version", message, remedy).at(source.place(value.span, "")))
        }
        None => {
            let start = node.entries().first().map_or(node, |(key, _)| key);
            let message = "not a manifest: it has no `apiVersion`";
            Some(Finding::error("api-version", message, remedy).at(source.place(start.span, "")))
        }
    }
}

impl Loaded {
    /// How many errors there are, for people. Of a file with too many, nobody knows how many more.
    #[must_use]
    pub fn errors(&self) -> String {
        let errors = self.findings.iter().filter(|finding| finding.is_error()).count();
        let is_cut = self.findings.iter().any(|finding| finding.code == TOO_MANY);
        format!("{}{errors} error(s)", if is_cut { "at least " } else { "" })
    }

    /// What a check of an endpoint found, at the line of the field that must change.
    #[must_use]
    pub fn locate(&self, found: &cloud::Finding) -> Option<Finding> {
        let cloud::Finding { endpoint, field, severity, code, message, remedy } = found;
        let manifest = self.manifest.as_ref()?;
        let found = manifest.endpoints().map(|(_, it)| (&it.name, &it.at, &it.fields));
        let out = manifest.connections().map(|(_, it)| (&it.name, &it.at, &it.fields));
        let (_, at, fields) = found.chain(out).find(|(name, ..)| *name == endpoint)?;
        let at = field.and_then(|field| fields.get(field)).unwrap_or(at);
        let message = format!("endpoint {endpoint}: {message}");
        Some(self.finding(at, *severity, code, message, remedy))
    }

    /// Where the files ask for a cloud that this build of the program cannot speak to.
    #[must_use]
    pub fn not_built(&self) -> Vec<Finding> {
        let endpoints = self.manifest.iter().flat_map(Manifest::endpoints).map(|(_, entry)| {
            let Endpoint { name, network, at, fields, .. } = entry;
            ("endpoint", name, network.cloud(), fields.get("account").unwrap_or(at))
        });
        let connections = self.manifest.iter().flat_map(Manifest::connections).map(|(_, entry)| {
            let Connection { name, outlet, at, fields, .. } = entry;
            let at = fields.get("account").unwrap_or(at);
            ("private link connection", name, outlet.cloud(), at)
        });
        let lacking = endpoints.chain(connections).filter_map(|(kind, name, cloud, at)| {
            let (message, remedy) = clouds::known(cloud)?.lacks()?;
            let message = format!("{kind} {name}: {message}");
            Some(self.finding(at, Severity::Error, "not-set-up", message, remedy))
        });
        Finding::cut(lacking.take(FINDINGS_MAX).collect())
    }

    /// A finding made later (by pre-flight, by a survey) about something that these files say.
    #[must_use]
    pub fn finding(
        &self,
        at: &Location,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        let finding = Finding { severity, ..Finding::error(code, message, remedy) };
        match self.sources.get(&at.file) {
            Some(source) => finding.at(source.place(source.span_at(at.line, at.column), "")),
            None => finding.of(at.file.clone()),
        }
    }
}
