//! Packaging: coded frames in, immutable bytes out. CMAF parts, Ogg pages, ADTS frames, the window of what can still be
//! asked for, and the playlists that describe it.
//!
//! Pure: no clock, no socket. Packed once, whatever the audience.

mod part;

mod adts;
mod cmaf;
mod ogg;
mod packager;

mod window;

pub mod playlist;
pub mod request;
mod wall;

pub use ogg::ogg_file;
pub use packager::{Packager, headers, trailer};
pub use part::{Headers, PART_TARGET_MS, PARTS_PER_SEGMENT, Part, part_of};
pub use wall::iso8601;
pub use window::{Fetch, Window};
