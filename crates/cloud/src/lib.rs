#![doc = include_str!("../README.md")]

mod account_memory;
mod budget;
mod clock;
mod error;
mod excerpt;
mod exposure;
mod finding;
mod mark;
mod resolve;
mod seam;
mod settings;
mod shared;
mod spelling;
mod wire;

pub use account_memory::AccountMemory;
pub use budget::{Budget, Urgency};
pub use clock::Clock;
pub use error::{Certainty, Error};
pub use excerpt::excerpt;
pub use exposure::{
    Answer, Blind, DatabaseSeen, Endpoint, Exposed, Exposing, Exposure, ExposureAsk, Exposures,
    Interest, PART_PREFIX, PartChange, PartFacts, PartOrder, PartSeen, PlaceWords, RequestSeen,
    Source, TargetSeen, part_field, unless_denied,
};
pub use finding::{Finding, Flaw, Severity};
pub use mark::{ClusterKey, Mark, Owner, Token};
pub use resolve::{Resolve, system_names};
pub use seam::{Ask, Cloud, Deleted, Ended, Order, Seen, Survey};
pub use settings::{
    Change, Difference, Found, Setting, Settings, Value, compare, drift, optional, required, unfit,
};
pub use shared::{Pool, Shared};
pub use spelling::as_it_is;
pub use wire::{BODY_BYTES_MAX, HttpWire, ReadOnly, Request, Response, Wire, WireError};
