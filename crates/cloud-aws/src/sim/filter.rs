//! EC2's filters: all of them must hold, one of the values of each must match, `*` and `?` are wildcards.
//!
//! Which filters an action knows, and what a row says to them, is the action's business.

use super::form::Form;
use super::refusal::Refusal;
use std::collections::BTreeMap;

/// In one call, over all filters.
const VALUES_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filters(Vec<Filter>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Filter {
    name: String,
    patterns: Vec<String>,
}

pub(super) type Tags = BTreeMap<String, String>;

impl Filters {
    /// `known` are the names that the action documents; `tag:` among them stands for every `tag:key`.
    pub(super) fn read(form: &Form, known: &[&str]) -> Result<Filters, Refusal> {
        let filter = |part: Form| {
            let name = part.require("Name")?.to_owned();
            let tag = name.starts_with("tag:") && known.contains(&"tag:");
            if !tag && !known.contains(&name.as_str()) || name == "tag:" {
                let message = format!("The filter '{name}' is invalid");
                return Err(Refusal::bad("InvalidParameterValue", message));
            }
            Ok(Filter { name, patterns: part.require_list("Value")? })
        };
        let filters: Vec<Filter> =
            form.parts("Filter").into_iter().map(filter).collect::<Result<_, _>>()?;
        let values: usize = filters.iter().map(|filter| filter.patterns.len()).sum();
        if values > VALUES_MAX {
            let message = format!(
                "The maximum number of filter values specified on a single call is {VALUES_MAX}"
            );
            return Err(Refusal::bad("FilterLimitExceeded", message));
        }
        Ok(Filters(filters))
    }

    /// `says` gives a row's values for one of the known names, tags aside.
    pub(super) fn admit(&self, tags: &Tags, says: impl Fn(&str) -> Vec<String>) -> bool {
        let holds = |filter: &Filter| {
            let values = match filter.name.strip_prefix("tag:") {
                Some(key) => tags.get(key).cloned().into_iter().collect(),
                None if filter.name == "tag-key" => tags.keys().cloned().collect(),
                None => says(&filter.name),
            };
            values.iter().any(|value| {
                filter.patterns.iter().any(|pattern| matches(pattern.as_bytes(), value.as_bytes()))
            })
        };
        self.0.iter().all(holds)
    }
}

/// `\` takes the next character as it is.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches(rest, text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        ([b'?', rest @ ..], [_, more @ ..]) => matches(rest, more),
        ([b'\\', literal, rest @ ..], [first, more @ ..]) => {
            literal == first && matches(rest, more)
        }
        ([literal, rest @ ..], [first, more @ ..]) => literal == first && matches(rest, more),
        ([] | [_, ..], _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Filters, Form, Tags};

    const KNOWN: &[&str] = &["vpc-id", "tag:", "tag-key"];

    fn read(filters: &[(&str, &[&str])]) -> Result<Filters, String> {
        let mut pairs = vec![];
        for (i, (name, values)) in filters.iter().enumerate() {
            pairs.push((format!("Filter.{}.Name", i + 1), (*name).to_owned()));
            for (j, value) in values.iter().enumerate() {
                pairs.push((format!("Filter.{}.Value.{}", i + 1, j + 1), (*value).to_owned()));
            }
        }
        let form = Form::new(pairs).expect("no name comes twice");
        Filters::read(&form, KNOWN).map_err(|refusal| refusal.message)
    }

    fn check(filters: &[(&str, &[&str])], wanted: bool) {
        let tags = Tags::from([("team".to_owned(), "orders".to_owned())]);
        let says = |name: &str| match name {
            "vpc-id" => vec!["vpc-0a1".to_owned()],
            _ => vec![],
        };
        let filters = read(filters).expect("all are known");
        assert_eq!(filters.admit(&tags, says), wanted, "{filters:?}");
    }

    #[test]
    fn one_value_of_each_filter_must_match() {
        check(&[], true);
        check(&[("vpc-id", &["vpc-9", "vpc-0a1"])], true);
        check(&[("vpc-id", &["vpc-9"])], false);
        check(&[("vpc-id", &["vpc-0a1"]), ("tag:team", &["orders"])], true);
        check(&[("vpc-id", &["vpc-0a1"]), ("tag:team", &["billing"])], false);
        check(&[("tag-key", &["team"])], true);
        check(&[("tag:other", &["*"])], false);
    }

    #[test]
    fn wildcards() {
        check(&[("vpc-id", &["vpc-*"])], true);
        check(&[("vpc-id", &["*a?"])], true);
        check(&[("vpc-id", &["vpc-0a1?"])], false);
        check(&[("vpc-id", &[r"vpc-\*"])], false);
        check(&[("tag:team", &["ORDERS"])], false);
    }

    #[test]
    fn what_is_not_documented_is_invalid() {
        let got = read(&[("vpc-color", &["blue"])]);
        assert_eq!(got, Err("The filter 'vpc-color' is invalid".to_owned()));
        assert!(read(&[("vpc-id", &["x"; 201])]).is_err());
        assert!(read(&[("vpc-id", &[])]).is_err());
    }
}
