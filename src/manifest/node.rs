//! YAML as a tree in which everything knows its place.
//!
//! It knows nothing of manifests. What a manifest does not need is refused: anchors, aliases, tags, deep nesting.

use super::source::{Source, Span};
use super::{Finding, syntax};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Error, Options, Spanned};
use std::fmt;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub data: Data,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    /// `~`, `null`, or nothing at all.
    Null,
    /// Without quotes, and in YAML's eyes no text: a number or a boolean. As written.
    Bare(String),
    Text(String),
    List(Vec<Node>),
    /// As written, repeated keys included.
    Map(Vec<(Node, Node)>),
}

/// An endpoint is about 25 nodes: room for 10,000 of them in one file.
const NODES_MAX: usize = 300_000;
/// A tag of an endpoint is at depth 8.
const DEPTH_MAX: usize = 16;
const DOCUMENTS_MAX: usize = 1_000;

/// A file as far as it could be read.
pub(crate) struct Tree {
    pub documents: Vec<Node>,
    pub problem: Option<Finding>,
    /// How many nodes it took, or at most can have taken.
    pub nodes: usize,
}

pub(crate) fn read(source: &Source) -> Tree {
    // Read again for the rest of the findings. `LastWins` hands every pair on, so that all repeated keys are seen where
    // they can be explained, save those that are equal as numbers only: hence the finding from here.
    let (documents, error) = match parse(source, DuplicateKeyPolicy::Error) {
        Err(again @ Error::DuplicateMappingKey { .. }) => {
            match parse(source, DuplicateKeyPolicy::LastWins) {
                Ok(documents) => (documents, Some(again)),
                Err(error) => (vec![], Some(error)),
            }
        }
        Ok(documents) => (documents, None),
        Err(error) => (vec![], Some(error)),
    };
    let nodes = match &error {
        None => documents.iter().map(Node::count).sum(),
        // The shortest node is a letter and a comma.
        Some(_) => NODES_MAX.min(source.text.len() / 2),
    };
    let problem = error.map(|error| syntax::explain(source, &error));
    Tree { documents, problem, nodes }
}

fn parse(source: &Source, duplicate_keys: DuplicateKeyPolicy) -> Result<Vec<Node>, Error> {
    let mut nodes: Vec<Node> =
        serde_saphyr::from_multiple_with_options(&source.text, options(duplicate_keys))?;
    for node in &mut nodes {
        node.take_text(&source.text);
    }
    Ok(nodes)
}

fn options(duplicate_keys: DuplicateKeyPolicy) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_depth: DEPTH_MAX,
            flow_nesting_limit: DEPTH_MAX,
            max_documents: DOCUMENTS_MAX,
            max_nodes: NODES_MAX,
            max_events: 4 * NODES_MAX,
        },
        duplicate_keys: duplicate_keys,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        reject_unsupported_tags: true,
        strict_booleans: true,
        with_snippet: false,
    }
}

impl Node {
    /// The first value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    pub(crate) fn entries(&self) -> &[(Node, Node)] {
        if let Data::Map(entries) = &self.data { entries } else { &[] }
    }

    pub(crate) fn items(&self) -> &[Node] {
        if let Data::List(items) = &self.data { items } else { &[] }
    }

    /// The text of a scalar, as written.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Bare(text) | Data::Text(text) => Some(text),
            Data::Null | Data::List(_) | Data::Map(_) => None,
        }
    }

    fn count(&self) -> usize {
        let items = self.items().iter().map(Node::count);
        let pairs = self.entries().iter().map(|(key, value)| key.count() + value.count());
        1 + items.sum::<usize>() + pairs.sum::<usize>()
    }

    /// Numbers and booleans are kept as written, so that no digit of an id is lost.
    fn take_text(&mut self, source: &str) {
        match &mut self.data {
            Data::Bare(text) => {
                let written = source.get(self.span.start..self.span.end).unwrap_or_default();
                written.trim().clone_into(text);
            }
            Data::List(items) => {
                for item in items {
                    item.take_text(source);
                }
            }
            Data::Map(entries) => {
                for (key, value) in entries {
                    key.take_text(source);
                    value.take_text(source);
                }
            }
            Data::Null | Data::Text(_) => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        let Spanned { value, referenced, defined: _ } = Spanned::deserialize(deserializer)?;
        Ok(Node { data: value, span: span(referenced) })
    }
}

pub(crate) fn span(location: serde_saphyr::Location) -> Span {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let start = number(location.span().byte_offset().unwrap_or(0));
    let end = start.saturating_add(number(location.span().byte_len().unwrap_or(0)));
    Span { line: number(location.line()), column: number(location.column()), start, end }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Data, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Data, E> {
        Ok(Data::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Data, E> {
        Ok(Data::Bare(String::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Data, E> {
        Ok(Data::Bare(String::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Data, E> {
        Ok(Data::Bare(String::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Data, E> {
        Ok(Data::Bare(String::new()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Data::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Data::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Vec<Node> {
        let source = Source { file: "a.yaml".into(), text: text.into() };
        let tree = read(&source);
        assert_eq!(tree.problem, None, "{text}");
        tree.documents
    }

    fn scalar(text: &str) -> Data {
        tree(&format!("- {text}\n"))[0].items()[0].data.clone()
    }

    #[test]
    fn what_looks_like_a_number_keeps_its_digits() {
        for bare in [
            "1379661944646413143",
            "99999999999999999999999",
            "007",
            "1e999",
            "-0x1F",
            "1.10",
            ".nan",
            "true",
        ] {
            let expected =
                if bare == "007" { Data::Text(bare.into()) } else { Data::Bare(bare.into()) };
            let data = scalar(bare);
            let (Data::Bare(text) | Data::Text(text)) = &data else { panic!("{bare}: {data:?}") };
            assert_eq!(text, bare, "{expected:?}");
        }
    }

    #[test]
    fn words_are_text_and_quotes_make_text() {
        for text in ["no", "yes", "on", "off", "a b", "'true'", "\"17\"", "!!str 17"] {
            let plain = text.trim_matches(['\'', '"']).trim_start_matches("!!str ");
            assert_eq!(scalar(text), Data::Text(plain.into()), "{text}");
        }
        for null in ["~", "null", ""] {
            assert_eq!(scalar(null), Data::Null, "{null}");
        }
    }

    #[test]
    fn everything_knows_its_place() {
        let text = "a: 1\nb:\n  - cc: [d, 'é e']\n    f: |\n      g\n";
        let nodes = tree(text);
        let (key, list) = &nodes[0].entries()[1];
        assert_eq!((key.span.line, key.span.column), (2, 1));
        let map = &list.items()[0];
        assert_eq!((map.span.line, map.span.column), (3, 5));
        let (key, value) = &map.entries()[0];
        assert_eq!(&text[key.span.start..key.span.end], "cc");
        assert_eq!((value.span.line, value.span.column), (3, 9));
        let quoted = &value.items()[1];
        assert_eq!(&text[quoted.span.start..quoted.span.end], "'é e'");
    }

    #[test]
    fn documents_and_none() {
        assert_eq!(tree("a: 1\n---\nb: 2\n").len(), 2);
        assert_eq!(tree("").len(), 0);
        assert_eq!(tree("# only a comment\n---\n").len(), 0);
    }

    #[test]
    fn every_pair_of_a_repeated_key_is_kept() {
        let source =
            Source { file: "a.yaml".into(), text: "a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n".into() };
        let Tree { documents: nodes, problem, .. } = read(&source);
        assert_eq!(problem.map(|problem| problem.code), Some("duplicate-key"));
        assert_eq!(nodes[0].entries().len(), 4);
        assert_eq!(nodes[0].get("b").map(|b| b.entries().len()), Some(2));
    }
}
