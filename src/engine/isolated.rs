//! What is done about one endpoint, each on its own: a bug that one brings to light does not take the others with it.
//!
//! What panics elsewhere in the loop ends the process. That loses nothing (the journal tells what was begun), and
//! whoever keeps the container running starts it again.

use super::{Engine, Standing};
use crate::sight::Blur;
use std::panic::{AssertUnwindSafe, catch_unwind};

impl Engine {
    pub(super) fn pass(&mut self, name: &str) {
        self.isolated(name, |engine| engine.pass_over(name));
    }

    pub(super) fn pass_flow(&mut self, name: &str) {
        self.isolated(name, |engine| engine.pass_over_flow(name));
    }

    /// `work` may write to its own endpoint alone, what the next pass writes anew; and a deed is begun as its last act,
    /// so that whatever it leaves behind can be gone on with.
    pub(super) fn isolated(&mut self, name: &str, work: impl FnOnce(&mut Engine)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_ok() {
            return;
        }
        tracing::error!(endpoint.name = name, "a bug of tidelock's: its code panicked over this");
        let now = self.context.clock.now();
        // It is one of the two, and the other does not know the name.
        self.stand(name, Standing::Blurred(Blur::Panicked), now);
        self.stand_flow(name, Standing::Blurred(Blur::Panicked), now);
    }
}
