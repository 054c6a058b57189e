//! PROXY protocol version 2 (haproxy.org, `proxy-protocol.txt`, section 2.2): what a load balancer says of a connection before
//! the first byte of its own, so that the source is who asks and not who passes on.
//!
//! Only the binary version: it says how long it is before it says anything else. Only streams over IP: what says that it is
//! something else keeps the address of the balancer. Extensions (TLVs) are passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What each header begins with.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family, length.
const FIXED: usize = 16;
/// The longest header that is taken: addresses, and the extensions of balancers that tell of TLS and of cloud endpoints.
pub const HEADER_BYTES_MAX: usize = 2048;

/// A whole header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Bytes of it; what comes behind them is the client's.
    pub bytes: usize,
    /// Where the connection comes from. `None`: the balancer speaks for itself (a health check), or of no IP stream.
    pub source: Option<SocketAddr>,
}

/// It is no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadHeader {
    /// The first bytes are somebody else's.
    #[error("the connection does not begin with PROXY protocol version 2; let the balancer send it (send-proxy-v2)")]
    Signature,
    /// Another version, or a command that does not exist.
    #[error("version and command are {0:#04x}; 0x20 and 0x21 are known")]
    Command(u8),
    /// It says that it is longer than anybody needs.
    #[error("the header says that {0} bytes follow; at most {max} are taken", max = HEADER_BYTES_MAX - FIXED)]
    Long(usize),
    /// It has no room for the addresses that it announces.
    #[error("{0} bytes are too few for the addresses that the header announces")]
    Short(usize),
}

/// Reads a header from what has come of a connection. `None`: it is not whole yet.
///
/// # Errors
/// [`BadHeader`], as soon as it is certain.
pub fn read(come: &[u8]) -> Result<Option<Header>, BadHeader> {
    let told = come.len().min(SIGNATURE.len());
    if come[..told] != SIGNATURE[..told] {
        return Err(BadHeader::Signature);
    }
    let Some(fixed) = come.get(..FIXED) else { return Ok(None) };
    let (command, family) = (fixed[12], fixed[13]);
    if !matches!(command, 0x20 | 0x21) {
        return Err(BadHeader::Command(command));
    }
    let length = usize::from(u16::from_be_bytes([fixed[14], fixed[15]]));
    if FIXED + length > HEADER_BYTES_MAX {
        return Err(BadHeader::Long(length));
    }
    let Some(said) = come.get(FIXED..FIXED + length) else { return Ok(None) };
    let source = match (command, family) {
        (0x21, 0x11) => Some(v4(said).ok_or(BadHeader::Short(length))?),
        (0x21, 0x21) => Some(v6(said).ok_or(BadHeader::Short(length))?),
        _ => None,
    };
    Ok(Some(Header { bytes: FIXED + length, source }))
}

/// Source and destination address, source and destination port.
fn v4(said: &[u8]) -> Option<SocketAddr> {
    let said: &[u8; 12] = said.first_chunk()?;
    let addr = Ipv4Addr::new(said[0], said[1], said[2], said[3]);
    Some((IpAddr::from(addr), u16::from_be_bytes([said[8], said[9]])).into())
}

fn v6(said: &[u8]) -> Option<SocketAddr> {
    let said: &[u8; 36] = said.first_chunk()?;
    let addr = Ipv6Addr::from(*said.first_chunk::<16>()?);
    Some((IpAddr::from(addr), u16::from_be_bytes([said[32], said[33]])).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(command: u8, family: u8, said: &[u8]) -> Vec<u8> {
        let mut all = SIGNATURE.to_vec();
        all.extend([command, family]);
        all.extend((said.len() as u16).to_be_bytes());
        all.extend(said);
        all
    }

    const V4: [u8; 12] = [203, 0, 113, 7, 192, 0, 2, 1, 0xd4, 0x31, 0x01, 0xbb];

    #[test]
    fn a_header_is_read_byte_by_byte() {
        let mut whole = header(0x21, 0x11, &V4);
        for come in 0..whole.len() {
            assert_eq!(read(&whole[..come]), Ok(None), "after {come} bytes");
        }
        let expected = Header { bytes: 28, source: Some("203.0.113.7:54321".parse().unwrap()) };
        assert_eq!(read(&whole), Ok(Some(expected)));
        whole.extend(b"GET / HTTP/1.1\r\n");
        assert_eq!(read(&whole), Ok(Some(expected)), "what comes behind it is the client's");
    }

    #[test]
    fn extensions_are_passed_over() {
        let mut said = V4.to_vec();
        said.extend([0x04, 0, 4, 0, 0, 0, 0]);
        assert_eq!(read(&header(0x21, 0x11, &said)).unwrap().unwrap().bytes, 35);
        let mut six = Ipv6Addr::from_bits(0x2001_0db8 << 96 | 9).octets().to_vec();
        six.extend([0; 16]);
        six.extend([0x04, 0xd2, 0, 80]);
        assert_eq!(
            read(&header(0x21, 0x21, &six)).unwrap().unwrap().source,
            Some("[2001:db8::9]:1234".parse().unwrap())
        );
    }

    #[test]
    fn a_balancer_may_speak_for_itself() {
        assert_eq!(read(&header(0x20, 0x00, &[])), Ok(Some(Header { bytes: 16, source: None })));
        assert_eq!(read(&header(0x20, 0x11, &V4)), Ok(Some(Header { bytes: 28, source: None })));
        assert_eq!(read(&header(0x21, 0x31, &[0; 216])).unwrap().unwrap().source, None, "a Unix socket has no address");
    }

    #[test]
    fn what_is_no_header_is_named() {
        assert_eq!(read(b"GET /"), Err(BadHeader::Signature));
        assert_eq!(read(b"PROXY TCP4 203.0.113.7"), Err(BadHeader::Signature));
        assert_eq!(read(&[22, 3, 1]), Err(BadHeader::Signature));
        assert_eq!(read(&header(0x11, 0x11, &V4)), Err(BadHeader::Command(0x11)));
        assert_eq!(read(&header(0x22, 0x11, &V4)), Err(BadHeader::Command(0x22)));
        assert_eq!(read(&header(0x21, 0x11, &V4[..11])), Err(BadHeader::Short(11)));
        assert_eq!(read(&header(0x21, 0x11, &[0; 2033])[..16]), Err(BadHeader::Long(2033)), "before it has come");
    }
}
