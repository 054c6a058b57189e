//! What passes over the link of one edge process beside the messages of the planes.
//!
//! An edge says [`Hello`] and is answered with its number and its settings, both as JSON for they are said once, and with
//! the descriptor of the audience's listener. From then on there are [`ToEdge`] and [`FromEdge`]. A request for a WebRTC
//! session that lives in another process crosses as a [`Letter`], and its response as a [`Reply`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use bytes::Bytes;
use hustings_vocab::{Phase, Slug};
use serde::{Deserialize, Serialize};

use crate::down::Down;
use crate::entrance::Word;
use crate::up::Up;

/// The number of an edge, from 1 on. [`STAGE`] is the process of the stage.
pub type EdgeNumber = u16;
/// Where no edge is meant, but the process that holds the stage's end of every link.
pub const STAGE: EdgeNumber = 0;

/// The first frame of an edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The version of its program: both ends are the same one.
    pub version: String,
    /// The number that it was started with; another is given to who has none.
    pub number: Option<EdgeNumber>,
    /// Drawn when the process began: an edge that comes back has the same, one that was started again another.
    pub process: u64,
}

/// To an edge.
#[derive(Debug, Clone)]
pub enum ToEdge {
    /// From the stage plane.
    Down(Down),
    /// What was found of a conversation; `None` if there is none of that name.
    Found(Slug, Option<Phase>),
    /// The certificate chain and its key in PEM.
    Certificate(Bytes),
    /// The keys of session tickets of TLS, the newest first.
    TicketKeys(Bytes),
    /// What the gate says.
    Gate(Word),
    /// Conversations that are for the invited alone, all of them.
    Sealed(BTreeSet<Slug>),
    /// Other edges have room for so many connections.
    RoomElsewhere(u64),
    /// A request for this edge, from another.
    Ask {
        /// Who asks.
        from: EdgeNumber,
        /// Names the request among the asker's.
        id: u64,
        /// The request.
        letter: Letter,
    },
    /// The response to a request of this edge.
    Answer {
        /// Which.
        id: u64,
        /// The response.
        reply: Reply,
    },
    /// The secret of the evening, under which arrivals are counted; nothing when it is over.
    SketchKey(Option<[u8; 16]>),
    /// End every stream, and the process.
    Drain,
}

/// From an edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromEdge {
    /// From its audience plane.
    Up(Up),
    /// It serves listeners; WebRTC comes to this address.
    Serving(SocketAddr),
    /// Its counters, and how many connections it has room for.
    Counters(Counters, u64),
    /// Who has arrived since it last said so, as the bytes of a sketch.
    Sketch(Bytes),
    /// What is known of a conversation without a hall?
    Find(Slug),
    /// A request for another edge.
    Ask {
        /// Whom.
        to: EdgeNumber,
        /// Names the request among this edge's.
        id: u64,
        /// The request.
        letter: Letter,
    },
    /// The response to a request that came by [`ToEdge::Ask`].
    Answer {
        /// Who asked.
        to: EdgeNumber,
        /// Which.
        id: u64,
        /// The response.
        reply: Reply,
    },
}

/// Counters by name. They only grow while a process lives.
pub type Counters = BTreeMap<String, u64>;

/// An HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Header fields.
    pub fields: Vec<(String, Bytes)>,
    /// The body.
    pub body: Bytes,
}

/// An HTTP response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header fields.
    pub fields: Vec<(String, Bytes)>,
    /// The body.
    pub body: Bytes,
}
