//! Points in time as EC2 writes them.

use jiff::Timestamp;

pub(super) fn iso8601(milliseconds_since_epoch: u64) -> String {
    let milliseconds = i64::try_from(milliseconds_since_epoch).unwrap_or(i64::MAX);
    let timestamp = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX);
    timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn milliseconds_are_always_written() {
        assert_eq!(super::iso8601(1_767_571_200_000), "2026-01-05T00:00:00.000Z");
        assert_eq!(super::iso8601(1_767_571_201_050), "2026-01-05T00:00:01.050Z");
    }
}
