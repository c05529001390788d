//! The gateway's side of HTTP Digest (RFC 7616): it issues challenges and judges answers.
//!
//! `qop=auth` only, as the vendor's clients speak it. No `-sess`, no `userhash`, no proxy authentication. Whose key
//! may do what is none of its business.

use super::credentials::Credentials;
use md5::Md5;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const REALM: &str = "tidb.cloud";
/// Requests of one client overtake each other on their way; by more than this many, it is a replay.
const REORDERING: u32 = 256;
/// A gateway forgets, too. Each is about 100 bytes.
const NONCES_MAX: usize = 10_000;

/// With which hash the gateway challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Md5,
    Sha256,
}

/// Why an `Authorization` header does not let the request in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The key is right, the nonce is old, unknown or used up: ask again with a new one.
    Stale(String),
    WrongKey(String),
    /// 400 in RFC 7616.
    Malformed(String),
}

pub(super) struct Gatekeeper {
    algorithm: Algorithm,
    /// In milliseconds.
    lifetime: u64,
    /// Makes the nonces of two runs differ, and those of one seed repeat.
    seed: u64,
    issued: u64,
    nonces: BTreeMap<String, Nonce>,
}

struct Nonce {
    since: u64,
    highest: u32,
    seen: BTreeSet<u32>,
}

impl Gatekeeper {
    pub(super) fn new(algorithm: Algorithm, lifetime: u64, seed: u64) -> Gatekeeper {
        Gatekeeper { algorithm, lifetime, seed, issued: 0, nonces: BTreeMap::new() }
    }

    /// The value of `WWW-Authenticate`.
    pub(super) fn challenge(&mut self, now: u64, stale: bool) -> String {
        let lifetime = self.lifetime;
        self.nonces.retain(|_, nonce| !nonce.is_old(now, lifetime));
        if self.nonces.len() >= NONCES_MAX {
            self.nonces.pop_first();
        }
        self.issued += 1;
        let tag = hex::encode(Sha256::digest(format!("{}:{}", self.seed, self.issued)));
        // The number in front makes the oldest nonce the first of the map.
        let nonce = format!("{:012x}{}", self.issued, &tag[..20]);
        let fresh = Nonce { since: now, highest: 0, seen: BTreeSet::new() };
        self.nonces.insert(nonce.clone(), fresh);
        let stale = if stale { ", stale=true" } else { "" };
        format!(
            "Digest realm=\"{REALM}\", qop=\"auth\", algorithm={}, nonce=\"{nonce}\", opaque=\"{}\"{stale}",
            self.algorithm.word(),
            self.opaque(),
        )
    }

    /// The public key that signed the request.
    pub(super) fn judge(
        &mut self,
        header: &str,
        method: &str,
        target: &str,
        now: u64,
        private_key: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Refusal> {
        let given = Credentials::parse(header).map_err(Refusal::Malformed)?;
        if given.target() != target {
            let message = format!("digest uri {} is not the request's {target}", given.uri);
            return Err(Refusal::Malformed(message));
        }
        if given.algorithm != self.algorithm
            || given.realm != REALM
            || given.opaque != self.opaque()
        {
            return Err(Refusal::WrongKey(given.username));
        }
        let Some(secret) = private_key(&given.username) else {
            return Err(Refusal::WrongKey(given.username));
        };
        if response(&given, method, &secret) != given.response {
            return Err(Refusal::WrongKey(given.username));
        }
        let nonce = self.nonces.get_mut(&given.nonce);
        let fresh = nonce
            .is_some_and(|nonce| !nonce.is_old(now, self.lifetime) && nonce.count(given.count));
        if fresh { Ok(given.username) } else { Err(Refusal::Stale(given.username)) }
    }

    fn opaque(&self) -> String {
        hex::encode(&Sha256::digest(format!("opaque:{}", self.seed))[..8])
    }
}

impl Nonce {
    fn is_old(&self, now: u64, lifetime: u64) -> bool {
        now.saturating_sub(self.since) >= lifetime
    }

    /// Whether this count is new. Counts may arrive out of order, but not twice and not long after their time.
    fn count(&mut self, count: u32) -> bool {
        let floor = self.highest.saturating_sub(REORDERING);
        if count <= floor || !self.seen.insert(count) {
            return false;
        }
        self.highest = self.highest.max(count);
        let floor = self.highest.saturating_sub(REORDERING);
        self.seen.retain(|seen| *seen > floor);
        true
    }
}

impl Algorithm {
    pub(super) fn word(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    fn hash(self, text: &str) -> String {
        match self {
            Algorithm::Md5 => hex::encode(Md5::digest(text)),
            Algorithm::Sha256 => hex::encode(Sha256::digest(text)),
        }
    }
}

/// RFC 7616 §3.4.1, with `qop=auth`.
fn response(given: &Credentials, method: &str, secret: &str) -> String {
    let hash = |text: &str| given.algorithm.hash(text);
    let Credentials { username, realm, uri, nonce, cnonce, .. } = given;
    let identity = hash(&format!("{username}:{realm}:{secret}"));
    let request = hash(&format!("{method}:{uri}"));
    hash(&format!("{identity}:{nonce}:{:08x}:{cnonce}:auth:{request}", given.count))
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Credentials, Gatekeeper, REORDERING, Refusal, response};

    /// RFC 7616 §3.9.1: one request, answered in both algorithms.
    fn check_vector(algorithm: &str, expected: &str) {
        let header = format!(
            r#"Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html",
            algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001,
            cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth,
            response="{expected}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
        );
        let given = Credentials::parse(&header).unwrap();
        assert_eq!(response(&given, "GET", "Circle of Life"), expected);
    }

    #[test]
    fn the_vectors_of_the_rfc() {
        check_vector("MD5", "8ca523f5e9506fed4657c9700eebdbec");
        check_vector("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }

    const START: u64 = 7_000;
    const LIFETIME: u64 = 30_000;

    struct Desk {
        gatekeeper: Gatekeeper,
        challenge: String,
    }

    impl Desk {
        fn new(algorithm: Algorithm) -> Desk {
            let mut gatekeeper = Gatekeeper::new(algorithm, LIFETIME, 1);
            let challenge = gatekeeper.challenge(START, false);
            Desk { gatekeeper, challenge }
        }

        fn answer(&self, secret: &str, count: u32) -> String {
            let field = |name: &str| {
                let start = self.challenge.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
                self.challenge[start..].split('"').next().unwrap().to_owned()
            };
            let header = format!(
                "Digest username=\"pub\", realm=\"{}\", nonce=\"{}\", uri=\"/a?b=c\", qop=auth, nc={count:08x}, \
                 cnonce=\"x\", algorithm={}, opaque=\"{}\", response=",
                field("realm"),
                field("nonce"),
                self.gatekeeper.algorithm.word(),
                field("opaque"),
            );
            let given = Credentials::parse(&format!("{header}\"0\"")).unwrap();
            format!("{header}\"{}\"", response(&given, "GET", secret))
        }

        fn judge(&mut self, header: &str, now: u64) -> Result<String, Refusal> {
            let known = |key: &str| (key == "pub").then(|| "secret".to_owned());
            self.gatekeeper.judge(header, "GET", "/a?b=c", now, known)
        }
    }

    #[test]
    fn the_right_key_enters_under_both_algorithms() {
        for algorithm in [Algorithm::Md5, Algorithm::Sha256] {
            let mut desk = Desk::new(algorithm);
            let header = desk.answer("secret", 1);
            assert_eq!(desk.judge(&header, START), Ok("pub".to_owned()));
        }
    }

    #[test]
    fn a_wrong_secret_a_wrong_method_and_a_foreign_uri_do_not() {
        let mut desk = Desk::new(Algorithm::Md5);
        let wrong = desk.answer("guess", 1);
        assert_eq!(desk.judge(&wrong, START), Err(Refusal::WrongKey("pub".to_owned())));
        let header = desk.answer("secret", 1);
        let known = |_: &str| Some("secret".to_owned());
        let deletion = desk.gatekeeper.judge(&header, "DELETE", "/a?b=c", START, known);
        assert_eq!(deletion, Err(Refusal::WrongKey("pub".to_owned())));
        let elsewhere = desk.gatekeeper.judge(&header, "GET", "/a?b=d", START, known);
        assert!(matches!(elsewhere, Err(Refusal::Malformed(_))), "{elsewhere:?}");
    }

    #[test]
    fn a_nonce_grows_old() {
        let mut desk = Desk::new(Algorithm::Md5);
        let first = desk.answer("secret", 1);
        assert_eq!(desk.judge(&first, START + LIFETIME - 1), Ok("pub".to_owned()));
        let second = desk.answer("secret", 2);
        assert_eq!(desk.judge(&second, START + LIFETIME), Err(Refusal::Stale("pub".to_owned())));
    }

    #[test]
    fn counts_may_overtake_each_other_but_not_repeat() {
        let mut desk = Desk::new(Algorithm::Md5);
        for count in [2, 1, REORDERING + 10, 11] {
            let header = desk.answer("secret", count);
            assert_eq!(desk.judge(&header, START), Ok("pub".to_owned()), "count {count}");
        }
        for count in [0, 1, 2, 3, 10, 11, REORDERING + 10] {
            let header = desk.answer("secret", count);
            assert_eq!(
                desk.judge(&header, START),
                Err(Refusal::Stale("pub".to_owned())),
                "count {count}"
            );
        }
    }
}
