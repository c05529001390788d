//! Chance that can be repeated: a splitmix64 stream.
//!
//! Good enough to draw from, and nothing to do with secrets.

#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between the two, both included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        let span = most.saturating_sub(least).saturating_add(1).max(1);
        least + self.next() % span
    }

    pub(crate) fn permille(&mut self, chance: u16) -> bool {
        self.next() % 1_000 < u64::from(chance)
    }

    pub(crate) fn pick<Item: Copy>(&mut self, items: &[Item]) -> Item {
        let index = self.next() % items.len().max(1) as u64;
        items[usize::try_from(index).unwrap_or_default()]
    }

    /// So many hexadecimal digits, at most 32.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = format!("{:016x}{:016x}", self.next(), self.next());
        text.truncate(digits);
        text
    }
}
