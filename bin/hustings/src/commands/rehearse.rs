//! `hustings rehearse`: what a server carries, found out with real clients before an evening, or simulated.

use crate::args::Rehearse;
use crate::failure::Failure;
use crate::rehearse;

/// Runs the command.
pub(crate) async fn run(args: Rehearse) -> Result<(), Failure> {
    if args.player {
        return rehearse::player::run().await;
    }
    let url = args.url.clone().unwrap_or_default();
    rehearse::run(&url, &args).await
}
