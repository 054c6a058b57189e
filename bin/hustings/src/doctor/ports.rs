//! Whether every port that is configured can be listened at, or is by this server already.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use super::{Finding, Patient};

pub(super) fn look(patient: &Patient) -> Vec<Finding> {
    let config = &patient.config;
    let tcp = [
        ("listen", config.listen),
        ("stage.listen", config.stage_listen),
        ("stage.tcp", config.stage_tcp),
        ("audience.listen", config.audience_listen),
        ("private.listen", config.private_listen),
    ];
    let tcp = tcp.iter().filter(|(key, _)| *key != "audience.listen" || !config.audience_shares_pages());
    let udp = [("stage.udp", config.stage_udp), ("audience.udp", config.audience_udp)];
    let tried = tcp.map(|(key, addr)| (*key, "tcp", *addr, TcpListener::bind(addr).map(drop)));
    let udp = udp.iter().map(|(key, addr)| (*key, "udp", *addr, UdpSocket::bind(addr).map(drop)));
    let (mut found, mut free, mut had) = (Vec::new(), Vec::new(), Vec::new());
    for (key, kind, addr, outcome) in tried.chain(udp) {
        match outcome {
            Ok(()) => free.push(format!("{kind} {}", addr.port())),
            Err(error) if error.kind() == ErrorKind::AddrInUse && patient.running => {
                had.push(format!("{kind} {}", addr.port()));
            }
            Err(error) => found.push(refused(key, kind, addr, &error)),
        }
    }
    if !had.is_empty() {
        found.push(Finding::go("ports", format!("the server that runs has {}", had.join(", "))));
    }
    match (free.is_empty(), patient.running) {
        (true, _) => {}
        (false, false) => found.push(Finding::go("ports", format!("free: {}", free.join(", ")))),
        (false, true) => found.push(Finding::mind(
            "ports",
            format!("a server runs with this data folder and does not listen at {}", free.join(", ")),
            "give the doctor the configuration and the variables that the server was started with",
        )),
    }
    found
}

fn refused(key: &str, kind: &str, addr: SocketAddr, error: &std::io::Error) -> Finding {
    let (says, remedy) = match error.kind() {
        ErrorKind::AddrInUse => {
            ("is somebody else's", format!("end what has it (ss -lnp | grep {}), or choose another {key}", addr.port()))
        }
        ErrorKind::PermissionDenied => (
            "is not allowed to this user",
            "setcap cap_net_bind_service=+ep on the program, or AmbientCapabilities=CAP_NET_BIND_SERVICE in systemd"
                .to_owned(),
        ),
        ErrorKind::AddrNotAvailable => {
            ("is no address of this machine", format!("let {key} name one of its own (ip addr)"))
        }
        _ => ("cannot be listened at", format!("{error}; see {key}")),
    };
    Finding::no_go("ports", format!("{key}: {kind} {addr} {says}"), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_its_remedy() {
        let addr = "127.0.0.1:80".parse().unwrap();
        for kind in [ErrorKind::AddrInUse, ErrorKind::PermissionDenied, ErrorKind::AddrNotAvailable, ErrorKind::Other] {
            let finding = refused("listen", "tcp", addr, &kind.into());
            assert!(finding.says.contains("127.0.0.1:80") && finding.remedy.is_some(), "{finding:?}");
        }
    }
}
