//! A request's parameters, from its query and its form, in the vendor's dotted way: `Zone.1.ZoneId=…`.
//!
//! It knows how such names are built, and no action.

use super::refusal::Refusal;
use axum::http::request::Parts;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// A body is a form whatever its type says, as the vendor's gateway has it.
    pub(super) fn read(parts: &Parts, body: &[u8]) -> Form {
        let query = parts.uri.query().unwrap_or_default();
        let body = String::from_utf8_lossy(body);
        Form(pairs(query).into_iter().chain(pairs(&body)).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// The vendor's SDKs write `True` in one language and `true` in another.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::invalid(name)),
        }
    }

    /// Within its range, or refused.
    pub(super) fn number(&self, name: &str, most: usize) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.map(Some).ok_or_else(|| Refusal::invalid(name))
    }

    /// `Name.1`, `Name.2`, … by number.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let item = |part: Form| part.get("").map(str::to_owned);
        self.parts(name).into_iter().filter_map(item).collect()
    }

    /// `Name.1.…`, `Name.2.…` by number, each with the rest of its names.
    pub(super) fn parts(&self, name: &str) -> Vec<Form> {
        let mut parts: BTreeMap<u32, Form> = BTreeMap::new();
        for (key, value) in &self.0 {
            let Some(rest) = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else {
                continue;
            };
            let (number, rest) = rest.split_once('.').unwrap_or((rest, ""));
            if let Ok(number) = number.parse() {
                parts.entry(number).or_default().0.insert(rest.to_owned(), value.clone());
            }
        }
        parts.into_values().collect()
    }

    /// The names before the first dot.
    pub(super) fn heads(&self) -> BTreeSet<&str> {
        self.0.keys().map(|key| key.split('.').next().unwrap_or(key)).collect()
    }

    /// Everything that was asked, but for the page.
    pub(super) fn question(&self) -> String {
        let asked = self.0.iter().filter(|(name, _)| *name != "NextToken");
        asked.flat_map(|(name, value)| [name, "=", value, "&"]).collect()
    }
}

/// `a=b&c=d`, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).and_then(|code| u8::from_str_radix(code, 16).ok());
        match (bytes[at], code) {
            (b'%', Some(code)) => {
                plain.push(code);
                at += 2;
            }
            (b'+', _) => plain.push(b' '),
            (byte, _) => plain.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_once() {
        let expected = [("a b", "+"), ("c", "%41"), ("é", ""), ("x", "100%")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(pairs("a+b=%2B&c=%2541&%C3%A9=&x=100%"), expected);
    }

    #[test]
    fn lists_are_in_numeric_order() {
        let form = Form(pairs("Id.10=j&Id.2=b&Id.1=a&IdX.1=no").into_iter().collect());
        assert_eq!(form.list("Id"), ["a", "b", "j"]);
        assert_eq!(form.heads(), ["Id", "IdX"].into());
    }
}
