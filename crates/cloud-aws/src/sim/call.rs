//! One call on its way through an action, and the frame that all lists share: ids, filters, pages.
//!
//! What the rows are, each action says itself.

use super::filter::Filters;
use super::form::Form;
use super::refusal::Refusal;
use super::refused::refused;
use super::service::Service;
use super::xml::Xml;
use sim::{PageRequest, Scope, Sim, Tags, Twist, World};
use std::ops::RangeInclusive;

pub(super) type Answer = Result<Xml, Refusal>;

pub(super) struct Call<'sim> {
    pub(super) sim: &'sim Sim,
    pub(super) action: &'static str,
    pub(super) service: Service,
    pub(super) scope: Scope,
    pub(super) access_key: String,
    pub(super) form: Form,
    /// What a list or a state must be made to say.
    pub(super) twist: Option<Twist>,
}

/// One row of a `Describe…` answer.
pub(super) trait Row: Clone {
    /// The documented filters that the simulator understands; `tag:` stands for every `tag:key`.
    const FILTERS: &'static [&'static str];
    /// The parameter that names rows one by one.
    const IDS: &'static str;
    /// The element that holds the rows.
    const SET: &'static str;
    /// The documented range of `MaxResults`. More is the most.
    const SIZES: RangeInclusive<usize> = 5..=1_000;

    /// What `IDS` call it by.
    fn key(&self) -> &str;

    /// The row's values for one of the filters, tags aside.
    fn says(&self, filter: &str) -> Vec<String>;

    fn tags(&self) -> Option<&Tags> {
        None
    }

    fn render(&self) -> Xml;

    fn missing(id: &str) -> Refusal;
}

impl Call<'_> {
    pub(super) fn with<Value>(&self, look: impl FnOnce(&mut World) -> Value) -> Value {
        self.sim.with(look)
    }

    /// Every access key is a user of its account; the simulated world has no roles.
    pub(super) fn user(&self) -> String {
        format!("arn:aws:iam::{}:user/{}", self.scope.account, self.access_key)
    }

    /// The page that was asked for, of the rows that were asked for.
    pub(super) fn list<R: Row>(&self, rows: Vec<R>) -> Answer {
        let named = self.named(rows)?;
        self.pages(named)
    }

    /// The same, when the action has found the named rows itself.
    pub(super) fn pages<R: Row>(&self, mut rows: Vec<R>) -> Answer {
        let filters = Filters::read(&self.form, R::FILTERS)?;
        let request = self.page::<R>()?;
        let none = Tags::new();
        rows.retain(|row| filters.admit(row.tags().unwrap_or(&none), |filter| row.says(filter)));
        let page = self.with(|world| world.page(&rows, &request, self.twist.as_ref()));
        let page = page.map_err(|sim::BadPageToken| refused(sim::Refusal::BadPageToken))?;
        let set = Xml::new().list(R::SET, page.rows.iter().map(Row::render));
        Ok(set.optional("nextToken", page.next))
    }

    /// All rows if none is named; if one that is named is missing, there is no answer.
    fn named<R: Row>(&self, rows: Vec<R>) -> Result<Vec<R>, Refusal> {
        let ids = self.form.list(R::IDS);
        if ids.is_empty() {
            return Ok(rows);
        }
        let find = |id: &String| {
            let row = rows.iter().find(|row| row.key() == id);
            row.cloned().ok_or_else(|| R::missing(id))
        };
        ids.iter().map(find).collect()
    }

    fn page<R: Row>(&self) -> Result<PageRequest, Refusal> {
        let asked = self.form.number("MaxResults")?;
        if asked.is_some() && !self.form.list(R::IDS).is_empty() {
            let ids = R::IDS;
            let message =
                format!("The parameter {ids} cannot be used with the parameter MaxResults");
            return Err(Refusal::bad("InvalidParameterCombination", message));
        }
        let (least, most) = R::SIZES.into_inner();
        let size = asked.unwrap_or(most);
        if size < least {
            let message = format!(
                "Value ( {size} ) for parameter maxResults is invalid. \
                 Expecting a value greater than or equal to {least}."
            );
            return Err(Refusal::bad("InvalidParameterValue", message));
        }
        let token = self.form.get("NextToken").map(str::to_owned);
        Ok(PageRequest { size: size.min(most), token, skip: 0, question: self.question() })
    }

    /// All that was asked, except for how much of it and from where.
    fn question(&self) -> String {
        let Scope { vendor: _, account, region } = &self.scope;
        let asked =
            self.form.pairs().filter(|(name, _)| !matches!(*name, "MaxResults" | "NextToken"));
        let asked: Vec<_> = asked.collect();
        format!("{account} {region} {asked:?}")
    }
}
