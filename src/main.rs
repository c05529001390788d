//! Parses, runs, and returns the exit code.

use clap::Parser;
use std::process::ExitCode;
use tidelock::cli::Cli;
use tidelock::exit::Exit;
use tidelock::{commands, log};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors, and clap knows where to print them.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    log::start(&cli);
    commands::run(cli).await.into()
}
