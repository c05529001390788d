//! Small worlds, and the plans made of them.

use super::super::{
    ClusterHead, Location, Plan, PlanInput, PlannedEndpoint, Vendor, digest, plan_endpoint,
};
use cloud::{Change, Difference, Found, Setting, Settings, Value, compare, drift};
use planner::Phase;
use planner::endpoint::{
    Address, Completion, Connection, ConnectionFacts, ConnectionId, ConnectionState, Decision,
    Desired, Drift, Handshake, Link, LinkFacts, LinkId, LinkState, Observed, OnDelete, OnDrift,
    OnForeign, Registration, Service, ServiceName, Terms, decide,
};
use std::collections::BTreeMap;

pub(super) const AWS: Vendor = Vendor {
    word: "aws",
    title: "AWS",
    link: "VPC endpoint",
    show: "aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {id}",
    delete: "aws ec2 delete-vpc-endpoints --region {region} --vpc-endpoint-ids {id}",
};

/// One endpoint: what is wanted, what was found, and what stands where.
pub(super) struct World {
    pub(super) name: String,
    pub(super) cluster: ClusterHead,
    pub(super) at: Option<Location>,
    pub(super) desired: Desired,
    pub(super) observed: Observed,
    pub(super) decision: Option<Decision>,
    pub(super) wanted: Settings,
    pub(super) found: Option<Found>,
    pub(super) edited: bool,
}

pub(super) fn terms() -> Terms {
    Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
        completion: Completion::AfterAcceptance,
    }
}

pub(super) fn cluster(name: &str) -> ClusterHead {
    ClusterHead {
        name: name.into(),
        id: "1379661944646413143".into(),
        tier: "dedicated".into(),
        region: "aws-us-east-1".into(),
    }
}

pub(super) fn wanted() -> Settings {
    let tags = BTreeMap::from([("team".to_owned(), "orders".to_owned())]);
    let setting = |value, change| Setting { value, change };
    Settings::from([
        ("privateDns", setting(Value::Flag(true), Change::AfterAcceptance)),
        ("securityGroups", setting(Value::set(["sg-0c3"]), Change::InPlace)),
        ("subnets", setting(Value::set(["subnet-0a1", "subnet-0b2"]), Change::InPlace)),
        ("tags", setting(Value::Map(tags), Change::InPlace)),
        ("vpc", setting(Value::text("vpc-0c12"), Change::Replace)),
    ])
}

/// As wanted.
pub(super) fn found() -> Found {
    wanted().into_iter().map(|(name, setting)| (name, setting.value)).collect()
}

/// Nothing exists yet.
pub(super) fn absent(name: &str) -> World {
    World {
        name: name.into(),
        cluster: cluster("orders"),
        at: Some(Location { file: "clusters/orders.yaml".into(), line: 12, column: 9 }),
        desired: Desired::Present(terms()),
        observed: Observed {
            service: Service::Ready(ServiceName("com.amazonaws.vpce.us-east-1.vpce-svc-1".into())),
            link: Link::Absent,
            handshake: Handshake::ByApi(Connection::Absent),
        },
        decision: None,
        wanted: wanted(),
        found: None,
        edited: true,
    }
}

pub(super) fn registration() -> Registration {
    Registration { link: LinkId("vpce-0f1".into()), address: Address::None }
}

/// Everything stands and agrees.
pub(super) fn active(name: &str) -> World {
    let link = LinkFacts {
        id: LinkId("vpce-0f1".into()),
        state: LinkState::Established,
        drift: Drift::None,
        registration: Some(registration()),
    };
    let connection = ConnectionFacts {
        id: ConnectionId("pec-77".into()),
        registration: registration(),
        state: ConnectionState::Active,
    };
    let world = absent(name);
    let observed = Observed {
        link: Link::Ours(link),
        handshake: Handshake::ByApi(Connection::Present(connection)),
        ..world.observed
    };
    World { observed, found: Some(found()), edited: false, ..world }
}

impl World {
    /// The cloud shows another value there.
    pub(super) fn finding(mut self, field: &'static str, value: Value) -> World {
        self.found.get_or_insert_default().insert(field, value);
        let judged = drift(&self.differences());
        self.change_link(|link| link.drift = judged);
        self
    }

    pub(super) fn change_link(&mut self, change: impl FnOnce(&mut LinkFacts)) {
        if let Link::Ours(link) | Link::Foreign(link) = &mut self.observed.link {
            change(link);
        }
    }

    pub(super) fn in_state(mut self, state: LinkState) -> World {
        self.change_link(|link| link.state = state);
        self
    }

    pub(super) fn foreign(mut self) -> World {
        if let Link::Ours(link) = self.observed.link {
            self.observed.link = Link::Foreign(link);
        }
        self
    }

    pub(super) fn removed(mut self, on_delete: OnDelete) -> World {
        self.desired = Desired::Absent(on_delete);
        self.wanted = Settings::new();
        self.at = None;
        self
    }

    pub(super) fn asking(mut self, change: impl FnOnce(&mut Terms)) -> World {
        if let Desired::Present(terms) = &mut self.desired {
            change(terms);
        }
        self
    }

    pub(super) fn differences(&self) -> Vec<Difference> {
        self.found.as_ref().map(|found| compare(&self.wanted, found)).unwrap_or_default()
    }

    pub(super) fn decision(&self) -> Decision {
        self.decision.clone().unwrap_or_else(|| decide(self.desired, &self.observed))
    }

    pub(super) fn plan(&self) -> PlannedEndpoint {
        plan_endpoint(&PlanInput {
            name: &self.name,
            cluster: &self.cluster,
            vendor: AWS,
            account: "prod",
            at: self.at.clone(),
            desired: self.desired,
            observed: &self.observed,
            decision: &self.decision(),
            wanted: &self.wanted,
            found: self.found.as_ref(),
            differences: &self.differences(),
            edited: self.edited,
            warnings: Vec::new(),
            companions: &[],
        })
    }
}

pub(super) fn plan(worlds: &[World]) -> Plan {
    let endpoints: Vec<_> = worlds.iter().map(World::plan).collect();
    let digest = digest(&endpoints);
    Plan { endpoints, digest, ..Plan::default() }
}

#[test]
fn the_phase_of_now_is_the_clouds_own() {
    assert_eq!(absent("a").plan().now, None);
    assert_eq!(active("a").plan().now, Some(Phase::Active));
    assert_eq!(active("a").removed(OnDelete::Protect).plan().now, Some(Phase::Active));
    assert_eq!(active("a").in_state(LinkState::Refused).plan().now, Some(Phase::Failed));
    assert_eq!(active("a").foreign().plan().now, None);
}
