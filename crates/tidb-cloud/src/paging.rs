//! Whether pages add up to a whole list.
//!
//! It sends nothing. What it does not accept as whole, nobody may read an absence from.

use crate::WHO;
use crate::body::Opened;
use cloud::Error;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

const PAGES_MAX: usize = 1_000;
/// A filter on the vendor's side can empty a page; one after the other, it is a loop.
const EMPTY_PAGES_MAX: usize = 3;

pub(crate) struct Pages<Key, Row> {
    rows: Vec<Row>,
    index: HashMap<Key, usize>,
    tokens: HashSet<String>,
    read: usize,
    empty: usize,
    /// The least that the vendor said there is.
    total: Option<u64>,
}

impl<Key: Eq + Hash, Row> Pages<Key, Row> {
    pub(crate) fn new() -> Pages<Key, Row> {
        Pages {
            rows: vec![],
            index: HashMap::new(),
            tokens: HashSet::new(),
            read: 0,
            empty: 0,
            total: None,
        }
    }

    /// Takes one page in, and gives the token of the next. A row that came before is replaced: the later one is newer.
    pub(crate) fn add(&mut self, page: Opened<(Key, Row)>) -> Result<Option<String>, Error> {
        let Opened { rows, next, total } = page;
        self.read += 1;
        self.empty = if rows.is_empty() { self.empty + 1 } else { 0 };
        self.total = [self.total, total].into_iter().flatten().min();
        for (key, row) in rows {
            let end = self.rows.len();
            let place = *self.index.entry(key).or_insert(end);
            if place == end {
                self.rows.push(row);
            } else {
                self.rows[place] = row;
            }
        }
        let Some(token) = next else { return Ok(None) };
        if self.read >= PAGES_MAX {
            return Err(incomplete(format!("no end after {PAGES_MAX} pages")));
        }
        if self.empty > EMPTY_PAGES_MAX {
            return Err(incomplete(format!("{} empty pages in a row, and no end", self.empty)));
        }
        if !self.tokens.insert(token.clone()) {
            return Err(incomplete(format!("page {} repeats a page token", self.read)));
        }
        Ok(Some(token))
    }

    /// The list, if it has as many rows as the vendor said. It may have more: rows can go while we read.
    pub(crate) fn finish(self) -> Result<Vec<Row>, Error> {
        let found = self.rows.len();
        match self.total {
            Some(total) if total > found as u64 => {
                Err(incomplete(format!("{found} rows, although it says that there are {total}")))
            }
            Some(_) | None => Ok(self.rows),
        }
    }
}

pub(crate) fn incomplete(message: String) -> Error {
    Error::Incomplete { who: WHO.into(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Page = (Vec<(u32, char)>, Option<&'static str>, Option<u64>);

    fn read(script: Vec<Page>) -> Result<Vec<char>, String> {
        let mut pages = Pages::new();
        for (rows, next, total) in script {
            let page = Opened { rows, next: next.map(Into::into), total };
            let next = pages.add(page).map_err(|error| error.to_string())?;
            if next.is_none() {
                return pages.finish().map_err(|error| error.to_string());
            }
        }
        Err("script too short".into())
    }

    fn check_error(script: Vec<Page>, part: &str) {
        let error = read(script).unwrap_err();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_row_on_two_pages_counts_once_and_the_later_one_wins() {
        let script = vec![
            (vec![(1, 'a'), (2, 'b')], Some("t"), Some(3)),
            (vec![(2, 'B'), (3, 'c')], None, Some(3)),
        ];
        assert_eq!(read(script), Ok(vec!['a', 'B', 'c']));
    }

    #[test]
    fn fewer_rows_than_promised_are_no_list() {
        let short = |second: Option<u64>| {
            vec![
                (vec![(1, 'a'), (2, 'b')], Some("t"), Some(4)),
                (vec![(2, 'b'), (3, 'c')], None, second),
            ]
        };
        check_error(short(Some(4)), "3 rows, although it says that there are 4");
        check_error(short(None), "3 rows");
        assert!(read(short(Some(3))).is_ok(), "one row went while we read");
        check_error(vec![(vec![], None, Some(1))], "0 rows");
    }

    #[test]
    fn a_token_that_comes_again_is_a_loop() {
        let page = |token| (vec![(1, 'a')], Some(token), None);
        check_error(vec![page("t"), page("u"), page("t")], "page 3 repeats a page token");
    }

    #[test]
    fn a_few_empty_pages_are_fine_and_many_are_not() {
        let tokens = ["a", "b", "c", "d"];
        let empty: Vec<Page> = tokens.iter().map(|token| (vec![], Some(*token), None)).collect();
        let mut some = empty[..3].to_vec();
        some.push((vec![(1, 'a')], None, None));
        assert_eq!(read(some), Ok(vec!['a']));
        check_error(empty, "4 empty pages in a row");
    }

    #[test]
    fn there_is_an_end_to_patience() {
        let mut pages = Pages::new();
        let mut page = |number: usize| {
            pages.add(Opened {
                rows: vec![(number, ())],
                next: Some(number.to_string()),
                total: None,
            })
        };
        for number in 1..PAGES_MAX {
            assert!(page(number).is_ok(), "page {number}");
        }
        assert!(page(PAGES_MAX).is_err());
    }
}
