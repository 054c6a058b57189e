//! WAV files, mono at 48 kHz when read. 16, 24 and 32 bit integers and 32 bit floats are taken; channels are averaged.
//!
//! Other rates are refused instead of resampled: a measurement should not measure our resampler.

use std::path::Path;

use crate::{Error, RATE};

/// Reads a file.
///
/// # Errors
/// [`Error::Io`] or [`Error::Format`], with what to do about it.
pub fn read(path: &Path) -> Result<Vec<f32>, Error> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| Error::Io { path: name.clone(), source })?;
    parse(&bytes).map_err(|what| Error::Format { path: name, what })
}

/// Writes mono samples at 48 kHz as 16 bit.
///
/// # Errors
/// [`Error::Io`].
pub fn write(path: &Path, samples: &[f32]) -> Result<(), Error> {
    std::fs::write(path, bytes(samples)).map_err(|source| Error::Io { path: path.display().to_string(), source })
}

fn bytes(samples: &[f32]) -> Vec<u8> {
    let data = samples.len() as u32 * 2;
    let mut out = Vec::with_capacity(44 + data as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + data).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    out.extend_from_slice(&16u32.to_le_bytes());
    for half in [1u16, 1] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(&(RATE as u32).to_le_bytes());
    out.extend_from_slice(&(RATE as u32 * 2).to_le_bytes());
    for half in [2u16, 16] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(b"data");
    out.extend_from_slice(&data.to_le_bytes());
    for s in samples {
        out.extend_from_slice(&((s.clamp(-1.0, 1.0) * 32_767.0).round() as i16).to_le_bytes());
    }
    out
}

fn parse(bytes: &[u8]) -> Result<Vec<f32>, String> {
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err("it is not a WAV file".to_owned());
    }
    let u16_at = |at: usize| bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let u32_at = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (mut at, mut format) = (12, None);
    while let Some(size) = u32_at(at + 4) {
        let (id, body) = (&bytes[at..at + 4], at + 8);
        match id {
            b"fmt " => {
                let (Some(mut tag), Some(channels), Some(rate), Some(bits)) =
                    (u16_at(body), u16_at(body + 2), u32_at(body + 4), u16_at(body + 14))
                else {
                    return Err("its fmt chunk is cut short".to_owned());
                };
                if tag == 0xFFFE {
                    // WAVE_FORMAT_EXTENSIBLE: the real tag begins the sub-format.
                    tag = u16_at(body + 24).unwrap_or(0);
                }
                format = Some((tag, channels, rate, bits));
            }
            b"data" => {
                let Some((tag, channels, rate, bits)) = format else {
                    return Err("its data comes before its fmt chunk".to_owned());
                };
                if rate as usize != RATE {
                    return Err(format!("it has {rate} Hz, not {RATE}"));
                }
                // A file that was still being written has a size of 0 or of 2^32 − 1.
                let end = match size {
                    0 | u32::MAX => bytes.len(),
                    _ => body.saturating_add(size as usize).min(bytes.len()),
                };
                return samples(&bytes[body..end], tag, usize::from(channels), bits);
            }
            _ => {}
        }
        at = body.saturating_add(size as usize).saturating_add(size as usize & 1);
    }
    Err("it has no data chunk".to_owned())
}

fn samples(data: &[u8], tag: u16, channels: usize, bits: u16) -> Result<Vec<f32>, String> {
    let one: fn(&[u8]) -> f32 = match (tag, bits) {
        (1, 16) => |b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0,
        (1, 24) => |b| (i32::from_le_bytes([0, b[0], b[1], b[2]]) >> 8) as f32 / 8_388_608.0,
        (1, 32) => |b| i32::from_le_bytes([b[0], b[1], b[2], b[3]]) as f32 / 2_147_483_648.0,
        (3, 32) => |b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]),
        _ => return Err(format!("its format {tag} with {bits} bits is not read")),
    };
    if channels == 0 {
        return Err("it has no channels".to_owned());
    }
    let width = usize::from(bits / 8);
    let frame = |f: &[u8]| f.chunks_exact(width).map(one).sum::<f32>() / channels as f32;
    Ok(data.chunks_exact(width * channels).map(frame).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let x = [0.0, 0.5, -0.5, 1.0, -1.0];
        let y = parse(&bytes(&x)).unwrap();
        assert_eq!(y.len(), 5);
        assert!(x.iter().zip(&y).all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn another_rate_and_every_truncation_are_refused_or_read_but_never_panic() {
        let mut file = bytes(&[0.25; 10]);
        for n in 0..file.len() {
            let _ = parse(&file[..n]);
        }
        file[24..28].copy_from_slice(&44_100u32.to_le_bytes());
        assert!(parse(&file).unwrap_err().contains("44100"));
    }
}
