//! The parts of a private link connection as a tree, from the database to TiDB Cloud, each with what it is for.

use crate::report::PartLine;
use crate::web::html::Html;

/// Each part stands on the one before it.
pub(super) fn chain(html: &mut Html, parts: &[PartLine]) {
    let Some((first, rest)) = parts.split_first() else { return };
    html.raw("<ol class=\"chain\"><li>");
    part(html, first);
    chain(html, rest);
    html.raw("</li></ol>");
}

fn part(html: &mut Html, line: &PartLine) {
    let PartLine { name, id, state, purpose } = line;
    html.raw("<p>").leaf("b", "", name).raw(" ");
    let stands = state.as_deref().or(id.is_none().then_some("not there yet"));
    if let Some(stands) = stands {
        html.leaf("span", "state", stands).raw(" ");
    }
    html.leaf("span", "soft", purpose).raw("</p>");
    if let Some(id) = id {
        html.leaf("code", "soft", id);
    }
}
