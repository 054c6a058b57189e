//! `hustings serve --role edge`: one process of the audience plane. It has no configuration, no records and no keys of its
//! own: what it must know and the listener that it serves come over the link.
//!
//! It ends when the stage says so, when it is told by a signal, and when the stage's process is gone: a child is killed by
//! the kernel then, and who is none finds nobody at the socket.

mod link;
mod questions;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use hustings_link::edge::EdgeNumber;
use hustings_link::hall::Halls;
use hustings_link::socket;
use hustings_tls::{ServeOptions, Tls, TlsSource};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::audience::{AudienceConfig, AudiencePlane, connections_max, look_after};
use crate::failure::Failure;
use crate::hub::UP_QUEUE_MAX;
use crate::relay::{edge_of, prefix};
use crate::settings::EdgeTls;
use link::Link;

/// How long the first snapshot may take, of a full house on a busy machine.
const BEGIN: Duration = Duration::from_secs(10);
/// How long listeners have to hear the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs an edge until it is over. Who gives it a number is its parent, and its end.
pub(crate) async fn run(data: &Path, number: Option<EdgeNumber>, threads: usize) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    if number.is_some() {
        die_with_parent()?;
    }
    let descriptors = hustings_tls::raise_descriptors()?;
    let (up, wishes) = mpsc::channel(UP_QUEUE_MAX);
    let halls = Arc::new(Halls::new(up));
    let joining = link::join(data.join(socket::NAME), number);
    let joined = joining.await.map_err(|error| no_stage(data, &error))?;
    let (welcome, listener) = (joined.welcome.clone(), joined.listener.try_clone()?);
    let number = welcome.number;
    let link = Link::new(halls.clone());
    let mut background = JoinSet::new();
    background.spawn(link.clone().keep(joined, data.join(socket::NAME), wishes));
    tokio::time::timeout(BEGIN, link.begun()).await.map_err(|_| Failure::failed("the stage sends no snapshot"))?;

    let settings = welcome.settings;
    if let Some(socket) = settings.kernel.clone() {
        crate::kernel::begin(socket, [settings.caches.clone(), settings.proxies.clone()].concat())?;
    }
    let pages = settings.pages();
    let source = match settings.tls {
        EdgeTls::Off => None,
        EdgeTls::Files { cert, key } => Some(TlsSource::Files { cert, key }),
        EdgeTls::Linked => Some(TlsSource::Given(link.certificate())),
    };
    let tls = source.map(|source| Tls::open_beside(source, link.ticket_keys())).transpose()?;
    let config = AudienceConfig {
        udp: welcome.udp,
        advertise: settings.advertise,
        ice_servers: settings.ice_servers,
        prefix: prefix(number),
        origin: settings.origin,
        pages,
        caches: settings.caches,
        threads,
        connections_max: connections_max(descriptors),
        desk: link.clone(),
    };
    let mut plane = AudiencePlane::open(config, halls.clone())?;
    let own = (link.clone(), number);
    let whep = plane.whep().layer(axum::middleware::from_fn_with_state(own, elsewhere));
    let app = plane.fanout().merge(whep);
    let slots = plane.serve(
        listener,
        app,
        ServeOptions { tls, proxies: settings.proxies, ..ServeOptions::audience("audience") },
    )?;
    background.spawn(look_after(halls.clone()));
    link.serve(SocketAddr::new(welcome.udp.ip(), plane.udp_port().unwrap_or_default()), &plane, slots);
    tracing::info!(udp = %welcome.udp, "an edge serves");

    let drained = tokio::select! {
        end = link.over() => end,
        // A service that ends tells every process at once, and the stage's says the rest.
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    };
    if drained.is_ok() {
        plane.drain(PATIENCE).await;
    }
    background.shutdown().await;
    drained.map_err(Failure::from)
}

/// A child ends with its parent, even where that was killed.
fn die_with_parent() -> io::Result<()> {
    let parent = getppid();
    set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid() != parent || parent.is_some_and(rustix::process::Pid::is_init) {
        return Err(io::Error::other("the stage's process is gone"));
    }
    Ok(())
}

fn no_stage(data: &Path, error: &io::Error) -> Failure {
    let socket = data.join(socket::NAME);
    Failure::failed(format!(
        "no stage is at {}: start one with `hustings serve --role stage` ({error})",
        socket.display()
    ))
}

/// Has a request for a session of another edge answered there.
async fn elsewhere(State((link, own)): State<(Arc<Link>, EdgeNumber)>, request: Request, next: Next) -> Response {
    match edge_of(request.uri().path()) {
        Some(edge) if edge != own => link.carry(edge, request).await,
        _ => next.run(request).await,
    }
}
