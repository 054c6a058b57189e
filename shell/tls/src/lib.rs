//! How connections are accepted and served, and where certificates come from.
//!
//! One accept loop for every listener: [`bind`] opens it, [`serve`] takes connections from it and puts a
//! [`hustings_link::peer::Peer`] into each request. [`Tls`] holds the certificate that all listeners share, from files
//! or by ACME. Deliberately absent: HTTP/3, client certificates, and any knowledge of what is served.

mod bind;
mod certificate;
mod connection;
mod descriptors;
mod introduction;
mod line;
mod meter;
mod options;
mod sealed;
mod serve;
mod stats;
mod tcp_facts;
mod waiting;

pub use bind::{BindError, bind, bind_unix};
pub use certificate::{Acme, Tls, TlsError, TlsSource};
pub use descriptors::raise_descriptors;
pub use options::ServeOptions;
pub use serve::{serve, serve_arrivals, serve_unix};
pub use stats::{Stats, stats};
pub use tcp_facts::tcp_facts;
