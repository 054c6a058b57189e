//! Mixing: what arrives from lines, in any order and with any clock, becomes one program sound and an N−1 mix for
//! everybody on stage, on a 20 ms tick.
//!
//! Pure: time is an argument, codecs are traits. All sound is mono `f32` at 48 kHz.
//!
//! ```text
//! packets → Jitter → Playout (decode, conceal) → Resampler (drift) → Level → mute ─┐ a Voice
//!                                                                                  ├→ Mixer → Limiter → program, N−1
//! ```
//!
//! The caller keeps one [`Voice`] for each seat and one [`Mixer`] for each conversation:
//!
//! ```
//! # use core::time::Duration;
//! # use hustings_mix::{BadPacket, Decoder, Encoder, Hears, Mixer, Voice};
//! # struct Line { key: u64, voice: Voice, own: Option<Box<dyn Encoder>> }
//! # fn fresh() -> Box<dyn Encoder> { panic!("the caller has encoders") }
//! # fn send(_: &Line, _: &[u8]) {}
//! fn tick(lines: &mut [Line], mixer: &mut Mixer, shared: &mut dyn Encoder, now: Duration) {
//!     // Before: `line.voice.packet(seq, rtp_time, arrived, payload)` for all that came since the last tick.
//!     for line in &mut *lines {
//!         let _heard = mixer.hear(line.key, |frame| line.voice.tick(now, frame));
//!     }
//!     mixer.mix();
//!     // `mixer.program()` goes to the renditions; encoded once more, it is what all who are silent hear.
//!     let mut packet = Vec::new();
//!     shared.encode(mixer.program(), &mut packet);
//!     for line in &mut *lines {
//!         match mixer.hears(line.key) {
//!             Hears::Shared(_) => {
//!                 line.own = None;
//!                 send(line, &packet);
//!             }
//!             Hears::Own(frame) => {
//!                 // A new encoder first hears what the speaker heard until now; see the mixer's documentation.
//!                 let own = line.own.get_or_insert_with(|| {
//!                     let mut own = fresh();
//!                     mixer.primer().for_each(|frame| own.encode(frame, &mut Vec::new()));
//!                     own
//!                 });
//!                 let mut packet = Vec::new();
//!                 own.encode(frame, &mut packet);
//!                 send(line, &packet);
//!             }
//!         }
//!     }
//! }
//! ```

mod codec;
mod jitter;
mod level;
mod limiter;
mod mixer;
mod pace;
mod pad;
mod playout;
mod resample;
mod toc;
mod true_peak;
mod voice;

pub use codec::{BadPacket, Decoder, Encoder};
pub use jitter::{Arrivals, Entry, Front, Jitter, Packet};
pub use level::{Level, LevelMode, dbov};
pub use limiter::Limiter;
pub use mixer::{Frame, HOLD_TICKS, Hears, Mixer, PRIMER_TICKS};
pub use pad::{PAD_SECONDS, pad};
pub use resample::Resampler;
pub use toc::packet_samples;
pub use voice::{Heard, Voice, VoiceStats};
