//! What a look costs, counted by the simulator.

use crate::rig::Rig;
