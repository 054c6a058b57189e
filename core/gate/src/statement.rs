//! Tickets and places: what the gate has said, signed, so that it need not remember it.
//!
//! A statement is its kind, the number of its key, length-prefixed fields and a tag (HMAC-SHA-256, the first 128 bits), in
//! base64url. The tag is checked before a field is looked at, so what is parsed was written here. A key lives for a day and
//! a statement no longer than that: the newest key and the one before know every statement that still holds. Deliberately
//! absent: addresses, names, and any secret. Of who holds a seat there is a hash.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hustings_vocab::{Slug, limits};
use ring::{digest, hmac};

use crate::Tier;

/// Seconds for which one key signs.
pub const KEY_SECONDS: u64 = limits::TICKET_SECONDS_MAX;
const TAG_BYTES: usize = 16;
const TEXT_BYTES_MAX: usize = limits::TICKET_CHARS_MAX / 4 * 3;

/// What a statement is: its first byte. All of them stand here, so that no two are the same and none is read as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Ticket = 0x11,
    Place = 0x12,
    Folder = 0x13,
    Challenge = 0x14,
    Pass = 0x15,
}

/// Why a text lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    /// It is none, or of another kind.
    #[error("this is no ticket of this server: ask for a new one")]
    Text,
    /// It was not signed here, or a key has since been replaced.
    #[error("this ticket was not issued here, or long ago: ask for a new one")]
    Forged,
    /// Its time is over.
    #[error("this ticket has expired: ask for a new one")]
    Expired,
    /// It is for another conversation.
    #[error("this ticket is for another conversation")]
    Event,
}

/// By which way a seat was given. Serials are counted for each by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// There was room.
    Direct,
    /// It had a place in the queue; the serial is the place's number.
    Place,
    /// It was handed out as an address.
    Link,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::Direct, Self::Place, Self::Link];

    /// Its place in [`Class::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Who holds a seat: a hash of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holder(u64);

impl Holder {
    /// Of a secret.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"hustings holder v1\0");
        context.update(secret.as_bytes());
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&context.finish().as_ref()[..8]);
        // Zero is nobody's.
        Self(u64::from_be_bytes(bytes).max(1))
    }

    /// As a number, which is never zero.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Of a number; zero is nobody.
    #[must_use]
    pub const fn of_number(number: u64) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }
}

/// Permission to listen: one seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// To which conversation.
    pub event: Slug,
    /// By which way it was given.
    pub class: Class,
    /// Which seat.
    pub serial: u64,
    /// At which tier.
    pub tier: Tier,
    /// Until when, in seconds since 1970.
    pub expires_s: u64,
    /// Whose it is; a ticket without one belongs to the first who uses it.
    pub holder: Option<Holder>,
}

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Of which conversation.
    pub event: Slug,
    /// Its number, from 0 on.
    pub number: u64,
    /// When it was given, in seconds since 1970.
    pub given_s: u64,
    /// Until when it holds.
    pub expires_s: u64,
}

/// The keys that are live: the newest signs, both verify.
#[derive(Clone)]
pub struct Keys {
    live: [(u8, hmac::Key); 2],
    secrets: [[u8; 32]; 2],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({}, {})", self.live[0].0, self.live[1].0)
    }
}

impl Keys {
    /// The live keys at `now_s`, derived from what the server keeps.
    #[must_use]
    pub fn of(root: &[u8; 32], now_s: u64) -> Self {
        let day = now_s / KEY_SECONDS;
        let root = hmac::Key::new(hmac::HMAC_SHA256, root);
        let secret = |day: u64| {
            let mut text = *b"hustings gate key v1\0\0\0\0\0\0\0\0\0";
            text[21..].copy_from_slice(&day.to_be_bytes());
            let mut secret = [0; 32];
            secret.copy_from_slice(hmac::sign(&root, &text).as_ref());
            secret
        };
        Self::from_secrets(day, [secret(day), secret(day.wrapping_sub(1))])
    }

    fn from_secrets(day: u64, secrets: [[u8; 32]; 2]) -> Self {
        let live = |n: usize, day: u64| (day as u8, hmac::Key::new(hmac::HMAC_SHA256, &secrets[n]));
        Self { live: [live(0, day), live(1, day.wrapping_sub(1))], secrets }
    }

    /// For another process of this server.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[self.live[0].0][..], &self.secrets[0], &self.secrets[1]].concat()
    }

    /// From another process of this server; `None` if these are not keys.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (day, secrets) = bytes.split_first()?;
        let (first, second) = secrets.split_at_checked(32)?;
        Some(Self::from_secrets(u64::from(*day) + 256, [first.try_into().ok()?, second.try_into().ok()?]))
    }

    pub(crate) fn seal(&self, kind: Kind, fields: &[&[u8]]) -> String {
        let (id, key) = &self.live[0];
        let mut bytes = Vec::with_capacity(TEXT_BYTES_MAX);
        bytes.extend([kind as u8, *id]);
        for field in fields {
            bytes.push(field.len() as u8);
            bytes.extend_from_slice(field);
        }
        let tag = hmac::sign(key, &bytes);
        bytes.extend_from_slice(&tag.as_ref()[..TAG_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a statement that was signed here by its fields.
    pub(crate) fn read<T>(
        &self,
        kind: Kind,
        text: &str,
        read: impl FnOnce(&mut Fields<'_>) -> Result<T, BadStatement>,
    ) -> Result<T, BadStatement> {
        let mut buffer = [0; TEXT_BYTES_MAX];
        read(&mut self.open(kind, text, &mut buffer)?)
    }

    /// The fields of a statement that was signed here.
    fn open<'a>(
        &self,
        kind: Kind,
        text: &str,
        buffer: &'a mut [u8; TEXT_BYTES_MAX],
    ) -> Result<Fields<'a>, BadStatement> {
        if text.len() > limits::TICKET_CHARS_MAX {
            return Err(BadStatement::Text);
        }
        let length = URL_SAFE_NO_PAD.decode_slice(text, buffer.as_mut_slice()).map_err(|_| BadStatement::Text)?;
        let said = length.checked_sub(TAG_BYTES).filter(|said| *said >= 2).ok_or(BadStatement::Text)?;
        let (signed, tag) = buffer[..length].split_at(said);
        if signed[0] != kind as u8 {
            return Err(BadStatement::Text);
        }
        let (_, key) = self.live.iter().find(|(id, _)| *id == signed[1]).ok_or(BadStatement::Forged)?;
        let right = hmac::sign(key, signed);
        // Every byte is looked at, whatever the first ones say.
        let differs = right.as_ref()[..TAG_BYTES].iter().zip(tag).fold(0, |d, (a, b)| d | (a ^ b));
        if differs != 0 {
            return Err(BadStatement::Forged);
        }
        Ok(Fields(&buffer[2..said]))
    }

    /// The folder of what the invited alone may fetch, the same for all of them, so that caches can keep what is in it. It holds as
    /// long as the key that signs it: a day, and the day after.
    #[must_use]
    pub fn folder(&self, event: &Slug) -> String {
        self.seal(Kind::Folder, &[event.as_str().as_bytes()])
    }

    /// Whether a text is the folder of a conversation.
    #[must_use]
    pub fn is_folder(&self, event: &Slug, text: &str) -> bool {
        self.read(Kind::Folder, text, |fields| Ok(fields.next()? == event.as_str().as_bytes())) == Ok(true)
    }

    /// A ticket as text.
    #[must_use]
    pub fn seal_ticket(&self, ticket: &Ticket) -> String {
        let kind = [ticket.class.index() as u8, ticket.tier.index() as u8];
        let holder = ticket.holder.map(|holder| holder.0.to_be_bytes());
        self.seal(
            Kind::Ticket,
            &[
                ticket.event.as_str().as_bytes(),
                &kind,
                &ticket.serial.to_be_bytes(),
                &ticket.expires_s.to_be_bytes(),
                holder.as_ref().map_or(&[], |holder| holder.as_slice()),
            ],
        )
    }

    /// Reads a ticket for a conversation at `now_s`.
    ///
    /// # Errors
    /// [`BadStatement`].
    pub fn ticket(&self, event: &Slug, text: &str, now_s: u64) -> Result<Ticket, BadStatement> {
        let mut buffer = [0; TEXT_BYTES_MAX];
        let mut fields = self.open(Kind::Ticket, text, &mut buffer)?;
        if fields.next()? != event.as_str().as_bytes() {
            return Err(BadStatement::Event);
        }
        let &[class, tier] = fields.next()? else { return Err(BadStatement::Text) };
        let ticket = Ticket {
            event: event.clone(),
            class: *Class::ALL.get(usize::from(class)).ok_or(BadStatement::Text)?,
            tier: *Tier::ALL.get(usize::from(tier)).ok_or(BadStatement::Text)?,
            serial: fields.number()?,
            expires_s: fields.number()?,
            holder: match fields.next()? {
                [] => None,
                bytes => Holder::of_number(u64::from_be_bytes(bytes.try_into().map_err(|_| BadStatement::Text)?)),
            },
        };
        in_time(ticket.expires_s, now_s).map(|()| ticket)
    }

    /// A place as text.
    #[must_use]
    pub fn seal_place(&self, place: &Place) -> String {
        let (number, given) = (place.number.to_be_bytes(), place.given_s.to_be_bytes());
        self.seal(Kind::Place, &[place.event.as_str().as_bytes(), &number, &given, &place.expires_s.to_be_bytes()])
    }

    /// Reads a place in the queue of a conversation at `now_s`.
    ///
    /// # Errors
    /// [`BadStatement`].
    pub fn place(&self, event: &Slug, text: &str, now_s: u64) -> Result<Place, BadStatement> {
        let mut buffer = [0; TEXT_BYTES_MAX];
        let mut fields = self.open(Kind::Place, text, &mut buffer)?;
        if fields.next()? != event.as_str().as_bytes() {
            return Err(BadStatement::Event);
        }
        let (number, given_s, expires_s) = (fields.number()?, fields.number()?, fields.number()?);
        let place = Place { event: event.clone(), number, given_s, expires_s };
        in_time(expires_s, now_s).map(|()| place)
    }
}

pub(crate) fn in_time(expires_s: u64, now_s: u64) -> Result<(), BadStatement> {
    // Clocks of two machines of one server differ by less.
    (now_s <= expires_s + limits::TOKEN_LEEWAY_SECONDS).then_some(()).ok_or(BadStatement::Expired)
}

pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn next(&mut self) -> Result<&'a [u8], BadStatement> {
        let (length, rest) = self.0.split_first().ok_or(BadStatement::Text)?;
        let (field, rest) = rest.split_at_checked(usize::from(*length)).ok_or(BadStatement::Text)?;
        self.0 = rest;
        Ok(field)
    }

    pub(crate) fn number(&mut self) -> Result<u64, BadStatement> {
        Ok(u64::from_be_bytes(self.next()?.try_into().map_err(|_| BadStatement::Text)?))
    }
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
