//! Our mark on a forwarding rule: in its description from its creation on, and in labels that can change.
//!
//! Google Cloud takes no label at creation, and changes no description afterwards. So the description proves whose it is
//! from the first moment, labels overrule it later, and one label says that it was let go.

use cloud::Mark;
use std::collections::BTreeMap;

type Tags = BTreeMap<String, String>;

/// What our labels' keys begin with; `:` may not stand in one.
const PREFIX: &str = "tidelock-";

/// Ours no longer, whatever the description says.
const RELEASED: &str = "tidelock-released";

/// The most that a label's value can hold.
const VALUE_CHARS_MAX: usize = 63;

/// For people, in front of the mark.
const OPENING: &str = "Made by Tidelock for TiDB Cloud. ";

/// The mark as a description; JSON, after a few words for people.
#[must_use]
pub(crate) fn description(mark: &Mark) -> String {
    format!("{OPENING}{}", serde_json::json!(mark.to_tags()))
}

/// Labels that say what the mark says: letters that a label cannot hold are spelled `_hh`, and a value that is too long
/// goes on in a second label.
#[must_use]
pub(crate) fn of(mark: &Mark) -> Tags {
    let mut labels = Tags::new();
    for (key, value) in mark.to_tags() {
        let key = key.replace(':', "-");
        let spelled = spell(&value);
        let mut rest = spelled.as_str();
        for number in 1.. {
            let (part, others) = rest.split_at(rest.len().min(VALUE_CHARS_MAX));
            labels.insert(numbered(&key, number), part.to_owned());
            rest = others;
            if part.len() < VALUE_CHARS_MAX {
                break;
            }
        }
    }
    labels
}

/// What is to be set so that it is ours no longer.
#[must_use]
pub(crate) fn released() -> Tags {
    Tags::from([(RELEASED.to_owned(), "true".to_owned())])
}

/// Whether a label belongs to us.
#[must_use]
pub(crate) fn is_ours(key: &str) -> bool {
    key.starts_with(PREFIX)
}

/// Whose it is. Labels go before the description, which cannot follow a change.
#[must_use]
pub(crate) fn mark(description: Option<&str>, labels: &Tags) -> Option<Mark> {
    if labels.contains_key(RELEASED) {
        return None;
    }
    from_labels(labels).or_else(|| from_description(description?))
}

/// Of an address, which has no labels of ours.
#[must_use]
pub(crate) fn from_description(description: &str) -> Option<Mark> {
    let tags: Tags = serde_json::from_str(description.strip_prefix(OPENING)?).ok()?;
    Mark::from_tags(&tags)
}

fn from_labels(labels: &Tags) -> Option<Mark> {
    let mut tags = Tags::new();
    for key in Mark::keys() {
        let label = key.replace(':', "-");
        if !labels.contains_key(&label) {
            continue;
        }
        let mut spelled = String::new();
        for number in 1.. {
            let part = labels.get(&numbered(&label, number))?;
            spelled.push_str(part);
            if part.len() < VALUE_CHARS_MAX {
                break;
            }
        }
        tags.insert(key.to_owned(), unspell(&spelled)?);
    }
    Mark::from_tags(&tags)
}

/// A full label goes on in the next, so that a lost one is noticed.
fn numbered(key: &str, number: usize) -> String {
    if number == 1 { key.to_owned() } else { format!("{key}-{number}") }
}

fn spell(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        other => format!("_{other:02x}"),
    };
    text.bytes().map(letter).collect()
}

fn unspell(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        if *first == b'_' {
            let digits = std::str::from_utf8(others.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &others[2..];
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud::{ClusterKey, Owner};
    use planner::endpoint::OnDelete;
    use secrecy::SecretString;

    fn mark(on_delete: OnDelete) -> Mark {
        let parts =
            ["dedicated", "1372813089209061633", "1379661944646413143", "1379661944646413999"];
        let [tier, project, cluster, group] = parts.map(Into::into);
        let owner = Owner::new("Team Ä_1", Some(SecretString::from("k".to_owned())));
        owner.mark("orders-apps", 3, on_delete, ClusterKey { tier, project, cluster, group })
    }

    #[test]
    fn a_mark_survives_labels_and_description() {
        let mark = mark(OnDelete::Protect);
        let labels = of(&mark);
        for (key, value) in &labels {
            let fits = |text: &str| {
                let known = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
                };
                text.len() <= 63 && text.bytes().all(known)
            };
            assert!(fits(key) && fits(value) && is_ours(key), "{key}={value}");
        }
        assert!(labels.contains_key("tidelock-cluster-2"), "{labels:?}");
        assert_eq!(super::mark(None, &labels), Some(mark.clone()));
        assert_eq!(super::mark(Some(&description(&mark)), &Tags::new()), Some(mark));
    }

    #[test]
    fn labels_overrule_the_description_and_a_release_both() {
        let (old, new) = (mark(OnDelete::Remove), mark(OnDelete::Orphan));
        let description = description(&old);
        assert_eq!(super::mark(Some(&description), &of(&new)), Some(new.clone()));
        let mut let_go = of(&new);
        let_go.extend(released());
        assert_eq!(super::mark(Some(&description), &let_go), None);
    }

    #[test]
    fn half_a_mark_and_other_peoples_words_are_none() {
        let whole = of(&mark(OnDelete::Remove));
        for key in whole.keys().filter(|key| !key.ends_with("mac")) {
            let mut labels = whole.clone();
            labels.remove(key);
            assert_eq!(super::mark(None, &labels), None, "without {key}");
        }
        assert_eq!(super::mark(Some("our database"), &Tags::new()), None);
        assert_eq!(unspell("_zz"), None);
        assert_eq!(unspell("a_2"), None);
    }
}
