//! `hustings serve`: configure, open the house, say where it is, wait for the signal, drain.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Serve, ServeRole};
use crate::config::{Config, Raw, Tls};
use crate::failure::Failure;
use crate::house::{Audience, House, cores};

/// The control socket in the data folder: the JSON API with the operator's authority.
pub(crate) const CONTROL_SOCKET: &str = "control.sock";

/// Runs the command.
pub(crate) async fn run(args: Serve) -> Result<(), Failure> {
    let (role, number, threads) = (args.role, args.number, args.threads);
    let config = configure(args)?;
    let audience = match role {
        ServeRole::Edge => {
            return crate::edge::run(&config.data, number, threads.map_or_else(cores, NonZero::get)).await;
        }
        ServeRole::All => Audience::of(&config),
        ServeRole::Stage => Audience::Elsewhere,
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let house = House::open(&config, audience).await?;
    for line in addresses(&config, &house) {
        crate::say(&line);
    }
    crate::say("ready");
    tokio::select! {
        _ = terminate.recv() => tracing::info!("SIGTERM: ending every stream"),
        _ = interrupt.recv() => tracing::info!("SIGINT: ending every stream"),
    }
    house.drain(Duration::from_secs(10)).await;
    Ok(())
}

/// File, then variables, then flags.
fn configure(args: Serve) -> Result<Config, Failure> {
    let mut raw = raw(args.config.as_deref())?;
    raw.data = args.data.or(raw.data);
    raw.listen = args.listen.map(|a| a.to_string()).or(raw.listen);
    Config::resolve(raw, args.public.as_deref()).map_err(Failure::usage)
}

/// The configuration that a server of this file and folder would have.
pub(crate) fn configured(file: Option<&Path>, data: Option<&Path>, public: Option<&str>) -> Result<Config, Failure> {
    let mut raw = raw(file)?;
    raw.data = data.map(Path::to_owned).or(raw.data);
    Config::resolve(raw, public).map_err(Failure::usage)
}

fn raw(file: Option<&Path>) -> Result<Raw, Failure> {
    let table = match file {
        Some(path) => Raw::read(path).map_err(Failure::usage)?,
        None => toml::Table::new(),
    };
    // The token variable belongs to the commands that are clients.
    let variables: BTreeMap<_, _> =
        std::env::vars().filter(|(k, _)| k.starts_with("HUSTINGS_") && k != "HUSTINGS_TOKEN").collect();
    Raw::from_table(Raw::overlay(table, &variables).map_err(Failure::usage)?).map_err(Failure::usage)
}

/// Where everything is, and what a firewall must let in.
fn addresses(config: &Config, house: &House) -> Vec<String> {
    let bound = &house.bound;
    let origin = house.origin();
    let udp =
        |separator| bound.audience_udp.iter().map(|udp| udp.port().to_string()).collect::<Vec<_>>().join(separator);
    let mut lines = vec![
        format!("pages    {origin}"),
        format!("stage    tcp {} (WHIP), udp {}, tcp {} (ICE)", bound.stage_listen, bound.stage_udp, bound.stage_tcp),
        format!("audience tcp {}, udp {} {}", bound.audience_listen, config.audience_udp.ip(), udp(" ")),
        format!("private  http://{}", bound.private_listen),
    ];
    if config.tls != Tls::Off || config.tls_terminated_by.is_some() {
        let (pages, stage, ice) = (bound.listen.port(), bound.stage_listen.port(), bound.stage_tcp.port());
        let (audience, stage_udp, audience_udp) = (bound.audience_listen.port(), bound.stage_udp.port(), udp(" "));
        lines.push(format!("firewall let in tcp {pages} {stage} {ice} {audience} and udp {stage_udp} {audience_udp}"));
    }
    lines
}
