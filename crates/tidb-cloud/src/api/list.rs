//! Lists, read page by page to their end.
//!
//! Whether the pages add up, the paging judges.

use crate::answer::Call;
use crate::body::{Opened, Page};
use crate::paging::{Pages, incomplete};
use crate::path::query;
use crate::session::Session;
use bytes::Bytes;
use cloud::{Error, Urgency};
use http::Method;
use std::hash::Hash;

/// The most that the vendor gives at once.
const PAGE_SIZE: &str = "100";

/// A list, without saying which page.
pub(super) struct List<'a> {
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, &'a str)>,
    pub(super) action: String,
    pub(super) what: String,
}

impl List<'_> {
    /// Every page, or an error.
    pub(super) async fn read<P: Page, Key: Eq + Hash, Row>(
        &self,
        host: &Session,
        convert: impl Fn(P::Row) -> Result<(Key, Row), String>,
        urgency: Urgency,
    ) -> Result<Vec<Row>, Error> {
        let mut pages = Pages::new();
        let mut token: Option<String> = None;
        loop {
            let page = host.call(&self.page(token.as_deref()), urgency).await;
            let page: P = page.map_err(|error| refused_page(error, token.is_some()))?;
            let Opened { rows, next, total } = page.open();
            let rows = rows.into_iter().map(&convert).collect::<Result<_, _>>();
            let rows = rows.map_err(incomplete)?;
            token = pages.add(Opened { rows, next, total })?;
            if token.is_none() {
                return pages.finish();
            }
        }
    }

    /// All but the token must be the same on every page.
    fn page(&self, token: Option<&str>) -> Call {
        let mut pairs = self.query.clone();
        pairs.push(("pageSize", PAGE_SIZE));
        pairs.extend(token.map(|token| ("pageToken", token)));
        let target = format!("{}?{}", self.path, query(&pairs));
        look(target, self.action.clone(), self.what.clone())
    }
}

pub(super) fn look(target: String, action: String, what: String) -> Call {
    Call { method: Method::GET, target, body: Bytes::new(), action, what }
}

/// A page token that is no longer good makes the request wrong, but not the question.
fn refused_page(error: Error, has_token: bool) -> Error {
    if let (Error::Refused { message, .. }, true) = (&error, has_token) {
        return incomplete(message.clone());
    }
    error
}
