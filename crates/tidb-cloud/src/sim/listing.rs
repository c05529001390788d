//! Lists in pages, as every list call of this vendor takes and gives them.

use super::gateway::Asked;
use super::reply::Reply;
use serde_json::{Map, Value, json};
use sim::{BadPageToken, PageRequest, World};

/// What differs from list to list.
#[derive(Clone, Copy)]
pub(super) struct Listing {
    /// The field that holds the rows.
    pub(super) field: &'static str,
    pub(super) default_size: usize,
    pub(super) end: End,
}

/// How the last page says so.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    EmptyToken,
    NoToken,
}

/// "Values above 100 will be coerced to 100."
const SIZE_MAX: usize = 100;
/// May differ between the pages of one question.
const PAGING: [&str; 3] = ["pageSize", "pageToken", "skip"];

impl Listing {
    /// One page of the rows that match.
    pub(super) fn page<Row: Clone>(
        self,
        world: &World,
        asked: &Asked<'_>,
        rows: &[Row],
        shape: impl Fn(&Row) -> Value,
    ) -> Result<Value, Reply> {
        let size = match asked.query.number("pageSize")? {
            0 => self.default_size,
            size => size.min(SIZE_MAX),
        };
        let request = PageRequest {
            size,
            token: asked.query.one("pageToken").map(str::to_owned),
            skip: asked.query.number("skip")?,
            question: question(asked),
        };
        let page = world.page(rows, &request, asked.twist);
        let page = page.map_err(|BadPageToken| Reply::invalid("invalid page token"))?;
        let mut fields = Map::new();
        fields.insert(self.field.to_owned(), page.rows.iter().map(shape).collect());
        if world.draws.total_size {
            fields.insert("totalSize".to_owned(), json!(page.total));
        }
        let end = (self.end == End::EmptyToken).then(String::new);
        if let Some(token) = page.next.or(end) {
            fields.insert("nextPageToken".to_owned(), json!(token));
        }
        Ok(Value::Object(fields))
    }
}

fn question(asked: &Asked<'_>) -> String {
    let pairs = asked.query.pairs().iter().filter(|(name, _)| !PAGING.contains(&name.as_str()));
    let mut pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.sort_unstable();
    format!("{}?{}", asked.path, pairs.join("&"))
}
