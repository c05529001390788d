//! `sim`: serves the simulated clouds on loopback, until it is told to stop.

use crate::cli::Sim as Args;
use crate::clouds;
use crate::exit::Exit;
use crate::setup::Refusal;
use crate::simulated::{self, Customer};
use crate::{output, signals};
use cloud::Clock;
use sim::{Authority, Listening, SetUp, Sim, example};
use std::net::SocketAddr;
use std::path::Path;
use tidb_cloud::Hosts;

/// The configuration that the printed text makes.
const CONFIG: &str = "tidelock-sim.toml";

/// # Errors
/// An address that cannot be had, or is not a loopback address; a file that cannot be written.
pub async fn run(args: &Args) -> Result<Exit, Refusal> {
    let sim = Sim::auto(simulated::world(args.seed, args.speed));
    let plain = serve(&sim, args.listen, None).await?;
    output::report(&say(plain.address()));
    let tls = match (args.listen_tls, &args.ca_file) {
        (Some(address), Some(file)) => Some(serve(&sim, address, Some(file)).await?),
        (Some(_) | None, _) => None,
    };
    if let (Some(tls), Some(file)) = (&tls, &args.ca_file) {
        output::report(&format!(
            "the same over HTTPS: https://localhost:{} with SSL_CERT_FILE={}",
            tls.address().port(),
            file.display()
        ));
    }
    signals::asked_to_stop().await;
    for listening in [Some(plain), tls].into_iter().flatten() {
        listening.shutdown().await;
    }
    Ok(Exit::Done)
}

/// The back door lets anybody do anything, so it opens to this machine only.
async fn serve(
    sim: &Sim,
    address: SocketAddr,
    ca_file: Option<&Path>,
) -> Result<Listening, Refusal> {
    if !address.ip().is_loopback() {
        let message = format!("{address} is not a loopback address; the simulator serves no other");
        return Err(Refusal::new(Exit::Usage, message));
    }
    let failed = |error| Refusal::new(Exit::Error, format!("cannot serve at {address}: {error}"));
    let tls = match ca_file {
        Some(file) => {
            let authority = Authority::new(Clock::system().now()).map_err(failed)?;
            authority.write(file).map_err(|error| {
                Refusal::new(Exit::Error, format!("cannot write {}: {error}", file.display()))
            })?;
            Some(authority.server(&["localhost", "127.0.0.1", "::1"]).map_err(failed)?)
        }
        None => None,
    };
    sim::serve(simulated::router(sim), address, tls).await.map_err(failed)
}

/// What a shell needs to use it: the text can be pasted into one as it is.
fn say(address: SocketAddr) -> String {
    let url = format!("http://{address}");
    let Hosts { dedicated, serverless, cloud } = simulated::hosts(&url);
    let tidb = SetUp::default()
        .export("TIDBCLOUD_DEDICATED_ENDPOINT", dedicated)
        .export("TIDBCLOUD_SERVERLESS_ENDPOINT", serverless)
        .export("TIDBCLOUD_PREMIUM_ENDPOINT", cloud)
        .export("TIDBCLOUD_PUBLIC_KEY", example::API_KEY_PUBLIC)
        .export("TIDBCLOUD_PRIVATE_KEY", example::API_KEY_PRIVATE);
    let customers = simulated::customers(&url);
    let exports: Vec<String> = customers.iter().map(|one| one.set_up.to_string()).collect();
    // Other programs may speak to every cloud; this one, only to those that are built in.
    let built = |one: &&Customer| clouds::known(one.cloud).is_some_and(|known| known.is_built);
    // What `export` looks at.
    let projects = [example::PROJECT, example::OTHER_PROJECT];
    let accounts: Vec<String> = customers.iter().filter(built).map(Customer::account).collect();
    format!(
        "# the simulated clouds answer at {url}\n# what follows is for a shell\n\n\
         {tidb}{}cat > {CONFIG} <<'END'\n[tidb_cloud]\nprojects = {projects:?}\n\n{}END\nexport TIDELOCK_CONFIG={CONFIG}\n\n\
         # what is there, and the back door: GET {url}/sim/v1/state and /sim/v1",
        exports.concat(),
        accounts.join("\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_printed_configuration_names_the_projects() {
        let said = say(SocketAddr::from(([127, 0, 0, 1], 7980)));
        let (_, rest) = said.split_once("<<'END'\n").unwrap();
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(CONFIG);
        std::fs::write(&file, rest.split_once("END\n").unwrap().0).unwrap();
        let lookup = |name: &str| name.starts_with("TIDBCLOUD_").then(|| "key".to_owned());
        let config = Config::resolve(Some(&file), &lookup).unwrap();
        assert_eq!(config.tidb.projects, [example::PROJECT, example::OTHER_PROJECT]);
        let lacks = super::super::export::lacking(&crate::desired::scopes(&config));
        // A build without any cloud's client has no account to print.
        assert_eq!(lacks.is_none(), !config.accounts.is_empty(), "{lacks:?}");
    }
}
