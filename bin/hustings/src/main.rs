//! The command line of Hustings. Only this crate knows everything; it configures, wires and drains, and decides nothing.

mod args;
mod audience;
mod cases;
mod certificate;
mod commands;
mod config;
mod counters;
mod demo;
mod desk;
mod dismissal;
mod doctor;
mod edge;
mod edges;
mod evidence;
mod failure;
mod floor;
mod forwarded;
mod gatehouse;
mod house;
mod hub;
mod kernel;
mod languages;
mod logs;
mod machine;
mod mail;
mod metrics;
mod news;
mod openings;
mod origins;
mod people;
mod production;
mod pulse;
mod recent;
mod rehearse;
mod relay;
mod rooms;
mod serve;
mod settings;
mod sockets;
mod stage;
mod suspended;
mod times;
mod turnstile;
mod unpack;
mod webhooks;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use failure::Failure;

use crate::args::{Cli, Command};

/// It gives memory back when a crowd has gone, from threads of its own; glibc's keeps what its arenas once held.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let edge = if let Command::Serve(args) = &cli.command { args.number } else { None };
    logs::begin(matches!(cli.command, Command::Serve(_)), edge);
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
    if let Command::Unpack(args) = &cli.command {
        return unpack::run(args);
    }
    if matches!(cli.command, Command::Serve(_) | Command::Demo(_) | Command::Listen(_) | Command::Rehearse(_))
        && let Err(error) = hustings_tls::raise_descriptors()
    {
        tracing::warn!(%error, "the limit of open files could not be raised; see ulimit -n");
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if let Command::Serve(args) = &cli.command
        && let Some(threads) = args.threads
    {
        builder.worker_threads(threads.get());
    }
    let runtime = builder.enable_all().thread_name("io").build()?;
    let ended = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => serve::run(args).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Conversation(args) => commands::conversation::run(args.action).await,
            Command::Account(args) => commands::account::run(args.action).await,
            // It has run, without a runtime.
            Command::Unpack(_) => Ok(()),
            Command::Backup(args) => commands::backup::save(args).await,
            Command::Restore(args) => commands::backup::restore(args).await,
            Command::Rights => {
                say(hustings_web::rights::table().trim_end());
                Ok(())
            }
            Command::Openapi => {
                say(&hustings_web::openapi());
                Ok(())
            }
            Command::Token(args) => commands::token::run(args).await,
            Command::Speak(args) => commands::speak::run(args).await,
            Command::Listen(args) => commands::listen::run(args).await,
            Command::Evidence(args) => commands::evidence::run(args.action),
            Command::Verify(args) => commands::verify::run(&args),
            Command::Witness(args) => commands::witness::run(args).await,
            Command::Probe(args) => commands::probe::run(args).await,
            Command::Kernel(args) => commands::kernel::run(args).await,
            Command::Rehearse(args) => commands::rehearse::run(*args).await,
            Command::Doctor(args) => commands::doctor::run(args).await,
        }
    });
    // What is still running holds nothing that must be saved.
    runtime.shutdown_background();
    ended
}

/// Prints one line. A reader that has closed the pipe has seen enough.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
