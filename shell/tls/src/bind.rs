//! Opening listeners, with errors that say what to do.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UnixListener, UnixStream};

/// Why a listener could not be opened: one line that names the address and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Something listens there already.
    #[error("{0} is in use: stop what listens there, or choose another address")]
    InUse(String),
    /// Ports below 1024 belong to root.
    #[error(
        "{0} may not be opened by this user: give the program the right with `setcap cap_net_bind_service=+ep`, or \
         choose a port of 1024 or above"
    )]
    NotAllowed(SocketAddr),
    /// No interface has it.
    #[error("{0} is not an address of this machine: choose one that `ip address` lists, or [::] for all")]
    NotOurs(SocketAddr),
    /// The socket file could not be made.
    #[error("the socket {path} cannot be made: {error}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Anything else.
    #[error("{addr} cannot be listened on: {error}")]
    Other {
        /// The address.
        addr: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
}

/// Opens a TCP listener. `[::]` takes IPv4 too. `backlog` is how many connections may wait to be accepted; the system
/// may allow fewer (`net.core.somaxconn`).
///
/// # Errors
/// [`BindError`].
pub fn bind(addr: SocketAddr, backlog: u32) -> Result<TcpListener, BindError> {
    open(addr, backlog).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(addr.to_string()),
        io::ErrorKind::PermissionDenied => BindError::NotAllowed(addr),
        io::ErrorKind::AddrNotAvailable => BindError::NotOurs(addr),
        _ => BindError::Other { addr, error },
    })
}

fn open(addr: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    if addr.is_ipv6() {
        socket.set_only_v6(false)?;
    }
    // A server that is started again must not wait for the connections of its last run to be forgotten.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
    TcpListener::from_std(socket.into())
}

/// Opens a listener on a socket file that only its owner may use. A file that nobody listens on is replaced.
///
/// # Errors
/// [`BindError::InUse`] if somebody does, [`BindError::File`] otherwise.
pub async fn bind_unix(path: &Path) -> Result<UnixListener, BindError> {
    let failed = |error| BindError::File { path: path.to_owned(), error };
    if UnixStream::connect(path).await.is_ok() {
        return Err(BindError::InUse(path.display().to_string()));
    }
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_named_with_the_remedy() {
        let first = bind("127.0.0.1:0".parse().unwrap(), 16).unwrap();
        let addr = first.local_addr().unwrap();
        let error = bind(addr, 16).unwrap_err().to_string();
        assert!(error.contains(&addr.to_string()) && error.contains("in use") && error.contains("choose"), "{error}");
    }

    #[tokio::test]
    async fn a_foreign_address_is_named() {
        let error = bind("192.0.2.1:80".parse().unwrap(), 16).unwrap_err();
        assert!(matches!(error, BindError::NotOurs(_)), "{error}");
    }

    #[tokio::test]
    async fn all_addresses_of_version_6_take_version_4_too() {
        let listener = bind("[::]:0".parse().unwrap(), 16).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connected, accepted) =
            tokio::join!(tokio::net::TcpStream::connect(("127.0.0.1", port)), listener.accept());
        assert!(connected.is_ok() && accepted.is_ok());
    }

    #[tokio::test]
    async fn a_socket_file_is_its_owners_and_outlives_no_server() {
        let folder = std::env::temp_dir().join(format!("hustings-bind-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("control");
        let first = bind_unix(&path).await.unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(bind_unix(&path).await, Err(BindError::InUse(_))));
        drop(first);
        assert!(bind_unix(&path).await.is_ok(), "the file of a server that is gone is replaced");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
