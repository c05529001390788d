//! Lists: of one region, or of all of them at once, in pages.

use super::refusal::Refusal;
use super::{Answer, Call, addresses as address, rules as rule};
use serde_json::{Map, Value, json};
use sim::{LinkState, Page, PageRequest};
use std::collections::BTreeMap;

/// The documented default and maximum of `maxResults`.
const PAGE_ROWS: usize = 500;

pub(super) fn rules(call: &Call<'_>) -> Answer {
    let rows = call.sim.with(|world| world.links(&call.scope));
    let listed = rows.iter().filter(|link| link.state != LinkState::Deleted);
    let rows = listed
        .map(|link| (link.scope.region.clone(), rule::render(call, link)))
        .collect::<Vec<_>>();
    list(call, "forwardingRules", "forwardingRule", &rows)
}

pub(super) fn addresses(call: &Call<'_>) -> Answer {
    let rows: Vec<_> = call.sim.with(|world| {
        let found = world.addresses(&call.scope);
        found.iter().map(|row| (row.scope.region.clone(), address::render(world, row))).collect()
    });
    list(call, "addresses", "address", &rows)
}

fn list(call: &Call<'_>, kind: &str, word: &str, rows: &[(String, Value)]) -> Answer {
    let size = match call.query("maxResults").map(str::parse::<usize>) {
        None => PAGE_ROWS,
        Some(Ok(size)) if size <= PAGE_ROWS => size.max(1),
        Some(_) => return Err(Refusal::invalid("Invalid value for field 'maxResults'")),
    };
    let token = call.query("pageToken").map(str::to_owned);
    let asked = call.query.iter().filter(|(name, _)| name != "pageToken");
    let question = format!("{kind} {:?} {asked:?}", call.scope, asked = asked.collect::<Vec<_>>());
    let request = PageRequest { size, token, skip: 0, question };
    let page = call.sim.with(|world| world.page(rows, &request, call.twist.as_ref()));
    let page =
        page.map_err(|sim::BadPageToken| Refusal::invalid("Invalid value for field 'pageToken'"));
    let Page { rows, next, total: _ } = page?;
    let mut answer = if call.scope.region.is_empty() {
        let items = by_region(kind, rows);
        json!({ "kind": format!("compute#{word}AggregatedList"), "items": items })
    } else {
        let items: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        json!({ "kind": format!("compute#{word}List"), "items": items })
    };
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(answer)
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
