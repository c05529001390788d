//! Tags as Azure keeps them: their names are the same in any case, and no list of them is complete but the whole one.
//!
//! Every character of our mark may stand in a tag, so nothing is encoded.

use cloud::Mark;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) type Tags = BTreeMap<String, String>;

/// Ours in their one spelling, all others as they are; `None` where it is no map of texts.
#[must_use]
pub(crate) fn read(tags: Option<&Value>) -> Option<Tags> {
    let Some(tags) = tags.filter(|tags| !tags.is_null()) else { return Some(Tags::new()) };
    let pair = |(key, value): (&String, &Value)| {
        let key = if Mark::reserves(key) { key.to_ascii_lowercase() } else { key.clone() };
        Some((key, value.as_str()?.to_owned()))
    };
    tags.as_object()?.iter().map(pair).collect()
}

#[must_use]
pub(crate) fn write(tags: &Tags) -> Value {
    json!(tags)
}

/// Sets these, in place of others of the same name in another case.
pub(crate) fn set(tags: &mut Tags, wanted: Tags) {
    for (key, value) in wanted {
        tags.retain(|known, _| !known.eq_ignore_ascii_case(&key));
        tags.insert(key, value);
    }
}

/// What is not our mark.
#[must_use]
pub(crate) fn foreign(mut tags: Tags) -> Tags {
    tags.retain(|key, _| !Mark::reserves(key));
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_any_case() {
        let found = json!({"Team": "a", "Tidelock:Owner": "me"});
        let mut tags = read(Some(&found)).unwrap();
        assert_eq!(tags.keys().collect::<Vec<_>>(), ["Team", "tidelock:owner"]);
        set(&mut tags, Tags::from([("team".into(), "b".into())]));
        assert_eq!(write(&tags), json!({"team": "b", "tidelock:owner": "me"}));
        assert_eq!(foreign(tags), Tags::from([("team".into(), "b".into())]));
    }

    #[test]
    fn what_is_no_map_of_texts_is_not_understood() {
        assert_eq!(read(None), Some(Tags::new()));
        assert_eq!(read(Some(&Value::Null)), Some(Tags::new()));
        for odd in [json!([]), json!("a"), json!({"a": 1})] {
            assert_eq!(read(Some(&odd)), None, "{odd}");
        }
    }
}
