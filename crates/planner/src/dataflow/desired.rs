//! What the manifest asks of one dataflow connection, as far as deciding needs to know.

use super::{OnDelete, OnDrift, OnForeign, PartId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Desired {
    Present(Shape, Terms),
    Absent(OnDelete),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A service of our own in front of the database.
    Build,
    /// Somebody's service, as it is.
    Existing(PartId),
}

/// How a connection is looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of TiDB Cloud's connection alone: a part that bears the name of one of ours, and no mark, is
    /// never taken over.
    pub on_foreign: OnForeign,
    pub on_drift: OnDrift,
    pub on_delete: OnDelete,
}

impl Desired {
    pub(crate) fn on_delete(&self) -> OnDelete {
        match self {
            Desired::Present(_, terms) => terms.on_delete,
            Desired::Absent(on_delete) => *on_delete,
        }
    }
}
