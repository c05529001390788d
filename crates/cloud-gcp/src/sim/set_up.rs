//! How somebody works with the simulated Google Cloud. It has no token service: a token stands in a file.

use sim::SetUp;
use sim::example::gcp as example;

const TOKEN_FILE: &str = "gcp-token";

/// At this address.
#[must_use]
pub fn set_up(url: &str) -> SetUp {
    SetUp::default()
        .file(TOKEN_FILE, example::TOKEN)
        .say("project", example::PROJECT)
        .say("endpoint_url", url)
        .say("access_token_file", TOKEN_FILE)
}
