//! stub
use crate::exit::Exit; use crate::setup::Refusal;
pub async fn run(_: &crate::cli::Run, _: Option<&std::path::Path>) -> Result<Exit, Refusal> { Ok(Exit::Done) }
