//! Everything that a person or a machine reads about a plan, a status and a why.
//!
//! Pure functions from values to text. Nothing here looks at a cloud, reads a clock, or writes to a stream.

mod block;
mod build;
mod github;
mod json;
mod markdown;
mod model;
mod progress;
pub mod status;
mod style;
mod summary;
mod text;
mod time;
pub mod why;
mod words;

#[cfg(test)]
mod tests;

pub use build::{PlanInput, drifted, forbidden_endpoint, plan_endpoint, unknown_endpoint};
pub use github::github;
pub(crate) use json::{FORMAT_VERSION, print};
pub use json::{PlanJson, digest, json, saved_digest, schema};
pub use markdown::{COMMENT_MAX, MARKER, manifests, markdown};
pub use model::{
    Action, ClusterHead, Ending, FieldChange, Finding, Hold, Kind, Level, Location, New, Obstacle,
    PartLine, Paste, Plan, PlannedEndpoint, PlannedStep, Reason, Risk, Thing, Unknown, Vendor,
};
pub use progress::{Event, progress_line};
pub use style::Style;
pub use summary::summary;
pub use text::text;
pub use words::{Said, Topic, actor, flow as flow_words, phase, say, standing};
