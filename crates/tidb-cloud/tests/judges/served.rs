//! The example world, hurried, behind a socket; and what a stranger must be told about it.

use axum::Router;
use cloud::Clock;
use sim::{Authority, Draws, Latencies, LinkRequest, Listening, Sim, Span, World, example, serve};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What takes minutes elsewhere.
const HURRIED: Span = Span { least: 500, most: 1_500 };

pub(crate) struct Facts {
    pub(crate) group: String,
    /// A VPC endpoint that nobody has registered.
    pub(crate) link: String,
}

pub(crate) fn hurried() -> (Sim, Facts) {
    let (service, link, link_deletion) = (HURRIED, HURRIED, HURRIED);
    let (connection, connection_deletion) = (HURRIED, HURRIED);
    let latency = Latencies {
        service,
        link,
        link_deletion,
        connection,
        connection_deletion,
        discovery: HURRIED,
    };
    let sim = Sim::auto(World::example(Draws { latency, ..Draws::documented() }, 1));
    let facts = sim.with(|world| {
        let group = world.cluster(example::ORDERS).unwrap().node_groups[0].clone();
        let request = LinkRequest {
            network: example::VPC.into(),
            service: group.service.to_string(),
            subnets: BTreeSet::from([example::SUBNETS[0].to_owned()]),
            ..LinkRequest::default()
        };
        let link = world.create_link(&example::scope(), &request).unwrap();
        Facts { group: group.id.to_string(), link: link.id.to_string() }
    });
    (sim, facts)
}

/// Serves over HTTPS as `localhost`, and says in which file the certificate to trust is.
pub(crate) async fn over_tls(router: Router, home: &Path) -> (Listening, PathBuf) {
    let authority = Authority::new(Clock::system().now()).unwrap();
    std::fs::create_dir_all(home).unwrap();
    let trusted = home.join("ca.pem");
    authority.write(&trusted).unwrap();
    let tls = authority.server(&["localhost"]).unwrap();
    let listening = serve(router, "127.0.0.1:0".parse().unwrap(), Some(tls)).await.unwrap();
    (listening, trusted)
}

/// What a successful command has to say.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&stdout).into_owned();
    if status.success() {
        return Ok(said);
    }
    Err(format!("{command:?}: {status}\n{said}{}", String::from_utf8_lossy(&stderr)))
}
