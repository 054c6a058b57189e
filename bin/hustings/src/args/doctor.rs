//! The command line of `hustings doctor`.

use std::path::PathBuf;

use clap::Args;

/// Go or no-go before an event.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Configuration file (TOML) of the server.
    #[arg(long)]
    pub(crate) config: Option<PathBuf>,
    /// Data folder of the server, running or not.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// Host name that people open, as `hustings serve --public` has it.
    #[arg(long, value_name = "NAME")]
    pub(crate) public: Option<String>,
    /// How many listeners are announced.
    #[arg(long, value_name = "N")]
    pub(crate) audience: Option<u64>,
    /// A URL whose clock is trusted: the time of its answer is compared with ours.
    #[arg(long, value_name = "URL")]
    pub(crate) clock: Option<String>,
    /// Write a runbook for what no server can stop (Markdown), made of this configuration, into this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) runbook: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
