//! What the mixer needs of a codec. Implemented in the `codec` crate; tests here use simple ones.

/// A packet that does not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPacket;

/// A stateful decoder of mono 48 kHz sound.
pub trait Decoder: Send {
    /// Decodes one packet into the front of `out` and says how many samples it held (at most 5,760, which is 120 ms).
    ///
    /// # Errors
    /// [`BadPacket`] if it is not a packet of this codec; the decoder stays usable.
    fn decode(&mut self, packet: &[u8], out: &mut [f32]) -> Result<usize, BadPacket>;

    /// Fills `out` (a multiple of 120 samples, at most 960) with sound that conceals a lost packet.
    fn conceal(&mut self, out: &mut [f32]);
}

/// A stateful encoder of mono 48 kHz sound with fixed frames.
pub trait Encoder: Send {
    /// Samples in one frame.
    fn frame_samples(&self) -> usize;

    /// Samples by which decoded sound lags what was put in, with a decoder that trims nothing.
    fn delay_samples(&self) -> usize;

    /// Encodes exactly one frame of samples in −1 to 1, appending the packet to `out`.
    fn encode(&mut self, frame: &[f32], out: &mut Vec<u8>);
}
