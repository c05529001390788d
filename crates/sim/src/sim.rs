//! The handle that the wires share: the world behind a lock, its clock, and the gate that every call passes.
//!
//! It waits for delays that were ordered, and for nothing else.

use crate::fault::{Crash, Failure, Fault, Twist};
use crate::limit::Quota;
use crate::log::{Call, Outcome};
use crate::world::World;
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

#[derive(Clone)]
pub struct Sim(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    clock: Clock,
    crash: Notify,
}

enum Clock {
    /// Follows tokio's clock from there on.
    Auto {
        start: Instant,
        epoch: u64,
    },
    Poke,
}

/// A call that was let in. Whoever carried it out seals the answer.
#[derive(Debug)]
#[must_use]
pub struct Pass {
    pub number: u64,
    pub quota: Option<Quota>,
    /// What a list or a state must be made to say.
    pub twist: Option<Twist>,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Whole,
    Truncated,
    Lost,
    Crash,
}

/// A call that was not let in: nothing was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    pub number: u64,
    pub quota: Option<Quota>,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// To be spelled by the wire.
    Failure(Failure),
    /// No answer at all: see [`Lost::reply`].
    Silence(Lost),
}

/// An extension of a response that must never arrive. [`crate::RouterWire`] and [`crate::serve`] honour it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The connection breaks.
    Reset,
    /// The connection stays open, and silent.
    Hang,
}

impl Lost {
    /// A response that never arrives.
    #[must_use]
    pub fn reply(self) -> http::Response<Bytes> {
        let mut reply = http::Response::new(Bytes::new());
        reply.extensions_mut().insert(self);
        reply
    }
}

impl Sim {
    /// Its time is tokio's, paused or not.
    #[must_use]
    pub fn auto(world: World) -> Sim {
        let clock = Clock::Auto { start: Instant::now(), epoch: world.now() };
        Sim::new(world, clock)
    }

    /// Its time moves by [`Sim::poke`] only.
    #[must_use]
    pub fn poked(world: World) -> Sim {
        Sim::new(world, Clock::Poke)
    }

    fn new(world: World, clock: Clock) -> Sim {
        Sim(Arc::new(Shared { world: Mutex::new(world), clock, crash: Notify::new() }))
    }

    /// The world as it is now.
    pub fn with<Answer>(&self, look: impl FnOnce(&mut World) -> Answer) -> Answer {
        let mut world = self.lock();
        match self.0.clock {
            Clock::Auto { start, epoch } => {
                let passed = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
                world.advance(epoch.saturating_add(passed));
            }
            // What takes no time at all is due already.
            Clock::Poke => world.skip(Duration::ZERO),
        }
        look(&mut world)
    }

    /// Lets time pass. A world that follows tokio's clock is ahead of it from then on.
    pub fn poke(&self, by: Duration) {
        self.with(|world| world.skip(by));
    }

    /// Every call passes here before anything is done.
    ///
    /// # Errors
    /// The call is one too many, or a fault befell it.
    pub async fn admit(&self, call: Call) -> Result<Pass, Turned> {
        let (delay, admitted) = self.arrive(call);
        if let Some(delay) = delay {
            sleep(delay).await;
        }
        admitted
    }

    /// The same for who has no bytes: what is to be done is done in the same breath. Only a call that was ordered to
    /// be late needs a task of its own, because it is carried out even if nobody waits any more.
    ///
    /// # Panics
    /// Where what is to be done panics.
    pub async fn carry_out<Answer: Send + 'static>(
        &self,
        call: Call,
        act: impl FnOnce(&Sim, Result<Pass, Turned>) -> Answer + Send + 'static,
    ) -> Answer {
        let (delay, admitted) = self.arrive(call);
        let Some(delay) = delay else { return act(self, admitted) };
        let sim = self.clone();
        let late = tokio::spawn(async move {
            sleep(delay).await;
            act(&sim, admitted)
        });
        late.await.expect("nobody aborts it, and where it panics a test has failed")
    }

    /// How late the call is, and whether it may pass.
    fn arrive(&self, call: Call) -> (Option<Duration>, Result<Pass, Turned>) {
        let (number, quota, fault) = self.with(|world| world.admit(call));
        let pass = |twist, ending| (None, Ok(Pass { number, quota, twist, ending }));
        let turned = |reason| (None, Err(Turned { number, quota, reason }));
        match fault {
            None => pass(None, Ending::Whole),
            Some(Fault::Delay(millis)) => {
                (Some(Duration::from_millis(millis)), pass(None, Ending::Whole).1)
            }
            Some(Fault::Twist(twist)) => pass(Some(twist), Ending::Whole),
            Some(Fault::Truncate) => pass(None, Ending::Truncated),
            Some(Fault::LostAfter) => pass(None, Ending::Lost),
            Some(Fault::Crash(Crash::After)) => pass(None, Ending::Crash),
            Some(Fault::Refuse(failure)) => turned(Reason::Failure(failure)),
            Some(Fault::LostBefore) => turned(Reason::Silence(Lost::Reset)),
            Some(Fault::Hang) => turned(Reason::Silence(Lost::Hang)),
            Some(Fault::Crash(Crash::Before)) => {
                self.0.crash.notify_one();
                turned(Reason::Silence(Lost::Hang))
            }
        }
    }

    /// Returns when a fault orders the caller's death.
    pub async fn crashed(&self) {
        self.0.crash.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How an answer ends that was otherwise good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    Truncated,
    Lost(Lost),
}

impl Pass {
    /// The word that every state must be, if a fault wants one.
    #[must_use]
    pub fn unknown_word(&self) -> Option<&str> {
        match &self.twist {
            Some(Twist::UnknownWord(word)) => Some(word),
            Some(Twist::EmptyList | Twist::DropPage | Twist::DuplicateRow | Twist::RepeatToken)
            | None => None,
        }
    }

    /// The last word on a call: logs the status, and does to the answer what was ordered.
    #[must_use]
    pub fn seal(self, sim: &Sim, reply: http::Response<Bytes>) -> http::Response<Bytes> {
        match self.deliver(sim, reply.status().as_u16()) {
            Delivery::Whole => reply,
            Delivery::Truncated => reply.map(|body| body.slice(..body.len() / 2)),
            Delivery::Lost(lost) => lost.reply(),
        }
    }

    /// The same for who has no bytes.
    #[must_use]
    pub fn deliver(self, sim: &Sim, status: u16) -> Delivery {
        match self.ending {
            Ending::Whole => {
                sim.with(|world| world.log.conclude(self.number, Outcome::Answered(status)));
                Delivery::Whole
            }
            Ending::Truncated => Delivery::Truncated,
            Ending::Lost => Delivery::Lost(Lost::Reset),
            Ending::Crash => {
                sim.0.crash.notify_one();
                Delivery::Lost(Lost::Hang)
            }
        }
    }
}
