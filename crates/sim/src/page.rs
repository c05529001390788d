//! Lists in pages, with opaque tokens.
//!
//! A token belongs to the question it was given for; whether it outlives a change of the list is drawn.

use crate::fault::Twist;
use crate::world::World;

/// What a list call asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// After the vendor's default and maximum were applied.
    pub size: usize,
    pub token: Option<String>,
    pub skip: usize,
    /// Everything else that the caller asked: it must be the same for every page.
    pub question: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<Row> {
    pub rows: Vec<Row>,
    /// None at the end.
    pub next: Option<String>,
    /// Of all pages together.
    pub total: usize,
}

/// The token is not one of ours, is for another question, or is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPageToken;

impl World {
    /// One page of the rows, twisted if a fault wants it.
    ///
    /// # Errors
    /// The token is no good.
    pub fn page<Row: Clone>(
        &self,
        rows: &[Row],
        request: &PageRequest,
        twist: Option<&Twist>,
    ) -> Result<Page<Row>, BadPageToken> {
        let PageRequest { size, token, skip, question } = request;
        let size = (*size).min(self.settings.rows_per_page.max(1));
        let given = token.as_deref().filter(|token| !token.is_empty());
        let mut start = match given {
            Some(token) => self.offset(token, question).ok_or(BadPageToken)?,
            None => *skip,
        };
        if matches!(twist, Some(Twist::DropPage)) {
            start += size;
        }
        let total = rows.len();
        let end = start.saturating_add(size).min(total);
        let mut shown: Vec<Row> = rows.get(start..end).map(<[Row]>::to_vec).unwrap_or_default();
        let mut next = (end < total).then(|| self.token(end, question));
        match twist {
            Some(Twist::EmptyList) => {
                return Ok(Page { rows: vec![], next: None, total: 0 });
            }
            Some(Twist::DuplicateRow) => shown.extend(shown.last().cloned()),
            // Without a token to repeat, it leads back to where it came from.
            Some(Twist::RepeatToken) => {
                next = Some(given.map_or_else(|| self.token(start, question), str::to_owned));
            }
            Some(Twist::DropPage | Twist::UnknownWord(_)) | None => {}
        }
        Ok(Page { rows: shown, next, total })
    }

    fn token(&self, offset: usize, question: &str) -> String {
        format!("{offset:08x}{:016x}{:08x}", fingerprint(question), self.token_version())
    }

    fn offset(&self, token: &str, question: &str) -> Option<usize> {
        if token.len() != 32 || !token.is_ascii() {
            return None;
        }
        let part = |range: std::ops::Range<usize>| u64::from_str_radix(&token[range], 16).ok();
        let genuine =
            part(8..24)? == fingerprint(question) && part(24..32)? == self.token_version();
        genuine.then_some(part(0..8)?).and_then(|offset| usize::try_from(offset).ok())
    }

    fn token_version(&self) -> u64 {
        if self.draws.page_token_dies { self.writes() & 0xffff_ffff } else { 0 }
    }
}

/// FNV-1a.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
