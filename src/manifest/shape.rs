//! One document against the schema: unknown keys, missing keys, wrong kinds of values, all of them.
//!
//! It always comes to an end with a value of the right shape: what is missing or wrong is blank, has its finding, and
//! hides nothing behind it. What the values mean together it does not ask.

use super::finding::FINDINGS_MAX;
use super::kind::{Kind, keys, required};
use super::node::{Data, Node};
use super::source::{Source, is_unsafe};
use super::words::{all_of, nearest, one_of, short};
use super::{Finding, Place, alien, syntax};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The longest text of any cloud is a tag's value, with 256.
const TEXT_CHARS_MAX: usize = 1_024;

pub(crate) struct Shape<'a> {
    pub root: &'a Value,
    pub source: &'a Source,
    pub findings: &'a mut Vec<Finding>,
}

/// What a value is called in messages: the key that leads to it, and the entry it belongs to.
#[derive(Clone, Copy)]
struct Whose<'a> {
    key: &'a str,
    entry: &'a str,
}

impl Shape<'_> {
    /// The document as JSON, blank where something is wrong.
    pub(crate) fn read(&mut self, document: &Node) -> Value {
        let root = self.root;
        self.value(document, root, Whose { key: "the document", entry: "the manifest" })
    }

    fn value(&mut self, node: &Node, schema: &Value, whose: Whose<'_>) -> Value {
        let root = self.root;
        let Some(kind) = Kind::of(schema, root) else { return Value::Null };
        if self.findings.len() >= FINDINGS_MAX {
            return blank(&kind, root);
        }
        match (&kind, &node.data) {
            (Kind::Text, Data::Text(text) | Data::Bare(text)) if is_text(text) => {
                Value::String(text.clone())
            }
            (Kind::Flag, Data::Bare(text)) if text.eq_ignore_ascii_case("true") => true.into(),
            (Kind::Flag, Data::Bare(text)) if text.eq_ignore_ascii_case("false") => false.into(),
            (Kind::Number(most), Data::Bare(text)) if number(text, *most).is_some() => {
                number(text, *most).into()
            }
            (Kind::Word(words), Data::Text(word)) if words.contains(&&**word) => {
                Value::String(word.clone())
            }
            (Kind::List(items), Data::List(nodes)) => self.list(nodes, items, whose),
            (Kind::Map(values), Data::Map(entries)) => self.map(entries, values, whose),
            (Kind::Object { name, object }, Data::Map(entries)) => {
                self.object(node, entries, object, *name, whose)
            }
            _ => {
                let finding = self.mismatch(node, &kind, whose);
                self.findings.push(finding);
                blank(&kind, root)
            }
        }
    }

    /// As far as anybody will read what is wrong with it.
    fn list(&mut self, nodes: &[Node], items: &Value, whose: Whose<'_>) -> Value {
        let mut list = Vec::new();
        for node in nodes {
            if self.findings.len() >= FINDINGS_MAX {
                break;
            }
            list.push(self.value(node, items, whose));
        }
        Value::Array(list)
    }

    fn map(&mut self, entries: &[(Node, Node)], values: &Value, whose: Whose<'_>) -> Value {
        let mut map = Map::new();
        for (key, value) in self.unique(entries) {
            let whose = Whose { key, ..whose };
            map.insert(key.to_owned(), self.value(value, values, whose));
        }
        Value::Object(map)
    }

    fn object(
        &mut self,
        node: &Node,
        entries: &[(Node, Node)],
        object: &Value,
        name: Option<&str>,
        whose: Whose<'_>,
    ) -> Value {
        let entry = entry_name(node, name, object, whose.entry);
        let mut map = Map::new();
        for (key, value) in self.unique(entries) {
            let schema = &object["properties"][key];
            if schema.is_null() {
                continue;
            }
            map.insert(key.to_owned(), self.value(value, schema, Whose { key, entry: &entry }));
        }
        self.unknown(entries, object, &entry);
        for key in required(object).filter(|key| node.get(key).is_none()) {
            let schema = &object["properties"][key];
            let Some(kind) = Kind::of(schema, self.root) else { continue };
            map.insert(key.to_owned(), blank(&kind, self.root));
            let finding = self.missing(node, key, schema, &kind, &entry);
            self.findings.push(finding);
        }
        Value::Object(map)
    }

    /// The pairs with a usable key, the first of each key; the rest are findings.
    fn unique<'n>(&mut self, entries: &'n [(Node, Node)]) -> Vec<(&'n str, &'n Node)> {
        let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
        let mut pairs = Vec::new();
        for (key, value) in entries {
            if self.findings.len() >= FINDINGS_MAX {
                break;
            }
            match key.text() {
                Some(text) if is_text(text) => match first.get(text) {
                    None => {
                        first.insert(text, key);
                        pairs.push((text, value));
                    }
                    Some(first) => {
                        let again = self.place(key, "the same key again");
                        let first = self.place(first, "first here");
                        self.findings.push(syntax::duplicate_key(text, again, Some(first)));
                    }
                },
                _ => {
                    let remedy = "write a plain word before the colon";
                    let finding = Finding::error("wrong-type", "this cannot be a key", remedy);
                    self.findings.push(finding.at(self.place(key, "")));
                }
            }
        }
        pairs
    }

    fn unknown(&mut self, entries: &[(Node, Node)], object: &Value, entry: &str) {
        let known = keys(object);
        let here: Vec<&str> = entries.iter().filter_map(|(key, _)| key.text()).collect();
        for (key, value) in entries {
            let Some(text) = key.text().filter(|text| is_text(text) && !known.contains(text))
            else {
                continue;
            };
            if self.findings.len() >= FINDINGS_MAX {
                break;
            }
            let finding = if let Some(secret) = alien::secret(text, value) {
                secret.at(self.source.place_only(key.span))
            } else {
                self.unknown_key(key, &here, object, entry)
            };
            self.findings.push(finding);
        }
    }

    fn unknown_key(&self, key: &Node, here: &[&str], object: &Value, entry: &str) -> Finding {
        let (known, text) = (keys(object), key.text().unwrap_or_default());
        let label = match (nearest(text, &known), &self.homes(text, here, object)[..]) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, []) => String::new(),
            (None, homes) => format!("this key belongs under {}", one_of(homes)),
        };
        let message = format!("unknown key `{}` in {entry}", short(text));
        let remedy = format!("the keys here are {}", all_of(&known));
        Finding::error("unknown-key", message, remedy).at(self.place(key, label))
    }

    /// The keys of the object whose own sections know this key; those that are here, if any is.
    fn homes<'o>(&self, text: &str, here: &[&str], object: &'o Value) -> Vec<&'o str> {
        let knows = |key: &&str| match Kind::of(&object["properties"][*key], self.root) {
            Some(Kind::Object { object, .. }) => keys(object).contains(&text),
            _ => false,
        };
        let all: Vec<&str> = keys(object).into_iter().filter(knows).collect();
        let near: Vec<&str> = all.iter().copied().filter(|home| here.contains(home)).collect();
        if near.is_empty() { all } else { near }
    }

    fn missing(
        &self,
        node: &Node,
        key: &str,
        schema: &Value,
        kind: &Kind<'_>,
        entry: &str,
    ) -> Finding {
        let message = format!("{entry} has no `{key}`");
        let about = schema["description"].as_str().unwrap_or_default();
        let about: Vec<&str> = about.split_whitespace().collect();
        let remedy =
            format!("add `{key}: {}`: {}", kind.example(), first_sentence(&about.join(" ")));
        let start = node.entries().first().map_or(node, |(key, _)| key);
        Finding::error("missing-key", message, remedy)
            .at(self.place(start, format!("`{key}` is missing from this section")))
    }

    fn mismatch(&self, node: &Node, kind: &Kind<'_>, whose: Whose<'_>) -> Finding {
        let Whose { key, entry } = whose;
        let found = match &node.data {
            Data::Null => return self.empty(node, kind, whose),
            Data::Text(text) if text.is_empty() => return self.empty(node, kind, whose),
            Data::Text(text) | Data::Bare(text) => match kind {
                Kind::Word(words) => return self.no_such_word(node, text, words, whose),
                Kind::Text => return self.bad_text(node, text, whose),
                Kind::Number(most) if text.parse::<u64>().is_ok_and(|number| number > *most) => {
                    "too large a number"
                }
                Kind::Flag
                | Kind::Number(_)
                | Kind::List(_)
                | Kind::Map(_)
                | Kind::Object { .. } => {
                    if self.is_quoted(node) {
                        "a text"
                    } else {
                        "a single value"
                    }
                }
            },
            Data::List(_) => "a list",
            Data::Map(_) => "a section with keys",
        };
        let message = format!("`{key}` in {entry} must be {}", kind.words());
        let remedy = match kind {
            Kind::Flag => "write true or false, without quotes".to_owned(),
            Kind::Number(most) => format!("write a number up to {most}, in digits, without quotes"),
            Kind::List(_) => {
                format!("write `{key}: […]`, or each item on its own line after a dash")
            }
            Kind::Text | Kind::Word(_) | Kind::Map(_) | Kind::Object { .. } => {
                format!("write `{key}: {}`", kind.example())
            }
        };
        let label = format!("this is {found}");
        Finding::error("wrong-type", message, remedy).at(self.place(node, label))
    }

    fn is_quoted(&self, node: &Node) -> bool {
        let text = self.source.text.get(node.span.start..).unwrap_or_default();
        text.starts_with(['"', '\''])
    }

    fn empty(&self, node: &Node, kind: &Kind<'_>, whose: Whose<'_>) -> Finding {
        let Whose { key, entry } = whose;
        let remedy = match kind {
            Kind::List(_) => format!("list something, write `{key}: []`, or remove the line"),
            Kind::Text
            | Kind::Flag
            | Kind::Number(_)
            | Kind::Word(_)
            | Kind::Map(_)
            | Kind::Object { .. } => {
                format!("write {} after `{key}:`, or remove the line", kind.words())
            }
        };
        Finding::error("empty", format!("`{key}` in {entry} is empty"), remedy)
            .at(self.place(node, ""))
    }

    fn no_such_word(&self, node: &Node, word: &str, words: &[&str], whose: Whose<'_>) -> Finding {
        let Whose { key, entry } = whose;
        let label = nearest(word, words).map(|meant| format!("did you mean `{meant}`?"));
        let message = format!("`{key}` in {entry} has a value that does not exist");
        let remedy = format!("write {}", one_of(words));
        let place = self.place(node, label.unwrap_or_default());
        Finding::error("unknown-word", message, remedy).at(place)
    }

    fn bad_text(&self, node: &Node, text: &str, whose: Whose<'_>) -> Finding {
        let Whose { key, entry } = whose;
        let (fault, remedy) = if text.contains(is_unsafe) {
            (
                "contains a control or an invisible character",
                "write it on one line, without such characters",
            )
        } else {
            ("is too long", "nothing in a manifest needs more than 1,024 characters")
        };
        let message = format!("`{key}` in {entry} {fault}");
        Finding::error("bad-text", message, remedy).at(self.place(node, ""))
    }

    fn place(&self, node: &Node, label: impl Into<String>) -> Place {
        self.source.place(node.span, label)
    }
}

/// In plain digits: `0o17` and `1e3` are no numbers to a person.
fn number(text: &str, most: u64) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number <= most)
}

fn is_text(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 4 * TEXT_CHARS_MAX
        && !text.contains(is_unsafe)
        && text.chars().count() <= TEXT_CHARS_MAX
}

/// `endpoint orders-apps` for a section that has a name of its own, otherwise that of the section around it.
fn entry_name(node: &Node, kind: Option<&str>, object: &Value, around: &str) -> String {
    let Some(kind) = kind.filter(|_| keys(object).contains(&"name")).map(spaced) else {
        return around.to_owned();
    };
    match node.get("name").and_then(Node::text).filter(|name| is_text(name)) {
        Some(name) => format!("{kind} {}", short(name)),
        None => format!("this {kind} of {around}"),
    }
}

/// `PrivateLinkConnection` as people write it.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// The value that stands for what has a finding.
fn blank(kind: &Kind<'_>, root: &Value) -> Value {
    match kind {
        Kind::Text => Value::String(String::new()),
        Kind::Flag => Value::Bool(false),
        Kind::Number(_) => 0.into(),
        Kind::Word(words) => words.first().map_or(Value::Null, |word| (*word).into()),
        Kind::List(_) => Value::Array(vec![]),
        Kind::Map(_) => Value::Object(Map::new()),
        Kind::Object { object, .. } => {
            let blank = |key| {
                Some((String::from(key), blank(&Kind::of(&object["properties"][key], root)?, root)))
            };
            Value::Object(required(object).filter_map(blank).collect())
        }
    }
}

fn first_sentence(text: &str) -> String {
    let sentence =
        text.split_once(". ").map_or(text, |(sentence, _)| sentence).trim_end_matches('.');
    let word = sentence.split(' ').next().unwrap_or_default();
    // A name such as `TiDB` keeps its letters.
    if word.chars().skip(1).any(char::is_uppercase) {
        return sentence.to_owned();
    }
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
