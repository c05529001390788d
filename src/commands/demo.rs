//! stub
use crate::exit::Exit; use crate::setup::Refusal;
pub async fn run(_: &crate::cli::Demo) -> Result<Exit, Refusal> { Ok(Exit::Done) }
