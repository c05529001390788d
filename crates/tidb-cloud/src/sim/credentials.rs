//! What an `Authorization: Digest` header says, taken apart. Whether it is true, the gatekeeper judges.

use super::digest::Algorithm;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) username: String,
    pub(super) realm: String,
    pub(super) nonce: String,
    pub(super) uri: String,
    pub(super) cnonce: String,
    pub(super) count: u32,
    pub(super) response: String,
    pub(super) opaque: String,
    pub(super) algorithm: Algorithm,
}

impl Credentials {
    pub(super) fn parse(header: &str) -> Result<Credentials, String> {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if !scheme.eq_ignore_ascii_case("digest") {
            return Err(format!("scheme {scheme} is not supported, use Digest"));
        }
        let mut fields = directives(rest)?;
        let mut take =
            |name: &str| fields.remove(name).ok_or_else(|| format!("digest lacks {name}"));
        let qop = take("qop")?;
        if qop != "auth" {
            return Err(format!("digest qop {qop} is not supported, use auth"));
        }
        let count = take("nc")?;
        let count = Some(count.as_str()).filter(|count| count.len() == 8);
        let count = count.and_then(|count| u32::from_str_radix(count, 16).ok());
        Ok(Credentials {
            username: take("username")?,
            realm: take("realm")?,
            nonce: take("nonce")?,
            uri: take("uri")?,
            cnonce: take("cnonce")?,
            count: count.ok_or("digest nc is not 8 hexadecimal digits")?,
            response: take("response")?,
            opaque: take("opaque").unwrap_or_default(),
            algorithm: algorithm(fields.get("algorithm"))?,
        })
    }

    /// The uri's path and query: the RFC lets a client write the whole URI.
    pub(super) fn target(&self) -> &str {
        let Some((_, rest)) = self.uri.split_once("://") else { return &self.uri };
        rest.find('/').map_or("/", |slash| &rest[slash..])
    }
}

/// MD5 is meant where none is named.
fn algorithm(word: Option<&String>) -> Result<Algorithm, String> {
    match word.map(String::as_str) {
        None => Ok(Algorithm::Md5),
        Some(word) if word.eq_ignore_ascii_case("MD5") => Ok(Algorithm::Md5),
        Some(word) if word.eq_ignore_ascii_case("SHA-256") => Ok(Algorithm::Sha256),
        Some(word) => Err(format!("digest algorithm {word} is not supported")),
    }
}

/// `name=value` and `name="value"`, separated by commas. A name may come only once.
fn directives(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or("digest directive without a value")?;
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let end = after.find(',').unwrap_or(after.len());
            (after[..end].trim_end().to_owned(), &after[end..])
        };
        let name = name.trim().to_ascii_lowercase();
        if found.insert(name.clone(), value).is_some() {
            return Err(format!("digest names {name} twice"));
        }
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',').ok_or("digest directives are separated by commas")?;
            rest = rest.trim_start();
        }
    }
    Ok(found)
}

/// The text up to the closing quote, and what follows it.
fn unquote(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            plain => value.push(plain),
        }
    }
    Err("digest value without its closing quote".to_owned())
}

#[cfg(test)]
mod tests {
    use super::Credentials;

    const WHOLE: &str = r#"Digest username="a\"b", realm="r", nonce="n", uri="http://host:1/x?y=z, 1", qop=auth,nc=0000000a , cnonce="c", response="0""#;

    #[test]
    fn quotes_commas_and_absolute_uris_are_understood() {
        let given = Credentials::parse(WHOLE).unwrap();
        assert_eq!(given.username, "a\"b");
        assert_eq!(given.target(), "/x?y=z, 1");
        assert_eq!(given.count, 10);
    }

    #[test]
    fn nonsense_is_named() {
        fn check(header: &str, complaint: &str) {
            let error = Credentials::parse(header).unwrap_err();
            assert!(error.contains(complaint), "{header}: {error}");
        }
        check("Bearer abc", "scheme Bearer");
        check("Digest", "lacks qop");
        check(&WHOLE.replace("0000000a", "a"), "nc is not");
        check(&WHOLE.replace("qop=auth", "qop=auth-int"), "auth-int");
        check(&WHOLE.replace("nonce=\"n\"", "realm=\"n\""), "realm twice");
        check(&WHOLE.replace("response=\"0\"", "response=\"0"), "closing quote");
        check(&format!("{WHOLE}, algorithm=MD5-sess"), "MD5-sess");
    }
}
