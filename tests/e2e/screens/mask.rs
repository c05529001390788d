//! What differs from run to run, made the same: ids that clouds give, times, counts of requests.

use sim::example;

/// Ids keep their number within one script.
#[derive(Default)]
pub(super) struct Mask {
    ids: Vec<String>,
}

impl Mask {
    pub(super) fn apply(&mut self, text: &str) -> String {
        text.lines().map(|line| self.line(line) + "\n").collect()
    }

    fn line(&mut self, line: &str) -> String {
        let mut masked = String::new();
        let mut rest = line;
        let mut timed = false;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
            let end =
                rest[start..].find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':');
            let end = end.map_or(rest.len(), |end| start + end);
            let word = &rest[start..end];
            let stays = word.trim_end_matches([':', '-']);
            let instead = self.word(stays);
            timed |= instead.ends_with("TIME");
            masked += &rest[..start];
            masked += &instead;
            masked += &word[stays.len()..];
            rest = &rest[end..];
        }
        masked += rest;
        if masked.contains("requests left") {
            masked = masked.replace(|c: char| c.is_ascii_digit(), "#").replace("## of", "# of");
        }
        // Columns are as wide as what stood there.
        if timed { squeeze(&masked) } else { masked }
    }

    fn word(&mut self, word: &str) -> String {
        let is_hex = |part: &str, len: usize| {
            part.len() == len
                && part.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase())
        };
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if is_duration(word) || word.starts_with("202") && word.contains('T') && word.contains(':')
        {
            return "TIME".into();
        }
        if is_hex(word, 64) || is_hex(word, 12) && digits > 0 && digits < 12 {
            return "DIGEST".into();
        }
        let known =
            [example::PROJECT, example::ORDERS, example::BILLING, example::REPORTS].contains(&word);
        let is_serial = digits == 19 && word.len() == 19 && !known;
        if is_serial {
            return format!("ID-{}", self.number(word));
        }
        match word.strip_prefix("vpce-") {
            Some(id) if is_hex(id, 17) => format!("vpce-{}", self.number(word)),
            Some(_) | None => word.to_owned(),
        }
    }

    fn number(&mut self, id: &str) -> usize {
        let known = self.ids.iter().position(|known| known == id);
        known.unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        }) + 1
    }
}

/// `0s`, `1m`, and nothing longer: examples have no hours.
fn is_duration(word: &str) -> bool {
    let number = word.strip_suffix("ms").or(word.strip_suffix('s')).or(word.strip_suffix('m'));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn squeeze(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let words: Vec<&str> =
        line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect();
    format!("{}{}", &line[..indent], words.join("  "))
}
