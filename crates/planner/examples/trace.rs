//! Prints what would happen, from nothing and back, in every flow.

#![expect(clippy::print_stdout, reason = "printing is all that this example is for")]

use planner::{dataflow, endpoint};

fn main() {
    use endpoint::{Connection, Handshake};
    for handshake in [
        Handshake::ByApi(Connection::Absent),
        Handshake::ByOperator(Connection::Absent),
        Handshake::None,
    ] {
        println!("# an endpoint, handshake {handshake:?}");
        show_endpoint(handshake);
    }
    println!("# a dataflow connection");
    show_dataflow();
}

fn show_endpoint(handshake: endpoint::Handshake) {
    use endpoint::{Completion, Desired, Link, OnDelete, OnDrift, OnForeign, Service, Terms};
    let terms = Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
        completion: Completion::AfterAcceptance,
    };
    let nothing = endpoint::Observed { service: Service::Preparing, link: Link::Absent, handshake };
    let up = endpoint::outline(Desired::Present(terms), &nothing);
    let down = endpoint::outline(Desired::Absent(OnDelete::Remove), &up[up.len() - 1].0);
    for (_, decision) in up.iter().chain(&down) {
        println!("{decision:?}");
    }
}

fn show_dataflow() {
    use dataflow::{Connection, Desired, Observed, Part, Permission, Shape, Use};
    use endpoint::{OnDelete, OnDrift, OnForeign};
    let nothing = Observed {
        addresses: vec![std::net::Ipv4Addr::new(10, 0, 0, 2).into()],
        misplaced: Vec::new(),
        target_group: Part::Absent,
        targets: Vec::new(),
        load_balancer: Part::Absent,
        listener: Part::Absent,
        service: Part::Absent,
        named: None,
        left: None,
        drift: std::collections::BTreeMap::new(),
        permission: Permission::Missing,
        connection: Connection::Absent,
        domains: vec![],
        requests: Vec::new(),
        swept: Vec::new(),
        used: Use::Idle,
    };
    let terms = dataflow::Terms {
        on_foreign: OnForeign::LeaveAlone,
        on_drift: OnDrift::Enforce,
        on_delete: OnDelete::Remove,
    };
    let up = dataflow::outline(&Desired::Present(Shape::Build, terms), &nothing);
    let down = dataflow::outline(&Desired::Absent(terms.on_delete), &up[up.len() - 1].0);
    for (_, decision) in up.iter().chain(&down) {
        println!("{decision:?}");
    }
}
