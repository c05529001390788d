//! How many requests one credential may send, shared by everything that sends with it.
//!
//! A token bucket for what the vendor documents, corrected by what the vendor says in its answers. It sends nothing
//! itself, and it makes nobody wait who has something unfinished while idle looks have the room.

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Who gives way when the budget is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A look at what was quiet when last seen.
    Idle,
    /// Anything unfinished.
    Work,
}

/// Idle looks stop when less than this share of the vendor's own window is left.
const IDLE_SHARE: u32 = 5;

pub struct Budget {
    rule: Rule,
    said: Mutex<Said>,
}

/// How the vendor counts.
enum Rule {
    /// So many at once, and one more after each period.
    Bucket(RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<TokioInstant>>),
    /// So many in any window, wherever it begins. The queue holds when the last of them were sent.
    Window { limit: usize, length: Duration, sent: Mutex<VecDeque<Instant>> },
}

/// What the vendor said last about its own window.
#[derive(Clone, Copy)]
struct Said {
    limit: u32,
    remaining: u32,
    until: Instant,
}

impl Budget {
    /// `burst` requests at once, and one more each `period` after that.
    #[must_use]
    pub fn new(burst: NonZeroU32, period: Duration) -> Budget {
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(burst));
        let bucket = RateLimiter::direct_with_clock(quota.allow_burst(burst), TokioClock);
        Budget::of(Rule::Bucket(bucket), burst)
    }

    /// At most `limit` requests in any stretch of time that is `length` long.
    #[must_use]
    pub fn in_window(limit: NonZeroU32, length: Duration) -> Budget {
        let sent = Mutex::new(VecDeque::new());
        let most = usize::try_from(limit.get()).unwrap_or(usize::MAX);
        Budget::of(Rule::Window { limit: most, length, sent }, limit)
    }

    fn of(rule: Rule, limit: NonZeroU32) -> Budget {
        let (limit, until) = (limit.get(), Instant::now());
        Budget { rule, said: Mutex::new(Said { limit, remaining: limit, until }) }
    }

    /// Returns when one request may be sent, and counts it.
    pub async fn acquire(&self, urgency: Urgency) {
        loop {
            let wait = self.closed_until(urgency);
            if let Some(until) = wait {
                sleep_until(until).await;
                continue;
            }
            match self.rule.take() {
                Ok(()) => break self.count(),
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// What the vendor's headers said: `remaining` of `limit` requests until `reset` from now.
    pub fn heard(&self, limit: u32, remaining: u32, reset: Duration) {
        self.set(Said { limit, remaining, until: Instant::now() + reset });
    }

    /// The vendor refused a request as one too many: nothing is sent for so long.
    pub fn exhausted(&self, retry_after: Duration) {
        let limit = self.get().limit;
        self.set(Said { limit, remaining: 0, until: Instant::now() + retry_after });
    }

    /// Requests left in the vendor's window, as far as known.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        let said = self.get();
        if said.until <= Instant::now() { said.limit } else { said.remaining }
    }

    /// Of how many, as far as known.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.get().limit
    }

    fn closed_until(&self, urgency: Urgency) -> Option<Instant> {
        let said = self.get();
        let reserve = match urgency {
            Urgency::Work => 0,
            Urgency::Idle => said.limit / IDLE_SHARE,
        };
        (said.until > Instant::now() && said.remaining <= reserve).then_some(said.until)
    }

    fn count(&self) {
        let mut said = self.get();
        said.remaining = said.remaining.saturating_sub(1);
        self.set(said);
    }

    fn get(&self) -> Said {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, said: Said) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }
}

impl Rule {
    /// Counts one request, or says how long to wait before asking again.
    fn take(&self) -> Result<(), Duration> {
        match self {
            Rule::Bucket(bucket) => {
                bucket.check().map_err(|not_yet| not_yet.wait_time_from(TokioClock.now()))
            }
            Rule::Window { limit, length, sent } => {
                let now = Instant::now();
                let mut sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
                while sent.front().is_some_and(|first| now.duration_since(*first) >= *length) {
                    sent.pop_front();
                }
                if let Some(first) = sent.front().filter(|_| sent.len() >= *limit) {
                    let waited = now.duration_since(*first);
                    return Err(length.checked_sub(waited).unwrap_or_default());
                }
                sent.push_back(now);
                Ok(())
            }
        }
    }
}

/// Governor on tokio's clock, so that a paused test waits no time.
#[derive(Clone, Copy, Debug)]
struct TokioClock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct TokioInstant(Instant);

impl GovernorClock for TokioClock {
    type Instant = TokioInstant;

    fn now(&self) -> TokioInstant {
        TokioInstant(Instant::now())
    }
}

impl Reference for TokioInstant {
    fn duration_since(&self, earlier: TokioInstant) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> TokioInstant {
        TokioInstant(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

impl std::ops::Add<Nanos> for TokioInstant {
    type Output = TokioInstant;

    fn add(self, other: Nanos) -> TokioInstant {
        TokioInstant(self.0 + Duration::from(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUR: NonZeroU32 = NonZeroU32::new(4).unwrap();

    #[tokio::test(start_paused = true)]
    async fn a_burst_then_one_each_period() {
        let budget = Budget::new(FOUR, Duration::from_millis(3_334));
        let start = Instant::now();
        for _ in 0..6 {
            budget.acquire(Urgency::Work).await;
        }
        let elapsed = start.elapsed();
        assert!(elapsed >= Duration::from_millis(6_668), "{elapsed:?}");
        assert!(elapsed < Duration::from_millis(6_700), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn no_stretch_of_a_minute_has_more_than_the_limit() {
        let budget = Budget::in_window(FOUR, Duration::from_mins(1));
        let start = Instant::now();
        let mut sent = Vec::new();
        for pause in [0, 50, 0, 0, 0, 0, 0, 3, 0, 0] {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            budget.acquire(Urgency::Work).await;
            sent.push(start.elapsed().as_secs());
        }
        assert_eq!(sent, [0, 50, 50, 50, 60, 110, 110, 113, 120, 170]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_vendor_closes_the_window() {
        let budget = Budget::in_window(NonZeroU32::new(100).unwrap(), Duration::from_mins(1));
        let start = Instant::now();
        budget.exhausted(Duration::from_secs(23));
        budget.acquire(Urgency::Work).await;
        assert_eq!(start.elapsed().as_secs(), 23);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_looks_give_way_first() {
        let budget = Budget::new(NonZeroU32::new(100).unwrap(), Duration::from_millis(600));
        budget.heard(100, 20, Duration::from_secs(30));
        let start = Instant::now();
        budget.acquire(Urgency::Work).await;
        assert_eq!(start.elapsed().as_secs(), 0);
        budget.acquire(Urgency::Idle).await;
        assert_eq!(start.elapsed().as_secs(), 30);
    }
}
