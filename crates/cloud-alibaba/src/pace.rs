//! How fast each product is called.
//!
//! The vendor does not publish PrivateLink's limits: this is a modest guess, corrected by what it says.

use cloud::{Budget, Urgency};
use std::num::NonZeroU32;
use std::time::Duration;

const BURST: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");
const PERIOD: Duration = Duration::from_millis(200);

pub(crate) struct Pace(Budget);

impl Pace {
    pub(crate) fn new() -> Pace {
        Pace(Budget::new(BURST, PERIOD))
    }

    pub(crate) async fn acquire(&self, urgency: Urgency) {
        self.0.acquire(urgency).await;
    }

    /// It was too much: nothing is sent for so long.
    pub(crate) fn exhausted(&self, pause: Duration) {
        self.0.exhausted(pause);
    }
}
