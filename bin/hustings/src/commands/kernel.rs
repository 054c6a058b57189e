//! `hustings kernel`: the helper that may tell the kernel what to drop, and its three verbs for people.

use hustings_guard::drops::Verb;

use crate::args::{KernelAction, KernelArgs};
use crate::failure::{FAILED, Failure};
use crate::kernel;

/// Runs the command.
pub(crate) async fn run(args: KernelArgs) -> Result<(), Failure> {
    let line = match args.action {
        KernelAction::Run { never } => return kernel::run(&args.socket, never).await,
        KernelAction::Add { network, seconds } => format!("add {network} {seconds}"),
        KernelAction::Expire { network } => format!("expire {network}"),
        KernelAction::List => "list".to_owned(),
    };
    let verb = Verb::read(&line).map_err(|why| Failure::usage(format!("{line:?}: {why}")))?;
    let answer = kernel::ask(&args.socket, &verb)
        .map_err(|error| Failure::failed(format!("{}: no helper answers: {error}", args.socket.display())))?;
    crate::say(&answer);
    if answer.starts_with("refused") || answer.starts_with("failed") {
        return Err(Failure { line: "it was not done".into(), code: FAILED });
    }
    Ok(())
}
