//! The command line of Hustings. Only this crate knows everything; it configures, wires and drains, and decides nothing.

mod args;
mod commands;
mod config;
mod demo;
mod desk;
mod failure;
mod house;
mod link_pump;
mod metrics;
mod serve;
mod times;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use failure::Failure;

use crate::args::{Cli, Command};

/// It gives memory back when a crowd has gone, from threads of its own; glibc's keeps what its arenas once held.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    speak_of_what_happens(matches!(cli.command, Command::Serve(_)));
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Standard error may be closed; there is nobody left to tell then.
            let _ = writeln!(std::io::stderr(), "hustings: {}", failure.line);
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    if matches!(cli.command, Command::Serve(_) | Command::Demo(_) | Command::Listen(_))
        && let Err(error) = hustings_tls::raise_descriptors()
    {
        tracing::warn!(%error, "the limit of open files could not be raised; see ulimit -n");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("io").build()?;
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Conversation(args) => commands::conversation::run(args.action).await,
            Command::Token(args) => commands::token::run(args).await,
            Command::Speak(args) => commands::speak::run(args).await,
            Command::Listen(args) => commands::listen::run(args).await,
        }
    });
    // What is still running holds nothing that must be saved.
    runtime.shutdown_background();
    ended
}

/// Logs go to standard error: for servers from `info`, for commands from `warn`, or as `RUST_LOG` says.
fn speak_of_what_happens(serving: bool) {
    use tracing_subscriber::EnvFilter;
    let default = if serving { "info,str0m=warn,is=warn,dimpl=error" } else { "warn,str0m=error,is=error,dimpl=error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}

/// Prints one line. A reader that has closed the pipe has seen enough.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
