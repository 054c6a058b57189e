//! LL-HLS as requests and answers: what is asked for, what is answered, how long it stays true, and who listens.
//!
//! Two shells serve the same addresses: the engine, connection by connection, and the general service over HTTP/2 and on
//! shared listeners. What decides is here, so that both say the same: a request is read into a [`Resource`] and the header
//! fields that matter ([`Asked`]), a window decides when it can be answered (`decide`), and a [`Document`] or a
//! [`Refusal`] becomes a [`Reply`]. Deliberately absent: sockets, HTTP's framing, waiting, CORS.

mod asked;
mod cache;
mod decide;
mod document;
mod multivariants;
mod range;
mod refusal;
mod register;
mod reply;
mod resource;
mod tag;

pub use asked::{Asked, Fields, Method, Player};
pub use cache::{INIT_SECONDS, Keep, WAIT_MAX};
pub use decide::{Decision, decide_media, decide_playlist, keep_of};
pub use document::Document;
pub use multivariants::Multivariants;
pub use range::{Cut, Range};
pub use refusal::Refusal;
pub use register::{Line, Register, Who};
pub use reply::{Reply, reason};
pub use resource::{Kind, Resource, keyed, split};
pub use tag::{Known, Tag};
