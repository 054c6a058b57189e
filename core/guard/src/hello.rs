//! What kind of program says hello: a fingerprint of a TLS ClientHello, as JA4 (FoxIO, 2023) takes it.
//!
//! The version, the cipher suites and extensions in the order of their numbers (browsers shuffle them), the first protocol that is
//! offered and the signature algorithms in their order; without what is drawn by chance (GREASE, RFC 8701) and without what names
//! the server. Programs of one kind have the same; it says nothing of who runs them. Deliberately absent: the text form with its
//! truncated hashes, for nobody outside is told one.

/// First byte of a record of a handshake, and of a ClientHello in it.
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// Extensions whose presence depends on the address and not on the program: the server's name, and the protocols, whose first is
/// taken by itself.
const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const SIGNATURE_ALGORITHMS: u16 = 13;
const SUPPORTED_VERSIONS: u16 = 43;
/// Extensions and suites that are looked at: a browser has 16 of each; who lists more is alike to whoever lists the same first ones.
const LISTED_MAX: usize = 128;

/// The fingerprint of the ClientHello with which a connection begins, if all of it is there and it is one. Costs some hundred
/// nanoseconds.
#[must_use]
pub fn fingerprint(come: &[u8]) -> Option<u64> {
    let mut record = Bytes(come);
    if record.u8()? != HANDSHAKE {
        return None;
    }
    record.take(2)?;
    let length = record.u16()?;
    let mut message = Bytes(record.take(usize::from(length))?);
    if message.u8()? != CLIENT_HELLO {
        return None;
    }
    let length = usize::from(message.u8()?) << 16 | usize::from(message.u16()?);
    let mut hello = Bytes(message.take(length)?);
    let mut seen = Seen { version: hello.u16()?, ..Seen::default() };
    hello.take(32)?;
    hello.short()?;
    let suites = hello.long()?;
    hello.short()?;
    seen.suites = suites.numbers();
    let mut extensions = if hello.0.is_empty() { Bytes(&[]) } else { hello.long()? };
    while !extensions.0.is_empty() {
        let (kind, body) = (extensions.u16()?, extensions.long()?);
        seen.extension(kind, body);
    }
    Some(seen.hash())
}

#[derive(Debug, Default)]
struct Seen {
    version: u16,
    suites: Vec<u16>,
    extensions: Vec<u16>,
    signatures: Vec<u16>,
    protocol: Vec<u8>,
}

impl Seen {
    fn extension(&mut self, kind: u16, mut body: Bytes<'_>) {
        match kind {
            SIGNATURE_ALGORITHMS => self.signatures = body.long().unwrap_or_default().numbers(),
            SUPPORTED_VERSIONS => {
                let newest = body.short().unwrap_or_default().numbers().into_iter().max();
                self.version = newest.unwrap_or(self.version);
            }
            ALPN => {
                let first = body.long().and_then(|mut all| all.short());
                self.protocol = first.unwrap_or_default().0.to_vec();
            }
            _ => {}
        }
        if !is_chance(kind) && !matches!(kind, SERVER_NAME | ALPN) && self.extensions.len() < LISTED_MAX {
            self.extensions.push(kind);
        }
    }

    fn hash(mut self) -> u64 {
        self.suites.sort_unstable();
        self.extensions.sort_unstable();
        let lists = [&self.suites, &self.extensions, &self.signatures];
        let lists = lists.into_iter().flat_map(|list| [list.len() as u16].into_iter().chain(list.iter().copied()));
        let bytes = [self.version].into_iter().chain(lists).flat_map(u16::to_be_bytes).chain(self.protocol);
        // FNV-1a. Who wants to look like another program can do so without a collision.
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// Whether it is one of the numbers that say nothing, and are drawn so that nobody gets used to the others.
const fn is_chance(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

#[derive(Debug, Clone, Copy, Default)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2).map(|two| u16::from_be_bytes([two[0], two[1]]))
    }

    /// What has its length in one byte before it.
    fn short(&mut self) -> Option<Self> {
        let length = self.u8()?;
        self.take(usize::from(length)).map(Self)
    }

    /// What has its length in two bytes before it.
    fn long(&mut self) -> Option<Self> {
        let length = self.u16()?;
        self.take(usize::from(length)).map(Self)
    }

    /// Numbers of 16 bits without those that are drawn by chance.
    fn numbers(self) -> Vec<u16> {
        let all = self.0.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]]));
        all.filter(|number| !is_chance(*number)).take(LISTED_MAX).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(body: &[u8]) -> Vec<u8> {
        [&(body.len() as u16).to_be_bytes(), body].concat()
    }

    fn hello(suites: &[u16], extensions: &[(u16, Vec<u8>)], random: u8) -> Vec<u8> {
        let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
        let extensions: Vec<u8> =
            extensions.iter().flat_map(|(kind, body)| [kind.to_be_bytes().to_vec(), long(body)].concat()).collect();
        let body = [&[3, 3][..], &[random; 32], &[1, random], &long(&suites), &[1, 0], &long(&extensions)].concat();
        let message = [&[CLIENT_HELLO, 0][..], &long(&body)].concat();
        [&[HANDSHAKE, 3, 1][..], &long(&message)].concat()
    }

    fn usual(first: u8) -> Vec<(u16, Vec<u8>)> {
        vec![(43, vec![2, 3, 4]), (13, vec![0, 4, 4, 3, 8, 4]), (16, vec![0, 3, 2, b'h', first]), (0, vec![1, 2, 3])]
    }

    #[test]
    fn chance_and_order_and_the_servers_name_change_nothing() {
        let one = fingerprint(&hello(&[0x1301, 0x1302], &usual(b'2'), 1));
        assert!(one.is_some());
        let mut other = usual(b'2');
        other.swap(0, 1);
        other[3].1 = vec![9; 40];
        other.push((0x1a1a, vec![0]));
        assert_eq!(fingerprint(&hello(&[0x2a2a, 0x1302, 0x1301], &other, 7)), one);
        let mut nameless = usual(b'2');
        nameless.pop();
        assert_eq!(fingerprint(&hello(&[0x1301, 0x1302], &nameless, 7)), one);
    }

    #[test]
    fn another_program_is_another_kind() {
        let one = fingerprint(&hello(&[0x1301, 0x1302], &usual(b'2'), 1));
        assert_ne!(fingerprint(&hello(&[0x1301], &usual(b'2'), 1)), one);
        assert_ne!(fingerprint(&hello(&[0x1301, 0x1302], &usual(b'1'), 1)), one);
        let mut more = usual(b'2');
        more.push((51, vec![0]));
        assert_ne!(fingerprint(&hello(&[0x1301, 0x1302], &more, 1)), one);
        assert!(fingerprint(&hello(&[], &[], 1)).is_some());
    }

    #[test]
    fn what_is_cut_or_no_hello_has_none() {
        let whole = hello(&[0x1301], &usual(b'2'), 1);
        for cut in 0..whole.len() {
            assert_eq!(fingerprint(&whole[..cut]), None, "after {cut} bytes");
        }
        assert_eq!(fingerprint(b"GET / HTTP/1.1\r\n\r\n"), None);
        let mut lies = whole.clone();
        lies[4] += 1;
        assert_eq!(fingerprint(&lies), None);
        // A list that lies about its length is passed over with its extension; the rest is read.
        assert!(fingerprint(&hello(&[0x1301], &[(13, vec![9, 9]), (43, vec![200])], 1)).is_some());
    }
}
