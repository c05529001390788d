//! Moments and durations as people write them.

use planner::Moment;
use std::time::Duration;

/// RFC 3339 in UTC.
pub(super) fn moment(moment: Moment) -> String {
    let seconds = i64::try_from(moment.0).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => jiff::Timestamp::MAX.to_string(),
    }
}

/// To the second, in the two largest units: `3m 12s`, `2h 5m`.
pub(super) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "m"),
        (seconds % 60, "s"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .skip_while(|(count, _)| *count == 0)
        .take(2)
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

pub(super) fn since(earlier: Moment, now: Moment) -> String {
    duration(Duration::from_secs(now.seconds_since(earlier)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let show = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(show(0), "0s");
        assert_eq!(show(192), "3m 12s");
        assert_eq!(show(7_503), "2h 5m");
        assert_eq!(show(3_600), "1h");
        assert_eq!(show(86_460), "1d");
        assert_eq!(show(90_061), "1d 1h");
    }

    #[test]
    fn moments_are_rfc_3339() {
        assert_eq!(moment(Moment(1_760_000_000)), "2025-10-09T08:53:20Z");
        assert_eq!(moment(Moment(u64::MAX)), "9999-12-30T22:00:00.999999999Z");
    }
}
