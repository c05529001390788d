//! The mark by which we know what is ours, and the token that makes a repeated create the same create.
//!
//! The mark lives on the customer's side of an endpoint, as tags. It holds all that is needed to take the endpoint
//! down again when the manifest's entry and our own disk are both gone. With a key, it cannot be forged by copying
//! it to another name; whether two endpoints carry the same mark, the caller must see.

use crate::Shared;
use hmac::{Hmac, KeyInit, Mac};
use planner::endpoint::OnDelete;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::{self, Display};

const PREFIX: &str = "tidelock:";
const OWNER: &str = "tidelock:owner";
const NAME: &str = "tidelock:name";
const INCARNATION: &str = "tidelock:incarnation";
const ON_DELETE: &str = "tidelock:on-delete";
const CLUSTER: &str = "tidelock:cluster";
const MAC: &str = "tidelock:mac";

/// Where TiDB Cloud keeps its half: `tier/project/cluster/group`; unknown parts are empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClusterKey {
    pub tier: String,
    pub project: String,
    pub cluster: String,
    pub group: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub owner: String,
    pub name: String,
    /// Counts the endpoints that this name has had; the first is 1.
    pub incarnation: u32,
    pub on_delete: OnDelete,
    pub cluster: Shared<ClusterKey>,
    mac: Option<String>,
}

/// Who we are. Two Tidelocks with different owner ids leave each other's endpoints alone.
#[derive(Clone, Debug)]
pub struct Owner {
    id: String,
    key: Option<SecretString>,
}

/// At most 64 characters, the strictest limit of an idempotency token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Owner {
    #[must_use]
    pub fn new(id: impl Into<String>, key: Option<SecretString>) -> Owner {
        Owner { id: id.into(), key }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    #[must_use]
    pub fn mark(
        &self,
        name: impl Into<String>,
        incarnation: u32,
        on_delete: OnDelete,
        cluster: ClusterKey,
    ) -> Mark {
        let (owner, name) = (self.id.clone(), name.into());
        let cluster = cluster.into();
        let mut mark = Mark { owner, name, incarnation, on_delete, cluster, mac: None };
        mark.mac = self.sign(&mark);
        mark
    }

    /// Whether we made this mark. With a key, a mark that was copied to another name or edited is not ours.
    #[must_use]
    pub fn owns(&self, mark: &Mark) -> bool {
        mark.owner == self.id && (self.key.is_none() || self.sign(mark) == mark.mac)
    }

    fn sign(&self, mark: &Mark) -> Option<String> {
        let key = self.key.as_ref()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        for part in [
            &*mark.owner,
            &mark.name,
            &mark.incarnation.to_string(),
            mark.on_delete.word(),
            &mark.cluster.to_string(),
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(hex::encode(&mac.finalize().into_bytes()[..16]))
    }
}

impl Mark {
    /// As tags; keys all begin with `tidelock:`.
    #[must_use]
    pub fn to_tags(&self) -> BTreeMap<String, String> {
        let Mark { owner, name, incarnation, on_delete, cluster, mac } = self;
        let mut tags = BTreeMap::from([
            (OWNER.into(), owner.clone()),
            (NAME.into(), name.clone()),
            (INCARNATION.into(), incarnation.to_string()),
            (ON_DELETE.into(), on_delete.word().into()),
            (CLUSTER.into(), cluster.to_string()),
        ]);
        if let Some(mac) = mac {
            tags.insert(MAC.into(), mac.clone());
        }
        tags
    }

    /// Nothing, unless every tag of a mark is there and legible: half a mark proves nothing.
    #[must_use]
    pub fn from_tags(tags: &BTreeMap<String, String>) -> Option<Mark> {
        Some(Mark {
            owner: tags.get(OWNER)?.clone(),
            name: tags.get(NAME)?.clone(),
            incarnation: tags.get(INCARNATION)?.parse().ok()?,
            on_delete: OnDelete::from_word(tags.get(ON_DELETE)?)?,
            cluster: ClusterKey::parse(tags.get(CLUSTER)?)?.into(),
            mac: tags.get(MAC).cloned(),
        })
    }

    /// Every key that a mark can have, to take it off again.
    #[must_use]
    pub fn keys() -> [&'static str; 6] {
        [OWNER, NAME, INCARNATION, ON_DELETE, CLUSTER, MAC]
    }

    /// Whether a tag belongs to us, so that no manifest may claim it.
    #[must_use]
    pub fn reserves(key: &str) -> bool {
        key.to_ascii_lowercase().starts_with(PREFIX)
    }

    /// A pure function of owner, name and incarnation: a create repeated after a crash is the same create.
    #[must_use]
    pub fn token(&self) -> Token {
        let mut hash = Sha256::new();
        for part in ["endpoint", &self.owner, &self.name, &self.incarnation.to_string()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Token(hex::encode(hash.finalize()))
    }
}

impl Token {
    pub(crate) fn of(digest: String) -> Token {
        Token(digest)
    }
}

impl ClusterKey {
    /// What [`Display`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<ClusterKey> {
        let parts: Vec<&str> = text.split('/').collect();
        let [tier, project, cluster, group] = parts[..] else { return None };
        let [tier, project, cluster, group] = [tier, project, cluster, group].map(Into::into);
        Some(ClusterKey { tier, project, cluster, group })
    }
}

impl Display for ClusterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClusterKey { tier, project, cluster, group } = self;
        write!(f, "{tier}/{project}/{cluster}/{group}")
    }
}

impl Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster() -> ClusterKey {
        let [tier, project, cluster, group] = ["dedicated", "137", "42", "7"].map(Into::into);
        ClusterKey { tier, project, cluster, group }
    }

    fn owner(key: Option<&str>) -> Owner {
        Owner::new("team-a", key.map(|key| SecretString::from(key.to_owned())))
    }

    #[test]
    fn a_mark_survives_its_tags() {
        for key in [None, Some("k")] {
            let mark = owner(key).mark("orders", 2, OnDelete::Protect, cluster());
            let read = Mark::from_tags(&mark.to_tags());
            assert_eq!(read.as_ref(), Some(&mark));
            assert!(owner(key).owns(&mark));
        }
    }

    #[test]
    fn tags_of_a_later_version_are_no_hindrance() {
        let mark = owner(Some("k")).mark("orders", 2, OnDelete::Protect, cluster());
        let mut tags = mark.to_tags();
        tags.insert("tidelock:of-a-later-version".into(), "something".into());
        assert_eq!(Mark::from_tags(&tags), Some(mark));
    }

    #[test]
    fn half_a_mark_is_none() {
        let mark = owner(None).mark("orders", 1, OnDelete::Remove, cluster());
        for key in mark.to_tags().keys() {
            let mut tags = mark.to_tags();
            tags.remove(key);
            assert_eq!(Mark::from_tags(&tags), None, "without {key}");
        }
    }

    #[test]
    fn a_copied_or_edited_mark_is_not_ours() {
        let mark = owner(Some("k")).mark("orders", 1, OnDelete::Protect, cluster());
        for (key, value) in [(NAME, "billing"), (ON_DELETE, "remove"), (INCARNATION, "2")] {
            let mut tags = mark.to_tags();
            tags.insert(key.into(), value.into());
            let edited = Mark::from_tags(&tags).unwrap();
            assert!(!owner(Some("k")).owns(&edited), "{key} was edited");
            assert!(!owner(Some("other")).owns(&mark));
        }
        assert!(!Owner::new("team-b", None).owns(&mark));
    }

    #[test]
    fn the_token_depends_on_nothing_else() {
        let mark = |name: &str, incarnation, policy| {
            owner(Some("k")).mark(name, incarnation, policy, cluster()).token()
        };
        let token = mark("orders", 1, OnDelete::Remove);
        assert_eq!(token, mark("orders", 1, OnDelete::Protect));
        assert_ne!(token, mark("orders", 2, OnDelete::Remove));
        assert_ne!(token, mark("billing", 1, OnDelete::Remove));
        assert_eq!(token.to_string().len(), 64);
    }
}
