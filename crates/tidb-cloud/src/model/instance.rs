//! What TiDB Cloud has outside of Dedicated: instances, and which of the two models their endpoints follow.
//!
//! The model is a fact about where the instance was found, never a conclusion from its plan.

use super::{ClusterId, ClusterState, PrivateLinkService, ProjectId, Provider, region_code};

/// A Starter, Essential, Premium or BYOC instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub id: ClusterId,
    /// The display name.
    pub name: String,
    /// Instances move between projects: it is for people, and nothing to find one by.
    pub project: Option<ProjectId>,
    /// With the cloud's prefix (`aws-us-east-1`); empty, if TiDB Cloud does not say.
    pub region: String,
    pub provider: Provider,
    pub state: ClusterState,
    pub plan: Plan,
    pub model: Model,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Model {
    /// One service serves all instances of its kind in the region. TiDB Cloud keeps no record of who connects.
    Shared {
        /// [`crate::ServiceState::NotYet`], while the instance names none. Its zones are ids.
        service: PrivateLinkService,
        /// Where clients connect; where there is none, they use the endpoint's own domain.
        host: Option<String>,
        port: u16,
    },
    /// The instance has a service of its own, and TiDB Cloud a record of each endpoint. Both are looked up by
    /// [`crate::ServiceKey::Instance`].
    Exclusive {
        /// The addresses of private endpoints that TiDB Cloud knows for it.
        private: Vec<PrivateEndpoint>,
    },
}

/// An address of an instance, and what TiDB Cloud itself found when it tried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateEndpoint {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub reachable: Option<bool>,
    /// For people.
    pub message: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    Starter,
    /// In the vendor's words, of the shared model.
    Essential,
    /// In the vendor's words, of the exclusive model.
    EssentialV2,
    Premium,
    PremiumReserved,
    Byoc,
    Dedicated,
    Unknown(String),
}

impl Instance {
    /// As the cloud itself spells the region: without TiDB Cloud's prefix (`us-east-1`).
    #[must_use]
    pub fn region_code(&self) -> &str {
        region_code(&self.region)
    }
}
