//! A radix-2 Fourier transform, and what is made of it: correlation and band limits of whole recordings.

use std::f64::consts::{PI, TAU};

/// A complex number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Complex {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

impl Complex {
    /// Squared magnitude.
    #[must_use]
    pub fn power(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    fn times(self, o: Self) -> Self {
        Self { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}

/// Transforms `x`, whose length is a power of two, in place. The inverse is scaled by 1/n.
pub fn transform(x: &mut [Complex], direction: Direction) {
    let n = x.len();
    assert!(n.is_power_of_two(), "the transform takes a power of two, not {n}");
    if n == 1 {
        return;
    }
    let shift = usize::BITS - n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> shift;
        if i < j {
            x.swap(i, j);
        }
    }
    let sign = if direction == Direction::Forward { -1.0 } else { 1.0 };
    let roots: Vec<Complex> = (0..n / 2)
        .map(|k| {
            let (im, re) = (sign * TAU * k as f64 / n as f64).sin_cos();
            Complex { re, im }
        })
        .collect();
    let mut half = 1;
    while half < n {
        let stride = n / (2 * half);
        for block in x.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (k, (a, b)) in low.iter_mut().zip(high).enumerate() {
                let t = b.times(roots[k * stride]);
                *b = Complex { re: a.re - t.re, im: a.im - t.im };
                *a = Complex { re: a.re + t.re, im: a.im + t.im };
            }
        }
        half *= 2;
    }
    if direction == Direction::Inverse {
        for v in x {
            v.re /= n as f64;
            v.im /= n as f64;
        }
    }
}

/// Which way to transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Time to frequency.
    Forward,
    /// Frequency to time.
    Inverse,
}

/// The spectrum of `x`, padded with silence to `n` samples.
#[must_use]
pub fn spectrum(x: &[f32], n: usize) -> Vec<Complex> {
    let mut out = vec![Complex::default(); n];
    for (o, s) in out.iter_mut().zip(x) {
        o.re = f64::from(*s);
    }
    transform(&mut out, Direction::Forward);
    out
}

/// A recording in which something is looked for, perhaps several times.
#[derive(Debug)]
pub struct Hay {
    len: usize,
    needle_max: usize,
    spectrum: Vec<Complex>,
    /// Energy before each sample.
    before: Vec<f64>,
}

impl Hay {
    /// Makes `x` ready for needles of at most `needle_max` samples.
    #[must_use]
    pub fn new(x: &[f32], needle_max: usize) -> Self {
        let mut before = vec![0.0; x.len() + 1];
        for (i, s) in x.iter().enumerate() {
            before[i + 1] = before[i] + f64::from(*s).powi(2);
        }
        Self { len: x.len(), needle_max, spectrum: spectrum(x, (x.len() + needle_max).next_power_of_two()), before }
    }

    /// For each lag at which `needle` lies within, its likeness: the correlation divided by the energies of both, which
    /// is 1 where the hay is the needle at any gain.
    ///
    /// # Panics
    /// If the needle is longer than was said.
    #[must_use]
    pub fn likeness(&self, needle: &[f32]) -> Vec<f32> {
        assert!(needle.len() <= self.needle_max, "a needle is at most as long as was said");
        let energy: f64 = needle.iter().map(|s| f64::from(*s).powi(2)).sum();
        // Where there is next to nothing, rounding alone would look like likeness.
        let floor = 1e-6 * self.before[self.len].max(1e-12);
        let mut product = spectrum(needle, self.spectrum.len());
        for (p, hay) in product.iter_mut().zip(&self.spectrum) {
            *p = hay.times(Complex { re: p.re, im: -p.im });
        }
        transform(&mut product, Direction::Inverse);
        let lags = (self.len + 1).saturating_sub(needle.len());
        let like = |(lag, c): (usize, &Complex)| {
            let there = self.before[lag + needle.len()] - self.before[lag];
            if there <= floor { 0.0 } else { (c.re / (energy * there).sqrt()) as f32 }
        };
        product[..lags].iter().enumerate().map(like).collect()
    }
}

/// `x` at 48 kHz with nothing outside `from_hz` to `to_hz`, and every `keep`-th sample of that.
#[must_use]
pub fn band(x: &[f32], from_hz: f64, to_hz: f64, keep: usize) -> Vec<f32> {
    let n = x.len().next_power_of_two();
    let mut s = spectrum(x, n);
    let bin = crate::RATE as f64 / n as f64;
    for (k, v) in s.iter_mut().enumerate() {
        let hz = k.min(n - k) as f64 * bin;
        if hz < from_hz || hz > to_hz {
            *v = Complex::default();
        }
    }
    transform(&mut s, Direction::Inverse);
    s[..x.len()].iter().step_by(keep).map(|c| c.re as f32).collect()
}

/// A Hann window of `n` points.
#[must_use]
pub fn hann(n: usize) -> Vec<f32> {
    (0..n).map(|i| (PI * i as f64 / n as f64).sin().powi(2) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_undoes_the_transform_and_a_tone_has_one_bin() {
        let x: Vec<f32> = (0..64).map(|i| (TAU * 5.0 * f64::from(i) / 64.0).cos() as f32).collect();
        let mut s = spectrum(&x, 64);
        let loud: Vec<usize> = (0..64).filter(|k| s[*k].power() > 1.0).collect();
        assert_eq!(loud, [5, 59]);
        transform(&mut s, Direction::Inverse);
        assert!(s.iter().zip(&x).all(|(a, b)| (a.re - f64::from(*b)).abs() < 1e-6));
    }

    #[test]
    fn correlation_finds_a_shifted_copy_whatever_its_gain() {
        let x = [0.5, -1.0, 0.25, 0.75];
        let mut hay = vec![0.0; 100];
        for (i, s) in x.iter().enumerate() {
            hay[37 + i] = s * 0.1;
        }
        let c = Hay::new(&hay, 10).likeness(&x);
        let best = (0..c.len()).max_by(|a, b| c[*a].total_cmp(&c[*b])).unwrap();
        assert_eq!(best, 37);
        assert!((c[37] - 1.0).abs() < 1e-4);
    }
}
