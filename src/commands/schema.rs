//! `schema`: the JSON Schemas of what is read and written.

use crate::cli::{Schema, SchemaOf};
use crate::exit::Exit;
use crate::{manifest, output, report};

#[must_use]
pub fn run(args: &Schema) -> Exit {
    let schema = match args.of {
        SchemaOf::Manifest => manifest::schema(),
        SchemaOf::Check => manifest::findings_schema(),
        SchemaOf::Plan => report::schema(),
        SchemaOf::Status => report::status::schema(),
        SchemaOf::Why => report::why::schema(),
    };
    output::report(&format!("{schema:#}"));
    Exit::Done
}
