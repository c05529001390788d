//! Lists: of one region, or of all of them at once, in pages.

use super::refusal::Refusal;
use super::{Answer, Call, addresses as address, rules as rule};
use serde_json::{Map, Value, json};
use sim::{Address, AddressId, Link, LinkId, LinkState, Page, PageRequest, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The documented default and maximum of `maxResults`.
const PAGE_ROWS: usize = 500;

pub(super) fn rules(call: &Call<'_>) -> Answer {
    let rows: Vec<Arc<Link>> = call.sim.with(|world| {
        let rows = world.links(&call.scope).into_iter();
        rows.filter(|link| link.state != LinkState::Deleted).collect()
    });
    let render = |link: &Arc<Link>| (link.scope.region.clone(), rule::render(call, link));
    list(call, "forwardingRules", "forwardingRule", &rows, render)
}

pub(super) fn addresses(call: &Call<'_>) -> Answer {
    let (rows, users) = call.sim.with(|world| (world.addresses(&call.scope), users(world)));
    let render = |row: &Arc<Address>| {
        let user = users.get(&row.id).map(LinkId::as_str);
        (row.scope.region.clone(), address::render(row, user))
    };
    list(call, "addresses", "address", &rows, render)
}

/// Which rule uses which address.
fn users(world: &World) -> BTreeMap<AddressId, LinkId> {
    let links = world.true_links().filter(|link| link.state != LinkState::Deleted);
    links.filter_map(|link| Some((link.address.clone()?, link.id.clone()))).collect()
}

/// Rows come with their region. Only those of the page are written, unless a filter must look at all.
fn list<Row: Clone>(
    call: &Call<'_>,
    kind: &str,
    word: &str,
    rows: &[Row],
    render: impl Fn(&Row) -> (String, Value),
) -> Answer {
    let size = match call.query("maxResults").map(str::parse::<usize>) {
        None => PAGE_ROWS,
        Some(Ok(size)) if size <= PAGE_ROWS => size.max(1),
        Some(_) => return Err(Refusal::invalid("Invalid value for field 'maxResults'")),
    };
    let mut rows = rows.to_vec();
    if let Some(filter) = call.query("filter").map(Filter::read).transpose()? {
        rows.retain(|row| filter.fits(&render(row).1));
    }
    let token = call.query("pageToken").map(str::to_owned);
    let asked = call.query.iter().filter(|(name, _)| name != "pageToken");
    let question = format!("{kind} {:?} {asked:?}", call.scope, asked = asked.collect::<Vec<_>>());
    let request = PageRequest { size, token, skip: 0, question };
    let page = call.sim.with(|world| world.page(&rows, &request, call.twist.as_ref()));
    let page =
        page.map_err(|sim::BadPageToken| Refusal::invalid("Invalid value for field 'pageToken'"));
    let Page { rows, next, total: _ } = page?;
    let rows = rows.iter().map(render);
    let mut answer = if call.scope.region.is_empty() {
        let items = by_region(kind, rows.collect());
        json!({ "kind": format!("compute#{word}AggregatedList"), "items": items })
    } else {
        let items: Vec<Value> = rows.map(|(_, row)| row).collect();
        json!({ "kind": format!("compute#{word}List"), "items": items })
    };
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(answer)
}

/// Only `field = "text"` and `field != "text"` are simulated.
struct Filter<'query> {
    field: &'query str,
    text: &'query str,
    is_so: bool,
}

impl Filter<'_> {
    fn read(filter: &str) -> Result<Filter<'_>, Refusal> {
        let parted = match filter.split_once("!=") {
            Some((field, text)) => Some((field, text, false)),
            None => filter.split_once('=').map(|(field, text)| (field, text, true)),
        };
        let (field, text, is_so) =
            parted.ok_or_else(|| Refusal::invalid("Invalid value for field 'filter'"))?;
        Ok(Filter { field: field.trim(), text: text.trim().trim_matches('"'), is_so })
    }

    fn fits(&self, row: &Value) -> bool {
        let Filter { field, text, is_so } = self;
        (row[field].as_str() == Some(text)) == *is_so
    }
}

/// A region without rows says so, as the vendor's does.
fn by_region(kind: &str, rows: Vec<(String, Value)>) -> Value {
    let mut regions: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (region, row) in rows {
        regions.entry(format!("regions/{region}")).or_default().push(row);
    }
    let mut items = Map::new();
    let warning = json!({"code": "NO_RESULTS_ON_PAGE", "message": "There are no results for scope 'global' on this page."});
    items.insert("global".to_owned(), json!({ "warning": warning }));
    items.extend(regions.into_iter().map(|(region, rows)| (region, json!({ kind: rows }))));
    Value::Object(items)
}
