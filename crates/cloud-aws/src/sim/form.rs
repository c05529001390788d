//! A request's parameters, in EC2's flattened form: `VpcEndpointId.1=…`, `Filter.1.Value.2=…`.
//!
//! It knows how such names are built, and no action.

use super::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// The same name twice is a mistake that AWS does not forgive.
    pub(super) fn new(pairs: Vec<(String, String)>) -> Result<Form, Refusal> {
        let mut form = BTreeMap::new();
        for (name, value) in pairs {
            if form.insert(name.clone(), value).is_some() {
                let message = format!("The parameter {name} may only be specified once");
                return Err(Refusal::bad("InvalidParameterCombination", message));
            }
        }
        Ok(Form(form))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn require(&self, name: &str) -> Result<&str, Refusal> {
        let value = self.get(name).filter(|value| !value.is_empty());
        value.ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some("true" | "True" | "1") => Ok(Some(true)),
            Some("false" | "False" | "0") => Ok(Some(false)),
            Some(other) => {
                let message = format!("Value ({other}) for parameter {name} is invalid");
                Err(Refusal::bad("InvalidParameterValue", message))
            }
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let read = |text: &str| {
            let message = format!("Value ( {text} ) for parameter {name} is invalid");
            text.parse().map_err(|_| Refusal::bad("InvalidParameterValue", message))
        };
        self.get(name).map(read).transpose()
    }

    /// `Name.1`, `Name.2`, … by number.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let item = |part: Form| part.get("").map(str::to_owned);
        self.parts(name).into_iter().filter_map(item).collect()
    }

    pub(super) fn require_list(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let list = self.list(name);
        if list.is_empty() { Err(Refusal::missing(name)) } else { Ok(list) }
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

    /// `Key` and `Value` of each part. `None` where a value is not given, which is not the same as empty.
    pub(super) fn tags(&self, name: &str) -> Result<Vec<(String, Option<String>)>, Refusal> {
        let tag = |part: Form| {
            Ok((part.require("Key")?.to_owned(), part.get("Value").map(str::to_owned)))
        };
        self.parts(name).into_iter().map(tag).collect()
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names before the first dot.
    pub(super) fn heads(&self) -> BTreeSet<&str> {
        self.0.keys().map(|key| key.split('.').next().unwrap_or(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    fn form(pairs: &[(&str, &str)]) -> Form {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Form::new(pairs.iter().map(own).collect()).expect("no name comes twice")
    }

    #[test]
    fn lists_are_in_numeric_order() {
        let form = form(&[("Id.10", "j"), ("Id.2", "b"), ("Id.1", "a"), ("IdX.1", "no")]);
        assert_eq!(form.list("Id"), ["a", "b", "j"]);
    }

    #[test]
    fn parts_keep_the_rest_of_their_names() {
        let form = form(&[
            ("Filter.1.Name", "vpc-id"),
            ("Filter.1.Value.1", "vpc-1"),
            ("Filter.1.Value.2", "vpc-2"),
            ("Filter.2.Name", "tag-key"),
        ]);
        let parts = form.parts("Filter");
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].list("Value"), ["vpc-1", "vpc-2"]);
        assert_eq!(parts[1].get("Name"), Some("tag-key"));
    }

    #[test]
    fn a_tag_without_a_value_is_not_a_tag_with_an_empty_one() {
        let form = form(&[("Tag.1.Key", "a"), ("Tag.2.Key", "b"), ("Tag.2.Value", "")]);
        let tags = form.tags("Tag").expect("both have keys");
        assert_eq!(tags, [("a".to_owned(), None), ("b".to_owned(), Some(String::new()))]);
    }

    #[test]
    fn the_same_name_twice_is_refused() {
        let pair = ("VpcId".to_owned(), "vpc-1".to_owned());
        assert!(Form::new(vec![pair.clone(), pair]).is_err());
    }
}
