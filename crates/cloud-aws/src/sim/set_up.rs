//! How somebody works with the simulated AWS. The vendor's own variables say it to every program.

use sim::{SetUp, example};

/// At this address.
#[must_use]
pub fn set_up(url: &str) -> SetUp {
    SetUp::default()
        .export("AWS_ENDPOINT_URL", url)
        .export("AWS_REGION", example::REGION)
        .export("AWS_ACCESS_KEY_ID", example::ACCESS_KEY)
        .export("AWS_SECRET_ACCESS_KEY", "any")
        .in_region(example::REGION)
}
