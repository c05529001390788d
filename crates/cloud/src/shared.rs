//! One of many equal values, kept once: endpoints of one network mostly have the same settings.
//!
//! It only saves memory and time. Who changes their value gets one of their own, and equal is what is equal.

use std::collections::HashSet;
use std::hash::Hash;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shared<Value>(Arc<Value>);

/// The values that were met so far.
#[derive(Clone, Debug)]
pub struct Pool<Value>(HashSet<Shared<Value>>);

impl<Value: Clone + Eq + Hash> Pool<Value> {
    /// Makes it the same as the first one that was equal.
    pub fn unite(&mut self, value: &mut Shared<Value>) {
        if let Some(known) = self.0.get(value) {
            value.clone_from(known);
        } else {
            self.0.insert(value.clone());
        }
    }
}

impl<Value> Default for Pool<Value> {
    fn default() -> Self {
        Pool(HashSet::new())
    }
}

impl<Value> From<Value> for Shared<Value> {
    fn from(value: Value) -> Self {
        Shared(Arc::new(value))
    }
}

impl<Value> Deref for Shared<Value> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}

impl<Value: Clone> DerefMut for Shared<Value> {
    fn deref_mut(&mut self) -> &mut Value {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_until_one_is_changed() {
        let mut pool = Pool::default();
        let [mut one, mut other] = ["a", "a"].map(|text| Shared::from(text.to_owned()));
        assert!(!Arc::ptr_eq(&one.0, &other.0));
        for value in [&mut one, &mut other] {
            pool.unite(value);
        }
        assert!(Arc::ptr_eq(&one.0, &other.0));
        other.push('b');
        assert_eq!((&**one, &**other), ("a", "ab"));
    }
}
