//! The query string, read as a grpc-gateway reads it: unknown names are ignored, an empty value is no value, a value
//! of the wrong type is refused.

use super::reply::Reply;
use axum::extract::Query as Pairs;
use axum::http::Uri;

#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(uri: &Uri) -> Result<Query, Reply> {
        let pairs =
            Pairs::try_from_uri(uri).map_err(|_| Reply::invalid("malformed query string"))?;
        Ok(Query(pairs.0))
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The last one wins.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.0.iter().filter(move |pair| pair.0 == name && !pair.1.is_empty());
        named.map(|pair| pair.1.as_str())
    }

    pub(super) fn number(&self, name: &str) -> Result<usize, Reply> {
        let Some(text) = self.one(name) else { return Ok(0) };
        text.parse().map_err(|_| Reply::invalid(&format!("{name}: {text:?} is not a valid value")))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Reply> {
        match self.one(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(text) => Err(Reply::invalid(&format!("{name}: {text:?} is not a boolean"))),
        }
    }

    /// Whether `value` is among those asked for; who asks for none asks for all.
    pub(super) fn admits(&self, name: &str, value: &str) -> bool {
        self.all(name).next().is_none() || self.all(name).any(|wanted| wanted == value)
    }
}
