//! A listener's ear: takes the transfer coding and the sound apart again, byte by byte, knowing nothing of how they were
//! made.

use hustings_fan::Framing;

/// What comes next on the line.
enum Expect {
    Size,
    Chunk { left: usize },
    AfterChunk { left: usize },
    Over,
}

pub struct Ear {
    framing: Framing,
    expect: Expect,
    line: Vec<u8>,
    head: usize,
    /// The sound that is not yet a whole part.
    sound: Vec<u8>,
    next: u64,
}

impl Ear {
    pub fn new(framing: Framing, head: usize, next: u64) -> Self {
        Self { framing, expect: Expect::Size, line: Vec::new(), head, sound: Vec::new(), next }
    }

    /// The number of the part that it waits for.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes what was sent; `jump` is told the first number that was left out.
    pub fn hear(&mut self, bytes: &[u8], jump: &mut impl FnMut(u64)) {
        for byte in bytes {
            match (self.framing, &mut self.expect) {
                (Framing::UntilClose, _) => self.sound_byte(*byte, jump),
                (_, Expect::Size) => {
                    self.line.push(*byte);
                    if self.line.ends_with(b"\r\n") {
                        let digits = std::str::from_utf8(&self.line[..self.line.len() - 2]).unwrap();
                        let left = usize::from_str_radix(digits, 16).unwrap();
                        self.line.clear();
                        self.expect = if left == 0 { Expect::AfterChunk { left: 3 } } else { Expect::Chunk { left } };
                    }
                }
                (_, Expect::Chunk { left }) => {
                    *left -= 1;
                    if *left == 0 {
                        self.expect = Expect::AfterChunk { left: 2 };
                    }
                    self.sound_byte(*byte, jump);
                }
                (_, Expect::AfterChunk { left }) => {
                    // Three: the end of the empty chunk that is the last; the count tells them apart.
                    let last = *left == 3 || self.line.as_slice() == b"last";
                    if *left == 3 {
                        self.line = b"last".to_vec();
                        *left = 2;
                    }
                    assert_eq!(*byte, if *left == 2 { b'\r' } else { b'\n' });
                    *left -= 1;
                    if *left == 0 {
                        self.line.clear();
                        self.expect = if last { Expect::Over } else { Expect::Size };
                    }
                }
                (_, Expect::Over) => panic!("nothing follows the last chunk"),
            }
        }
    }

    fn sound_byte(&mut self, byte: u8, jump: &mut impl FnMut(u64)) {
        if self.head > 0 {
            self.head -= 1;
            return;
        }
        self.sound.push(byte);
        if self.sound[0] != b'P' || self.sound.len() < 12 {
            return;
        }
        let length = usize::from(u16::from_be_bytes(self.sound[10..12].try_into().unwrap()));
        let number = u64::from_be_bytes(self.sound[2..10].try_into().unwrap());
        if self.sound.len() == 12 && number != self.next {
            assert!(number > self.next, "part {number} after {}", self.next);
            jump(self.next);
            self.next = number;
        }
        if self.sound.len() == length {
            assert!(self.sound[12..].iter().all(|b| *b == number as u8), "part {number} is broken");
            self.sound.clear();
            self.next += 1;
        }
    }

    /// The response has ended: everything was whole, and the trailer was the last.
    pub fn ended(&self, trailer: &[u8]) {
        assert_eq!(self.sound, trailer);
        assert!(matches!(self.expect, Expect::Over) || self.framing == Framing::UntilClose);
    }
}
