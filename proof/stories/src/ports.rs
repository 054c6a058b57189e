//! Free loopback ports for every socket of a server.
//!
//! They are found by binding port 0 and letting go again: another program may take one in between, which would show as
//! a server that says which port is in use, and not as a wrong result.

use std::net::{TcpListener, UdpSocket};

/// The ports of one server, named after its configuration keys.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// `listen`, TCP.
    pub public: u16,
    /// `stage.listen`, TCP.
    pub stage: u16,
    /// `stage.udp`.
    pub stage_udp: u16,
    /// `stage.tcp`, for ICE-TCP.
    pub stage_tcp: u16,
    /// `audience.listen`, TCP.
    pub audience: u16,
    /// `audience.udp`.
    pub audience_udp: u16,
    /// `private.listen`, TCP.
    pub private: u16,
}

impl Ports {
    /// Ports that nobody uses now.
    ///
    /// # Panics
    /// When the machine has none left.
    #[must_use]
    pub fn free() -> Self {
        // All are held until each is found, so that no two are the same.
        let tcp: [TcpListener; 5] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").expect("a free TCP port"));
        let udp: [UdpSocket; 2] = std::array::from_fn(|_| UdpSocket::bind("127.0.0.1:0").expect("a free UDP port"));
        let tcp = tcp.each_ref().map(|l| l.local_addr().expect("a bound socket has an address").port());
        let udp = udp.each_ref().map(|s| s.local_addr().expect("a bound socket has an address").port());
        let ([public, stage, stage_tcp, audience, private], [stage_udp, audience_udp]) = (tcp, udp);
        Self { public, stage, stage_udp, stage_tcp, audience, audience_udp, private }
    }

    /// The first of five neighbouring ports that are free for TCP and UDP: what `demo` takes beside its address.
    ///
    /// # Panics
    /// When no such row is found.
    #[must_use]
    pub fn row() -> u16 {
        // Below the range from which the kernel serves port 0, so that clients do not take one in between.
        let start = 20_000 + (std::process::id() % 1_000) as u16 * 10;
        let free =
            |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok() && UdpSocket::bind(("127.0.0.1", port)).is_ok();
        let found = (0..100).map(|n| start + n * 10).find(|base| (0..5).all(|n| free(base + n)));
        found.expect("five neighbouring ports are free")
    }

    /// The configuration that names them all.
    #[must_use]
    pub fn configuration(&self) -> String {
        format!(
            "listen = \"127.0.0.1:{}\"\n\
             [stage]\nlisten = \"127.0.0.1:{}\"\nudp = \"127.0.0.1:{}\"\ntcp = \"127.0.0.1:{}\"\n\
             [audience]\nlisten = \"127.0.0.1:{}\"\nudp = \"127.0.0.1:{}\"\n\
             [private]\nlisten = \"127.0.0.1:{}\"\n",
            self.public, self.stage, self.stage_udp, self.stage_tcp, self.audience, self.audience_udp, self.private
        )
    }
}
