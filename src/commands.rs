//! One file each: data in, text out, an exit code back.

pub mod apply;
pub mod check;
pub mod demo;
pub mod export;
pub mod plan;
pub mod run;
pub mod schema;
pub mod sim;
pub mod status;

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::output;
use crate::setup::Refusal;
use clap::CommandFactory;

/// Runs what was asked for.
pub async fn run(cli: Cli) -> Exit {
    let config = cli.config.as_deref();
    let exit = match cli.command {
        Command::Check(args) => Ok(check::run(&args)),
        Command::Plan(args) => plan::run(&args, config).await,
        Command::Apply(args) => apply::run(&args, config).await,
        Command::Run(args) => run::run(&args, config).await,
        Command::Status(args) => status::run(&args, config).await,
        Command::Why(args) => status::why(&args, config).await,
        Command::Export(args) => export::run(&args, config).await,
        Command::Sim(args) => sim::run(&args).await,
        Command::Demo(args) => demo::run(&args).await,
        Command::Schema(args) => Ok(schema::run(&args)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            let name = env!("CARGO_PKG_NAME");
            clap_complete::generate(shell, &mut Cli::command(), name, &mut script);
            output::report(&String::from_utf8_lossy(&script));
            Ok(Exit::Done)
        }
    };
    exit.unwrap_or_else(Refusal::tell)
}
