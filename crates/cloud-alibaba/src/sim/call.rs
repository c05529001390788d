//! One call on its way through an action, and the frame that all lists share.
//!
//! What the rows are, each action says itself.

use super::caller::Caller;
use super::form::Form;
use super::refusal::Refusal;
use super::refused::{no_endpoint, refused};
use serde_json::{Map, Value as Json, json};
use sim::{Link, PageRequest, Scope, Sim, Twist, World};
use std::sync::Arc;

pub(super) type Answer = Result<Json, Refusal>;

pub(super) struct Call<'sim> {
    pub(super) sim: &'sim Sim,
    pub(super) caller: Caller,
    pub(super) scope: Scope,
    pub(super) form: Form,
    /// What a list or a state must be made to say.
    pub(super) twist: Option<Twist>,
}

/// Documented for every list of PrivateLink's but that of security groups.
pub(super) const PAGE_MOST: usize = 1_000;
const PAGE_USUAL: usize = 50;

impl Call<'_> {
    pub(super) fn with<Value>(&self, look: impl FnOnce(&mut World) -> Value) -> Value {
        self.sim.with(look)
    }

    /// The page that was asked for, under the list's name.
    pub(super) fn page(&self, name: &str, rows: &[Json], most: usize) -> Answer {
        self.page_of(name, rows, PAGE_USUAL, most)
    }

    /// The same where the product has another usual size.
    pub(super) fn page_of(&self, name: &str, rows: &[Json], usual: usize, most: usize) -> Answer {
        let size = self.form.number("MaxResults", most)?.unwrap_or(usual);
        let token = self.form.get("NextToken").map(str::to_owned);
        let request = PageRequest { size, token, skip: 0, question: self.form.question() };
        let page = self.with(|world| world.page(rows, &request, self.twist.as_ref()));
        let page = page.map_err(|_| refused(sim::Refusal::BadPageToken))?;
        let mut answer = Map::from_iter([
            (name.to_owned(), Json::Array(page.rows)),
            ("MaxResults".to_owned(), json!(size)),
        ]);
        if self.with(|world| world.draws.total_size) {
            answer.insert("TotalCount".to_owned(), json!(page.total));
        }
        if let Some(next) = page.next {
            answer.insert("NextToken".to_owned(), json!(next));
        }
        Ok(Json::Object(answer))
    }

    /// A page of the products that count pages: `{"VSwitches": {"VSwitch": […]}}`.
    pub(super) fn numbered(&self, outer: &str, inner: &str, rows: Vec<Json>) -> Answer {
        let size = self.form.number("PageSize", 50)?.unwrap_or(10);
        let number = self.form.number("PageNumber", usize::MAX)?.unwrap_or(1);
        let total = rows.len();
        let shown: Vec<Json> =
            rows.into_iter().skip((number - 1).saturating_mul(size)).take(size).collect();
        Ok(
            json!({"PageNumber": number, "PageSize": size, "TotalCount": total, outer: {inner: shown}}),
        )
    }

    /// The endpoint that the call is about, as the cloud shows it to who asks by id.
    pub(super) fn endpoint(&self) -> Result<Arc<Link>, Refusal> {
        let id = self.form.require("EndpointId")?;
        self.with(|world| world.link(&self.scope, id)).ok_or_else(|| no_endpoint(id))
    }
}
