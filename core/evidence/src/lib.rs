//! What happened, in figures that anybody can recompute.
//!
//! A node puts every arrival into a [`Sketch`], which knows no address: everything is hashed under a secret of the evening
//! ([`EventKey`]) before it is counted. Sketches of many nodes merge into one. Once a minute a sketch becomes [`Features`],
//! integers by name; the [`verdict`] is an integer function of them. Features and finding are a [`record`] in canonical
//! [`json`], a leaf of the Merkle tree ([`merkle`]) that is published as [`tiles`] under a signed checkpoint ([`note`]),
//! which a [`witness`] cosigns. A [`bundle`] is what is needed of it to check one conversation offline, and [`verify`] does.
//!
//! Pure: bytes, keys and times are arguments. Deliberately absent: files, sockets, and any address that was not hashed.

mod arrival;
pub mod bundle;
mod coarse;
mod features;
mod frequency;
pub mod hex;
mod hll;
pub mod json;
mod keyed;
pub mod merkle;
pub mod note;
pub mod probe;
pub mod receipts;
pub mod record;
mod sketch;
mod sketch_bytes;
pub mod status;
pub mod tar;
pub mod tiles;
pub mod verdict;
pub mod verify;
pub mod witness;

pub use arrival::{Arrival, Count};
pub use features::{Catalogue, FEATURES, Feature, Features, Gauge, Gauges};
pub use keyed::EventKey;
pub use sketch::Sketch;
pub use sketch_bytes::BadSketch;
