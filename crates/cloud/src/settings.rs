//! What is asked of one endpoint in the customer's cloud, what was found there, and how far the two are apart.
//!
//! Every cloud says both in the same four kinds of value, so comparing, planning and printing are written once.
//! Which settings exist, and which can change in place, only the cloud's own crate knows.

use crate::Error;
use planner::endpoint::Drift;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    Text(String),
    Flag(bool),
    Set(BTreeSet<String>),
    /// Compared by the keys that are wanted; other keys are somebody else's.
    Map(BTreeMap<String, String>),
}

/// How the cloud lets a setting be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    InPlace,
    /// In place, but only once the provider has accepted the endpoint.
    AfterAcceptance,
    /// Only by deleting the endpoint and creating another.
    Replace,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    pub value: Value,
    pub change: Change,
}

/// What is wanted, by the name that the manifest uses. A setting that is not here is not ours to judge.
pub type Settings = BTreeMap<&'static str, Setting>;

/// What was found, by the same names.
pub type Found = BTreeMap<&'static str, Value>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: &'static str,
    pub wanted: Value,
    /// Nothing, where the cloud says nothing about it.
    pub found: Option<Value>,
    pub change: Change,
}

/// Every wanted setting that was not found as wanted, by name.
#[must_use]
pub fn compare(wanted: &Settings, found: &Found) -> Vec<Difference> {
    let differs = |(field, setting): (&&'static str, &Setting)| {
        let found = found.get(field);
        let agrees = found.is_some_and(|found| found.satisfies(&setting.value));
        (!agrees).then(|| Difference {
            field,
            wanted: setting.value.clone(),
            found: found.map(|found| found.within(&setting.value)),
            change: setting.change,
        })
    };
    wanted.iter().filter_map(differs).collect()
}

/// What the differences mean for a decision: the hardest of them counts.
#[must_use]
pub fn drift(differences: &[Difference]) -> Drift {
    match differences.iter().map(|difference| difference.change).max() {
        None => Drift::None,
        Some(Change::InPlace | Change::AfterAcceptance) => Drift::InPlace,
        Some(Change::Replace) => Drift::NeedsReplacement,
    }
}

/// A setting that may be left out.
///
/// # Errors
/// [`unfit`], where it is of another kind.
pub fn optional<'a, T>(
    settings: &'a Settings,
    field: &'static str,
    read: fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Error> {
    let Some(setting) = settings.get(field) else { return Ok(None) };
    read(&setting.value).map(Some).ok_or_else(|| unfit(field))
}

/// A setting that every manifest has.
///
/// # Errors
/// [`unfit`], where it is missing, or of another kind.
pub fn required<'a, T>(
    settings: &'a Settings,
    field: &'static str,
    read: fn(&'a Value) -> Option<T>,
) -> Result<T, Error> {
    optional(settings, field, read)?.ok_or_else(|| unfit(field))
}

/// Of a setting that a client cannot carry out.
#[must_use]
pub fn unfit(field: &str) -> Error {
    let message = format!("{field} is missing from the settings, or not of this kind");
    Error::Refused { code: "InvalidSettings".into(), message }
}

impl Value {
    #[must_use]
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    #[must_use]
    pub fn set<Item: Into<String>>(items: impl IntoIterator<Item = Item>) -> Value {
        Value::Set(items.into_iter().map(Into::into).collect())
    }

    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    #[must_use]
    pub fn as_flag(&self) -> Option<bool> {
        if let Value::Flag(flag) = self { Some(*flag) } else { None }
    }

    #[must_use]
    pub fn as_set(&self) -> Option<&BTreeSet<String>> {
        if let Value::Set(set) = self { Some(set) } else { None }
    }

    #[must_use]
    pub fn as_map(&self) -> Option<&BTreeMap<String, String>> {
        if let Value::Map(map) = self { Some(map) } else { None }
    }

    /// A map may hold more than is wanted.
    fn satisfies(&self, wanted: &Value) -> bool {
        match (self, wanted) {
            (Value::Map(found), Value::Map(wanted)) => {
                wanted.iter().all(|(key, value)| found.get(key) == Some(value))
            }
            (Value::Text(_) | Value::Flag(_) | Value::Set(_) | Value::Map(_), _) => self == wanted,
        }
    }

    /// Of a map, only what the wanted map speaks of.
    fn within(&self, wanted: &Value) -> Value {
        match (self, wanted) {
            (Value::Map(found), Value::Map(wanted)) => {
                let known = found.iter().filter(|(key, _)| wanted.contains_key(*key));
                Value::Map(known.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            (Value::Text(_) | Value::Flag(_) | Value::Set(_) | Value::Map(_), _) => self.clone(),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| items.join(", ");
        match self {
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Flag(flag) => write!(f, "{flag}"),
            Value::Set(items) => {
                write!(f, "[{}]", list(items.iter().map(|item| format!("{item:?}")).collect()))
            }
            Value::Map(items) => {
                let pair = |(key, value): (&String, &String)| format!("{key} = {value:?}");
                write!(f, "{{{}}}", list(items.iter().map(pair).collect()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Settings {
        let map = BTreeMap::from([("team".to_owned(), "orders".to_owned())]);
        Settings::from([
            ("privateDns", Setting { value: Value::Flag(true), change: Change::AfterAcceptance }),
            ("subnets", Setting { value: Value::set(["b", "a"]), change: Change::InPlace }),
            ("tags", Setting { value: Value::Map(map), change: Change::InPlace }),
            ("vpc", Setting { value: Value::text("vpc-1"), change: Change::Replace }),
        ])
    }

    fn found() -> Found {
        let map = [("team", "orders"), ("foreign", "kept")];
        let map = map.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Found::from([
            ("privateDns", Value::Flag(true)),
            ("subnets", Value::set(["a", "b"])),
            ("tags", Value::Map(map.into())),
            ("vpc", Value::text("vpc-1")),
        ])
    }

    #[test]
    fn order_and_foreign_tags_are_no_difference() {
        assert_eq!(compare(&wanted(), &found()), vec![]);
        assert_eq!(drift(&[]), Drift::None);
    }

    #[test]
    fn what_the_cloud_does_not_mention_differs() {
        let mut found = found();
        found.remove("privateDns");
        let differences = compare(&wanted(), &found);
        assert_eq!(differences.len(), 1);
        assert_eq!((differences[0].field, &differences[0].found), ("privateDns", &None));
    }

    #[test]
    fn the_hardest_difference_counts() {
        let mut found = found();
        found.insert("subnets", Value::set(["a"]));
        assert_eq!(drift(&compare(&wanted(), &found)), Drift::InPlace);
        found.insert("vpc", Value::text("vpc-2"));
        assert_eq!(drift(&compare(&wanted(), &found)), Drift::NeedsReplacement);
    }

    #[test]
    fn values_read_like_the_manifest() {
        let show = |value: Value| value.to_string();
        assert_eq!(show(Value::set(["b", "a"])), r#"["a", "b"]"#);
        let map = BTreeMap::from([("team".to_owned(), "orders".to_owned())]);
        assert_eq!(show(Value::Map(map)), r#"{team = "orders"}"#);
    }
}
