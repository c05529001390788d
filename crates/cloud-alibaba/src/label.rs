//! Our mark, as tags that Alibaba Cloud takes: some texts it keeps for itself, and those are written in another way.
//!
//! What was written is read back whole. The customer's own tags never come here.

use cloud::Mark;
use std::collections::BTreeMap;

pub(crate) fn to_tags(mark: &Mark) -> BTreeMap<String, String> {
    mark.to_tags().into_iter().map(|(key, value)| (key, write(&value))).collect()
}

pub(crate) fn from_tags(tags: &BTreeMap<String, String>) -> Option<Mark> {
    let ours = tags.iter().filter(|(key, _)| Mark::reserves(key));
    Mark::from_tags(&ours.map(|(key, value)| (key.clone(), read(value))).collect())
}

/// No value may begin with `aliyun` or `acs:`, and none may hold `http://` or `https://`.
fn write(value: &str) -> String {
    let value = value.replace('%', "%25").replace("://", "%3A//");
    let lower = value.to_ascii_lowercase();
    let is_kept = lower.starts_with("aliyun") || lower.starts_with("acs:");
    match value.chars().next().filter(|_| is_kept) {
        Some(first) => format!("%{:02X}{}", u32::from(first), &value[1..]),
        None => value,
    }
}

fn read(value: &str) -> String {
    let mut parts = value.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        if let Some(code) = code.filter(u8::is_ascii) {
            text.push(char::from(code));
            text.push_str(&part[2..]);
        } else {
            text.push('%');
            text.push_str(part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back() {
        for (value, written) in [
            ("orders", "orders"),
            ("", ""),
            ("aliyun-team", "%61liyun-team"),
            ("ACS:x", "%41CS:x"),
            ("premium//42/", "premium//42/"),
            ("https://git/x", "https%3A//git/x"),
            ("100%", "100%25"),
            ("%61liyun", "%2561liyun"),
            ("é%3A://", "é%253A%3A//"),
        ] {
            assert_eq!(write(value), written);
            assert_eq!(read(written), value);
        }
    }

    #[test]
    fn what_was_not_written_here_is_left_alone() {
        for text in ["100%", "%zz", "%é", "%FF", "%"] {
            assert_eq!(read(text), text);
        }
    }
}
