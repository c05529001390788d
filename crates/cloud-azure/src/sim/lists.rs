//! Lists: of a subscription or of one group, in pages that lead to each other.

use super::call::{Answer, Call};
use super::refusal::Refusal;
use super::reply::Reply;
use super::{endpoints, form, interfaces as interface, networks as network};
use serde_json::{Value, json};
use sim::{LinkState, Page, PageRequest, World};

const PAGE_ROWS: usize = 1_000;

pub(super) fn endpoints(call: &Call<'_>, group: Option<&str>) -> Answer {
    let rows = call.with(|world| {
        let links = world.links(&call.scope).into_iter();
        let listed = links.filter(|link| link.state != LinkState::Deleted);
        listed.filter(|link| is_in(group, link.id.as_str())).collect::<Vec<_>>()
    });
    list(call, group, &rows, |world, link| endpoints::render(call, world, link))
}

pub(super) fn interfaces(call: &Call<'_>, group: Option<&str>) -> Answer {
    let rows = call.with(|world| {
        let links = world.links(&call.scope);
        let links = links.iter().filter(|link| link.state != LinkState::Deleted);
        let listed =
            links.flat_map(|link| link.interfaces.iter().map(|its| (link.clone(), its.clone())));
        listed.filter(|(_, its)| is_in(group, &its.id)).collect::<Vec<_>>()
    });
    list(call, group, &rows, |world, (link, its)| interface::render(call, world, link, its))
}

pub(super) fn networks(call: &Call<'_>, group: Option<&str>) -> Answer {
    let rows = call.with(|world| {
        let listed = world.networks(&call.scope).filter(|its| is_in(group, its.id.as_str()));
        listed.cloned().collect::<Vec<_>>()
    });
    list(call, group, &rows, network::render)
}

fn is_in(group: Option<&str>, id: &str) -> bool {
    let its = id.split('/').nth(4).unwrap_or_default();
    group.is_none_or(|group| its.eq_ignore_ascii_case(group))
}

/// Only the rows of the page are written.
fn list<Row: Clone>(
    call: &Call<'_>,
    group: Option<&str>,
    rows: &[Row],
    render: impl Fn(&World, &Row) -> Value,
) -> Answer {
    if let Some(group) = group {
        call.with(|world| call.check_group(world, group))?;
    }
    let token = form::find(&call.query, "$skipToken").map(str::to_owned);
    let question = call.path.to_ascii_lowercase();
    let request = PageRequest { size: PAGE_ROWS, token, skip: 0, question };
    let page = call.with(|world| world.page(rows, &request, call.twist.as_ref()));
    let page = page.map_err(|sim::BadPageToken| {
        Refusal::bad("InvalidSkipToken", "The provided skip token is invalid.")
    })?;
    let Page { rows, next, total: _ } = page;
    let rows: Vec<Value> = call.with(|world| rows.iter().map(|row| render(world, row)).collect());
    let mut answer = json!({ "value": rows });
    if let Some(next) = next {
        let (base, path, version) = (&call.base, &call.path, call.api_version());
        answer["nextLink"] = json!(format!("{base}{path}?api-version={version}&$skipToken={next}"));
    }
    Ok(Reply::new(200, answer))
}
