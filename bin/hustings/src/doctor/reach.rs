//! Whether what people are told to call can be called, as far as that shows from this machine itself.
//!
//! A router may take its own network's packets back in and still let no stranger's through, or the other way round; so
//! success from here is said to be what it is, and no proof.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::{Finding, Patient};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(3);
/// How long a datagram may take to oneself.
const DATAGRAM: Duration = Duration::from_millis(700);

pub(super) async fn look(patient: &Patient) -> Vec<Finding> {
    let config = &patient.config;
    let mut found = Vec::new();
    let public = config.origin.as_deref().filter(|o| !o.contains("://127.") && !o.contains("localhost"));
    match public {
        None if config.listen.ip().is_loopback() => found.push(Finding::mind(
            "reach",
            format!("pages are at {} alone: only this machine can open them", config.listen),
            "for an event say --public NAME, or public.origin and who ends TLS in front",
        )),
        None => {}
        Some(origin) => found.push(origin_answers(origin, patient.running).await),
    }
    let advertised = advertised(patient);
    if advertised.is_empty() && public.is_some() {
        found.push(Finding::mind(
            "reach",
            "stage.advertise is empty: speakers are told the addresses that are bound, which behind a NAT are not reachable",
            "set stage.advertise to the address that strangers see",
        ));
    }
    for ip in advertised {
        found.push(tcp(SocketAddr::new(ip, config.stage_tcp.port()), patient.running).await);
        found.push(udp(config.stage_udp, SocketAddr::new(ip, config.stage_udp.port()), patient.running).await);
    }
    found
}

fn advertised(patient: &Patient) -> Vec<IpAddr> {
    let config = &patient.config;
    if config.advertise.is_empty() && !config.stage_udp.ip().is_unspecified() && !config.stage_udp.ip().is_loopback() {
        return vec![config.stage_udp.ip()];
    }
    config.advertise.clone()
}

async fn origin_answers(origin: &str, running: bool) -> Finding {
    let about = "reach";
    let (scheme, authority) = origin.split_once("://").unwrap_or(("https", origin));
    let port = if scheme == "http" { 80 } else { 443 };
    let host = if authority.rsplit_once(':').is_some_and(|(_, p)| p.parse::<u16>().is_ok()) {
        authority.to_owned()
    } else {
        format!("{authority}:{port}")
    };
    let resolved = timeout(ANSWER, tokio::net::lookup_host(host.clone())).await;
    let addresses: Vec<_> = match resolved {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            return Finding::no_go(about, format!("{host} has no address: {error}"), "publish its A and AAAA records");
        }
        Err(_) => return Finding::no_go(about, format!("{host}: no name server answers"), "look at /etc/resolv.conf"),
    };
    if !running {
        let list: Vec<_> = addresses.iter().map(|a| a.ip().to_string()).collect();
        return Finding::unknown(
            about,
            format!("{authority} is {}; no server runs that could answer there", list.join(", ")),
            "start it and ask the doctor again, and open the page from another network",
        );
    }
    for addr in &addresses {
        match timeout(ANSWER, TcpStream::connect(addr)).await {
            Ok(Ok(_)) => {}
            other => {
                let why = other.map_or_else(
                    |_| "nothing answers".to_owned(),
                    |e| e.err().map_or_else(String::new, |e| e.to_string()),
                );
                return Finding::no_go(
                    about,
                    format!("{authority} at {addr}: {why}"),
                    "let the firewall and the router pass it on, or take the address out of the name's records",
                );
            }
        }
    }
    Finding::go(
        about,
        format!(
            "{authority} answers by TCP from this machine itself, which is no proof for strangers: open it from a phone"
        ),
    )
}

async fn tcp(addr: SocketAddr, running: bool) -> Finding {
    let about = "reach tcp";
    if !running {
        return Finding::unknown(
            about,
            format!("{addr} is not served now"),
            "start the server and ask the doctor again",
        );
    }
    match timeout(ANSWER, TcpStream::connect(addr)).await {
        Ok(Ok(_)) => {
            Finding::go(about, format!("{addr} answers from this machine itself, which is no proof for strangers"))
        }
        Ok(Err(error)) => {
            Finding::no_go(about, format!("{addr}: {error}"), "let the firewall and the router pass it on")
        }
        Err(_) => Finding::no_go(
            about,
            format!("{addr}: nothing answers within {} s", ANSWER.as_secs()),
            "let the firewall and the router pass it on; if only this machine cannot (no hairpin NAT), try from a phone",
        ),
    }
}

async fn udp(bound: SocketAddr, to: SocketAddr, running: bool) -> Finding {
    let about = "reach udp";
    if running {
        return Finding::unknown(
            about,
            format!("{to} belongs to the server that runs, which answers nobody who has no seat"),
            format!(
                "hustings speak from another network, or stop the server and ask the doctor again: it then calls {to} itself"
            ),
        );
    }
    let arrives = async {
        let listening = UdpSocket::bind(bound).await?;
        let from = UdpSocket::bind(SocketAddr::new(if to.is_ipv4() { [0_u8; 4].into() } else { [0_u16; 8].into() }, 0))
            .await?;
        let (said, mut heard) = (*b"hustings doctor", [0; 32]);
        from.send_to(&said, to).await?;
        let got = timeout(DATAGRAM, listening.recv_from(&mut heard)).await;
        Ok::<_, std::io::Error>(matches!(got, Ok(Ok((n, _))) if heard[..n] == said))
    };
    match arrives.await {
        Ok(true) => Finding::go(
            about,
            format!("a datagram to {to} comes back to this machine, which is no proof for strangers"),
        ),
        Ok(false) => Finding::mind(
            about,
            format!("a datagram to {to} does not come back to this machine"),
            "let the firewall and the router pass it on; if only this machine cannot (no hairpin NAT), try from a phone",
        ),
        Err(error) => Finding::no_go(about, format!("{to}: {error}"), "see stage.udp and stage.advertise"),
    }
}
