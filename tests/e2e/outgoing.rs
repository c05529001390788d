//! The way out with the real binary: from a database to ACTIVE, through a failover, whatever is done by hand, and down
//! again; and killed between any two calls. On each cloud that has it.

mod denied;
mod denied_on_aws;
mod edited;
mod killed;
#[path = "../storms/outgoing/neighbours.rs"]
mod neighbours;
mod place;

use crate::child::Running;
use crate::house::{House, OWNER};
use neighbours::Neighbours;
use place::{ALIBABA, AWS, NAME, Place};
use sim::{
    Deed, ExposureDeed, Facts, Health, Kind, OutgoingState, Part, PartState, RequestState, Span,
    World,
};
use std::net::Ipv4Addr;
use tidelock::simulated;

/// A house whose way out leads past neighbours that look like ours.
struct Home {
    place: &'static Place,
    house: House,
    neighbours: Neighbours,
}

impl Home {
    async fn new(place: &'static Place) -> Home {
        let house = House::new().await;
        let customers = simulated::customers(&format!("http://{}", house.address()));
        let customer = customers.iter().find(|customer| customer.cloud == place.cloud);
        house.moves_to(&customer.expect("it is simulated").account());
        let neighbours = house.sim.with(|world| {
            let neighbours = Neighbours::move_in(world, &place.ground, NAME);
            place.rename(world, place.old);
            neighbours
        });
        // Something that stays: nothing wanted at all would be held.
        house.write("beside.yaml", &(place.beside)());
        house.write("out.yaml", &(place.manifest)());
        Home { place, house, neighbours }
    }

    fn start(&self) -> Running {
        self.house.start(&["run", "manifests", "--listen", "127.0.0.1:0"])
    }

    fn is_active(&self) -> bool {
        self.house.sim.with(|world| self.place.works(world)) && self.is_well_beside()
    }

    fn is_well_beside(&self) -> bool {
        (self.place.is_well_beside)(&self.house)
    }

    /// The first part of this kind that is ours.
    fn part(&self, kind: Kind) -> Part {
        self.house.sim.with(|world| part(world, kind)).expect("it stands")
    }

    fn exposure(&self, deed: ExposureDeed) {
        self.house.deed(Deed::Exposure(deed));
    }

    /// One chain or none, of which every part is well; nobody else's was touched, no stranger let in.
    #[track_caller]
    fn is_honest(&self, context: &str) {
        self.house.is_honest(context);
        let audit = self.house.audit();
        assert_eq!((audit.strangers, audit.adopted), (vec![], vec![]), "{context}");
        let harm = self.house.sim.with(|world| self.neighbours.harm(world));
        assert_eq!(harm, None, "{context}");
    }

    #[track_caller]
    fn has_chains(&self, count: usize, context: &str) {
        self.is_honest(context);
        let (parts, rows) =
            self.house.sim.with(|it| (it.true_parts().count(), it.true_outgoing().count()));
        let theirs = self.neighbours.parts.len();
        assert_eq!((parts, rows), (theirs + 4 * count, 1 + count), "{context}");
    }
}

fn part(world: &World, kind: Kind) -> Option<Part> {
    let audit = world.audit(OWNER);
    let mut parts = audit.parts.get(NAME)?.iter().filter_map(|id| world.true_part(id.as_str()));
    parts.find(|part| part.kind() == kind).cloned()
}

impl Place {
    /// The binary asks this machine's resolver, which knows no simulated name; so the name is the address itself.
    fn rename(&self, world: &mut World, address: Ipv4Addr) {
        if self.is_resolved {
            let scope = (self.ground.scope)();
            let mut database = world.database(&scope, self.ground.database).unwrap().clone();
            database.host = address.to_string();
            world.add_database(database);
        }
    }

    fn fail_over(&self, world: &mut World) {
        let (database, old_answers_for) = (self.ground.database.to_owned(), 60_000);
        let failover = ExposureDeed::Failover { database, to: Some(self.new), old_answers_for };
        world.deed(Deed::Exposure(failover)).unwrap();
        self.rename(world, self.new);
    }

    /// TiDB Cloud is connected with our service, and every address of ours is healthy.
    fn works(&self, world: &World) -> bool {
        let name = part(world, Kind::Service);
        let Some(Facts::Service(service)) = name.map(|part| part.facts) else { return false };
        let connected = world.true_outgoing().any(|row| {
            row.service_name == service.service_name.as_str() && row.state == OutgoingState::Active
        });
        connected && !service.permitted.is_empty() && self.healthy(world).is_some()
    }

    /// The only address, if it is healthy.
    fn healthy(&self, world: &World) -> Option<Ipv4Addr> {
        let group = part(world, Kind::TargetGroup)?;
        let targets = world.targets(&(self.ground.scope)(), group.id.as_str()).ok()?;
        let [only] = targets.as_slice() else { return None };
        (only.health == Health::Healthy).then_some(only.address)
    }
}

#[tokio::test]
async fn from_a_database_to_active_through_a_failover_and_down_again_on_aws() {
    a_life(&Home::new(&AWS).await).await;
}

#[tokio::test]
async fn from_a_database_to_active_through_a_failover_and_down_again_on_alibaba_cloud() {
    a_life(&Home::new(&ALIBABA).await).await;
}

async fn a_life(home: &Home) {
    let (house, place) = (&home.house, home.place);
    let planned = house.run(&["plan", "manifests", "--detailed-exitcode"]).await.expect(2);
    let planned = planned.says("Plan: 2 to create").says("what TiDB Cloud shall reach");
    planned.says("└─ endpoint service").says("accept the request of the endpoint");
    it_is_waited_for(home).await;
    house.ok(&["status", "-f", "manifests"]).await.says(NAME).says("Active");
    house.ok(&["why", NAME, "-f", "manifests"]).await.says("granted").says("ACTIVE");
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");

    let mut daemon = home.start();
    let listener = home.part(Kind::Listener).id;
    house.sim.with(|world| place.fail_over(world));
    let followed = || house.sim.with(|world| place.healthy(world) == Some(place.new));
    daemon.until("the failover is followed", followed).await;
    house.sim.with(|world| {
        assert!(world.ever_healthy(listener.as_str()));
        assert_eq!(world.gaps(listener.as_str()), [], "it never was without a healthy target");
    });
    what_is_done_by_hand_is_healed(home, &mut daemon).await;

    house.remove("out.yaml");
    let gone = || house.sim.with(|world| world.audit(OWNER).parts.is_empty());
    daemon.until("all of it is gone", gone).await;
    daemon.signal("TERM");
    daemon.ended().await.expect(0);
    house.ok(&["plan", "manifests", "--detailed-exitcode"]).await.says("No changes");
    assert!(home.is_well_beside());
    home.has_chains(0, "after its life");
    house.is_clean("after its life");
}

/// `apply` waits for the load balancer, and `why` says so.
async fn it_is_waited_for(home: &Home) {
    let house = &home.house;
    let a_while = Span { least: 20_000, most: 20_000 };
    house.sim.with(|world| world.draws.dataflow.latency.balancer = a_while);
    let mut apply = house.start(&["apply", "manifests", "--yes"]);
    let provisions =
        |it: &Part| it.balancer().is_some_and(|balancer| balancer.state == PartState::Provisioning);
    let begun = || house.sim.with(|it| part(it, Kind::Balancer).is_some_and(|it| provisions(&it)));
    apply.until("the load balancer is being made", begun).await;
    let why = house.run(&["why", NAME, "-f", "manifests"]).await;
    why.says("load-balancer-preparing").says(home.place.provisioning);
    apply.ended().await.expect(0).says("active");
    assert!(home.is_active());
    home.has_chains(1, "applied");
}

async fn what_is_done_by_hand_is_healed(home: &Home, daemon: &mut Running) {
    let sim = &home.house.sim;
    let service = home.part(Kind::Service);
    let permitted = service.service().unwrap().permitted.first().cloned().unwrap();
    let service = service.id.to_string();
    let taken =
        ExposureDeed::SetPermission { service: service.clone(), account: permitted, may: false };
    home.exposure(taken);
    daemon.until("the permission is there again", || home.is_active()).await;

    home.exposure(ExposureDeed::StrangerAsks { service: service.clone() });
    let endpoint = sim.with(|world| {
        let name = &world.true_part(&service).unwrap().service().unwrap().service_name;
        let mut rows = world.true_outgoing();
        rows.find(|row| row.service_name == name.as_str()).unwrap().endpoint.clone().unwrap()
    });
    let rejected = ExposureDeed::Answer { service, endpoint: endpoint.clone(), accept: false };
    home.exposure(rejected);
    let again = || {
        home.is_active()
            && sim.with(|world| {
                !world.true_outgoing().any(|row| row.endpoint.as_deref() == Some(&*endpoint))
            })
    };
    daemon.until("TiDB Cloud is connected again", again).await;
    let waits = sim.with(|world| {
        world.all_requests().filter(|it| it.state == RequestState::PendingAcceptance).count()
    });
    assert_eq!(waits, 2, "the stranger's, and the neighbours'");
    home.has_chains(1, "after what was done by hand");
}
