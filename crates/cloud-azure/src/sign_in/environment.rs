//! The variables of a process, as the vendor's own libraries read them.

use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct Environment(Arc<Lookup>);

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    #[must_use]
    pub(crate) fn new(
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Environment {
        Environment(Arc::new(lookup))
    }

    /// This process's own.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the vendor's variables, as its own libraries read them"
    )]
    pub(crate) fn of_process() -> Environment {
        Environment::new(|name| std::env::var(name).ok())
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}
