//! The one source of time.
//!
//! It reads the wall clock once, at the start, and counts from there on tokio's clock: a wall clock that jumps moves
//! no deadline, and a paused test moves every one.

use planner::Moment;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Moment,
    since: Instant,
}

impl Clock {
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the wall clock is read")]
    pub fn system() -> Clock {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Clock::starting_at(Moment(since_epoch.as_secs()))
    }

    #[must_use]
    pub fn starting_at(start: Moment) -> Clock {
        Clock { start, since: Instant::now() }
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment(self.start.0 + self.since.elapsed().as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_counts_from_its_start_and_reads_no_wall_clock_again() {
        let (clock, system) = (Clock::starting_at(Moment(1_000)), Clock::system());
        let begun = system.now();
        tokio::time::advance(Duration::from_hours(1)).await;
        assert_eq!(clock.now(), Moment(4_600));
        // The paused clock went an hour ahead of every wall clock, and this one went with it.
        assert_eq!(system.now(), Moment(begun.0 + 3_600));
    }
}
