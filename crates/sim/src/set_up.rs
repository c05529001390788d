//! What somebody sets up in order to work with a simulated cloud. Each cloud's own crate knows its part.

use std::fmt::{self, Display, Write};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetUp {
    /// What a shell exports, for Tidelock and for the vendor's own programs.
    pub exports: Vec<(&'static str, String)>,
    /// Files of one line, beside the configuration.
    pub files: Vec<(&'static str, String)>,
    /// What `[accounts.<alias>]` says beside the cloud, as TOML.
    pub account: Vec<(&'static str, String)>,
}

impl SetUp {
    #[must_use]
    pub fn export(mut self, name: &'static str, value: impl Into<String>) -> SetUp {
        self.exports.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn file(mut self, name: &'static str, line: impl Into<String>) -> SetUp {
        self.files.push((name, line.into()));
        self
    }

    /// A text in the account's part of the configuration.
    #[must_use]
    pub fn say(mut self, key: &'static str, text: &str) -> SetUp {
        self.account.push((key, format!("{text:?}")));
        self
    }

    /// The only region of the account.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> SetUp {
        self.account.push(("regions", format!("[{region:?}]")));
        self
    }
}

/// As lines for a shell, without the account.
impl Display for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SetUp { exports, files, account: _ } = self;
        for (name, value) in exports {
            writeln!(f, "export {name}={}", quoted(value))?;
        }
        for (name, line) in files {
            writeln!(f, "echo {} > {name}", quoted(line))?;
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,+@~".contains(c);
    // A tilde stands for a home directory, but only in front.
    if word.chars().all(plain) && !word.starts_with('~') && !word.is_empty() {
        return word.to_owned();
    }
    let mut text = String::from("'");
    for c in word.chars() {
        let _ = if c == '\'' { text.write_str("'\\''") } else { text.write_char(c) };
    }
    text + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_each_line_as_it_is_meant() {
        let set_up =
            SetUp::default().export("A", "http://[::1]:7/x").export("B", "it's").file("f", "a.b");
        let expected = "export A='http://[::1]:7/x'\nexport B='it'\\''s'\necho a.b > f\n";
        assert_eq!(set_up.to_string(), expected);
    }
}
