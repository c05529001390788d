//! Exactly what was typed: no environment, no files, no defaults that depend on either.

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Keeps TiDB Cloud private endpoints as a git repository says they should be.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The operator's configuration.
    #[arg(long, global = true, value_name = "FILE", env = "TIDELOCK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Log more (twice: everything); the log goes to stderr.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Log as JSON lines.
    #[arg(long, global = true)]
    pub log_json: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read and validate the manifests, offline.
    Check(Check),
    /// Look, and print what would happen. Changes nothing.
    Plan(Plan),
    /// Plan, ask, and drive every endpoint until it settles.
    Apply(Apply),
    /// Apply for ever: the daemon, with status page, API and metrics.
    Run(Run),
    /// Show phases, drift, since when, and the next look.
    Status(Status),
    /// Show the phase ladder of one endpoint: what it waits for, who must act, and how.
    Why(Why),
    /// Write the manifest of what exists.
    Export(Export),
    /// Serve the simulated clouds on loopback.
    Sim(Sim),
    /// Show the whole job on simulated clouds; needs no account.
    Demo(Demo),
    /// Print a JSON Schema.
    Schema(Schema),
    /// Print the completions of a shell.
    Completions { shell: Shell },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
    /// One pull-request comment.
    Markdown,
    /// Annotations on the manifests' lines.
    Github,
}

/// Of what is shown to who asked, and posted nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shown {
    Text,
    Json,
}

/// Where the manifests are.
#[derive(Clone, Debug, Args)]
pub struct Paths {
    /// Files, or directories with *.yaml and *.yml files.
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
}

/// For commands whose arguments are names.
#[derive(Clone, Debug, Args)]
pub struct ManifestOption {
    /// Files, or directories with manifests.
    #[arg(long = "manifest", short = 'f', value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Ask a running daemon (`http://127.0.0.1:7979`) instead of the clouds.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub at: Paths,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub struct Plan {
    #[command(flatten)]
    pub at: Paths,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Save the plan, for `apply --plan`.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 when changes are pending.
    #[arg(long)]
    pub detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub struct Apply {
    #[command(flatten)]
    pub at: Paths,
    /// Do not ask.
    #[arg(long, short)]
    pub yes: bool,
    /// Apply this saved plan and no other; refused when the world or the files have moved on.
    #[arg(long, value_name = "FILE", conflicts_with = "yes")]
    pub plan: Option<PathBuf>,
    /// Let a guard's hold pass for this very manifest.
    #[arg(long, value_name = "DIGEST")]
    pub approve: Option<String>,
    /// Give up after so long.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = humantime::parse_duration)]
    pub timeout: Duration,
}

#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    pub at: Paths,
    /// Let a guard's hold pass for this very manifest.
    #[arg(long, value_name = "DIGEST", env = "TIDELOCK_APPROVE")]
    pub approve: Option<String>,
    /// Where to serve the status page, the API and the metrics; loopback unless said otherwise.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub struct Status {
    /// Only these endpoints, in full.
    pub names: Vec<String>,
    #[command(flatten)]
    pub manifest: ManifestOption,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Shown,
}

#[derive(Debug, Args)]
pub struct Why {
    pub name: String,
    #[command(flatten)]
    pub manifest: ManifestOption,
    #[arg(long, value_enum, default_value = "text")]
    pub format: Shown,
}

#[derive(Debug, Args)]
pub struct Export {
    /// A TiDB Cloud project to look at; may be repeated. Those of the configuration otherwise.
    #[arg(long, value_name = "ID")]
    pub project: Vec<String>,
    /// An account of the configuration and a region to look at: prod/us-east-1. Those of the configuration otherwise.
    #[arg(long, value_name = "ALIAS/REGION")]
    pub account: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Sim {
    /// Where to serve plain HTTP.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7980")]
    pub listen: SocketAddr,
    /// Where to serve HTTPS; needs --ca-file.
    #[arg(long, value_name = "ADDRESS", requires = "ca_file")]
    pub listen_tls: Option<SocketAddr>,
    /// Where to write the certificate to trust.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Draw what the vendors leave undocumented from this seed; as documented otherwise.
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// How many times faster than the real clouds their work goes.
    #[arg(long, value_name = "TIMES", default_value = "60")]
    pub speed: u32,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// End when the story is told.
    #[arg(long)]
    pub once: bool,
    /// Where to serve the status page.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7979")]
    pub listen: SocketAddr,
}

#[derive(Debug, Args)]
pub struct Schema {
    #[arg(value_enum, default_value = "manifest")]
    pub of: SchemaOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    Manifest,
    Check,
    Plan,
    Status,
    Why,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// What the help lists is taken, and the rest is wrong usage from the start.
    #[test]
    fn status_and_why_know_text_and_json_alone() {
        let cli = Cli::command();
        for (name, formats) in [("status", 2), ("why", 2), ("check", 4), ("plan", 4)] {
            let command = cli.find_subcommand(name).unwrap();
            let format = command.get_arguments().find(|one| one.get_id() == "format").unwrap();
            assert_eq!(format.get_possible_values().len(), formats, "{name}");
        }
        for format in ["markdown", "github"] {
            let refused = Cli::try_parse_from(["tidelock", "status", "--format", format]);
            assert_eq!(refused.unwrap_err().kind(), clap::error::ErrorKind::InvalidValue);
        }
    }
}
