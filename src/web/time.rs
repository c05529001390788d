//! Moments and spans as the page shows them. The page's script counts on from there, in the same words.

use planner::Moment;

/// RFC 3339 in UTC.
pub(super) fn exact(moment: Moment) -> String {
    let seconds = i64::try_from(moment.0).unwrap_or(i64::MAX);
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// `42 s`, `3 min`, `2 h 5 min`, `3 d 4 h`
pub(super) fn span(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: String, rest: u64, unit| match rest {
        0 => large,
        rest => format!("{large} {rest} {unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => two(format!("{hours} h"), minutes % 60, "min"),
        _ => two(format!("{days} d"), hours % 24, "h"),
    }
}

/// `3 min ago`
pub(super) fn ago(at: Moment, now: Moment) -> String {
    format!("{} ago", span(now.seconds_since(at)))
}

/// `in 12 s`, or `now`, where it is due.
pub(super) fn until(at: Moment, now: Moment) -> String {
    if at.0 <= now.0 { "now".to_owned() } else { format!("in {}", span(at.seconds_since(now))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (7_500, "2 h 5 min"),
            (86_400, "1 d"),
            (273_600, "3 d 4 h"),
        ] {
            assert_eq!(span(seconds), text);
        }
        assert_eq!(until(Moment(5), Moment(5)), "now");
        assert_eq!(until(Moment(17), Moment(5)), "in 12 s");
        assert_eq!(ago(Moment(5), Moment(65)), "1 min ago");
    }

    #[test]
    fn exact_moments_are_rfc_3339() {
        assert_eq!(exact(Moment(1_760_000_000)), "2025-10-09T08:53:20Z");
        assert!(exact(Moment(u64::MAX)).starts_with("9999-12-30"));
    }
}
