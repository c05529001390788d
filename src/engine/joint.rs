//! One wish of several users: what an endpoint that they share must be like to serve each of them.

use crate::wish::{SHARED, Wish};
use cloud::{ClusterKey, Setting, Settings, Value};
use planner::Generation;
use planner::endpoint::ServiceName;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The name that the endpoint's mark bears: no user's own, and none that a manifest could use.
#[must_use]
pub(super) fn name(network: &str, service: &ServiceName) -> String {
    format!("{SHARED}.{}", &digest([network, &service.0])[..16])
}

/// The users' wishes joined: it stays while one of them wants it, on the most careful terms of all; it has every subnet,
/// group and tag that any asks for. Where they contradict each other, the first user has the word.
#[must_use]
pub(super) fn join<'a>(name: &str, mut users: impl Iterator<Item = &'a Wish>) -> Option<Wish> {
    let mut joint = Wish { name: name.to_owned(), cluster: key().into(), ..users.next()?.clone() };
    joint.origin.cluster_name = String::new();
    for user in users {
        joint.desired = joint.desired.together(user.desired);
        for (field, theirs) in &*user.settings {
            match joint.settings.get_mut(field) {
                Some(ours) => {
                    merge(&mut ours.value, &theirs.value);
                    ours.change = ours.change.max(theirs.change);
                }
                None => {
                    joint.settings.insert(field, theirs.clone());
                }
            }
        }
    }
    joint.generation = generation(&joint);
    Some(joint)
}

/// Of no instance alone.
#[must_use]
pub(super) fn key() -> ClusterKey {
    let [project, cluster, group] = [const { String::new() }; 3];
    ClusterKey { tier: SHARED.to_owned(), project, cluster, group }
}

fn merge(ours: &mut Value, theirs: &Value) {
    match (ours, theirs) {
        (Value::Set(ours), Value::Set(theirs)) => ours.extend(theirs.iter().cloned()),
        (Value::Flag(ours), Value::Flag(theirs)) => *ours |= theirs,
        (Value::Map(ours), Value::Map(theirs)) => {
            for (key, value) in theirs {
                ours.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        (Value::Text(_) | Value::Set(_) | Value::Flag(_) | Value::Map(_), _) => {}
    }
}

/// Another one only if something else is asked: who comes or goes and asks for nothing new changes nothing.
fn generation(joint: &Wish) -> Generation {
    let terms = format!("{:?}", joint.desired);
    let settings = written(&joint.settings);
    let all = settings.iter().flat_map(|(field, value)| [*field, value]);
    let digest = digest(std::iter::once(&*terms).chain(all));
    let number = u64::from_str_radix(&digest[..16], 16);
    Generation(number.expect("sixteen hexadecimal digits always fit"))
}

fn written(settings: &Settings) -> BTreeMap<&'static str, String> {
    let text = |setting: &Setting| setting.value.to_string();
    settings.iter().map(|(field, setting)| (*field, text(setting))).collect()
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}
