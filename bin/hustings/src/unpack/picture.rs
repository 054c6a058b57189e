//! A cover: PNG, JPEG or WebP to two JPEGs that hold pixels and nothing else.
//!
//! Where the picture was taken, by what and when is in metadata, which is not carried over; only its orientation is obeyed.
//! What is transparent becomes white. How large it is, is read before it is opened.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use hustings_vocab::limits;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, RgbImage};

use super::{Unpacked, small};
use crate::failure::Failure;

/// Quality of the JPEGs: artefacts are not seen, and a large one has 300 kB.
const QUALITY: u8 = 85;
/// A picture narrower or lower than this stands for nothing.
const SIDE_MIN: u32 = 64;

pub(super) fn unpack(from: &Path, to: &Path) -> Result<Unpacked, Failure> {
    let picture = match open(from) {
        Ok(picture) => picture,
        Err(why) => return Ok(Unpacked::Refused(why)),
    };
    let large = flat(&within(&picture, limits::COVER_LARGE_PIXELS));
    write(&large, to)?;
    write(&flat(&within(&picture, limits::COVER_SMALL_PIXELS)), &small(to))?;
    Ok(Unpacked::Picture { width: large.width(), height: large.height() })
}

fn open(from: &Path) -> Result<DynamicImage, String> {
    const KINDS: &str = "covers are PNG, JPEG or WebP";
    let no_picture = |e: &dyn std::fmt::Display| format!("the file is no picture that can be used: {e}; {KINDS}");
    let file = File::open(from).map_err(|e| no_picture(&e))?;
    let mut reader = ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|e| no_picture(&e))?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) {
        return Err(format!("the file is no picture; {KINDS}"));
    }
    let mut bounds = image::Limits::default();
    bounds.max_alloc = Some(limits::COVER_PIXELS_MAX * 8);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().map_err(|e| no_picture(&e))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits::COVER_PIXELS_MAX {
        let max = limits::COVER_PIXELS_MAX / 1_000_000;
        return Err(format!("the picture has {width} × {height} pixels; send one of at most {max} million"));
    }
    if width < SIDE_MIN || height < SIDE_MIN {
        return Err(format!("the picture has {width} × {height} pixels; send one of at least {SIDE_MIN} × {SIDE_MIN}"));
    }
    let orientation = decoder.orientation().map_err(|e| no_picture(&e))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| no_picture(&e))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// The picture with neither side longer than this.
fn within(picture: &DynamicImage, side: u32) -> DynamicImage {
    if picture.width() <= side && picture.height() <= side {
        return picture.clone();
    }
    picture.resize(side, side, FilterType::CatmullRom)
}

/// The picture on white.
fn flat(picture: &DynamicImage) -> RgbImage {
    let seen = picture.to_rgba8();
    RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [r, g, b, a] = seen.get_pixel(x, y).0;
        let over = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        image::Rgb([over(r), over(g), over(b)])
    })
}

fn write(picture: &RgbImage, to: &Path) -> Result<(), Failure> {
    let mut file = BufWriter::new(File::create(to)?);
    JpegEncoder::new_with_quality(&mut file, QUALITY).encode_image(picture)?;
    file.flush()?;
    file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("hustings-cover-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_picture_comes_in_two_sizes_and_on_white() {
        let scratch = Scratch::new("sizes");
        let (from, to) = (scratch.0.join("in"), scratch.0.join("out"));
        image::RgbaImage::from_pixel(2000, 1000, image::Rgba([9, 9, 9, 0]))
            .save_with_format(&from, ImageFormat::Png)
            .unwrap();
        assert_eq!(unpack(&from, &to).unwrap(), Unpacked::Picture { width: 1280, height: 640 });
        let small = image::load_from_memory(&std::fs::read(small(&to)).unwrap()).unwrap().to_rgb8();
        assert_eq!((small.dimensions(), small.get_pixel(7, 7).0), ((480, 240), [255, 255, 255]));
    }

    #[test]
    fn what_is_no_picture_or_claims_to_be_a_huge_one_is_refused() {
        let scratch = Scratch::new("bombs");
        let (from, to) = (scratch.0.join("in"), scratch.0.join("out"));
        let refused = |bytes: &[u8]| {
            std::fs::write(&from, bytes).unwrap();
            match unpack(&from, &to).unwrap() {
                Unpacked::Refused(why) => why,
                other => panic!("{other:?}"),
            }
        };
        assert!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>").contains("PNG, JPEG or WebP"));
        assert!(refused(b"GIF89a").contains("no picture"));
        // A PNG whose head claims 60,000 by 60,000 pixels and which ends there.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0".to_vec();
        let crc = png[12..].iter().fold(!0_u32, |crc, b| {
            (0..8).fold(crc ^ u32::from(*b), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        });
        png.extend((!crc).to_be_bytes());
        png.extend(b"\0\0\0\x04IDAT\0\0\0\0");
        let why = refused(&png);
        assert!(why.contains("60000 × 60000") || why.contains("no picture"), "{why}");
    }
}
